-- What the ledger of memberships needs to know of the segments.

-- What changes when a segment's rule does: who writes another label changes no rule.
{% macro definition_hash(segment) -%}
    {%- do return(local_md5(tojson({
        'name': segment.name,
        'kind': segment.kind,
        'where': segment.get('where', '') | trim,
        'rivals': rivals_of(segment)
    }, sort_keys=true))) -%}
{%- endmacro %}

-- By name, the clauses of each segment that has a rule of its own: those that its
-- predicate joins by `and`, and one for each rival that claims before it.
{% macro clauses_by_segment() %}
    {%- set found = {} -%}
    {%- if execute -%}
        {%- set ruled = segments() | selectattr('kind', 'in', ['rule', 'score']) | list -%}
        {%- set told = run_query(
            'select segment_clauses(' ~ sql_text(tojson(ruled | map(attribute='where')
            | list)) ~ ')'
        ).columns[0][0] -%}
        {%- for segment in ruled -%}
            {%- set clauses = fromjson(told)[loop.index0] -%}
            {%- for rival in rivals_of(segment) -%}
                {%- do clauses.append("not_in_segment('" ~ rival ~ "')") -%}
            {%- endfor -%}
            {%- do found.update({segment.name: clauses}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(found) -%}
{% endmacro %}

-- The text of a clause where it does not hold. Other segments are asked for in the list
-- `held` of those that the customer is in.
{% macro clause_unless_held(clause) -%}
    {%- set asked = modules.re.sub(
        "\\b(not_)?in_segment\\(\\s*'(\\w+)'\\s*\\)",
        "(\\1list_contains(held, '\\2'))",
        clause
    ) | replace('(not_list', '(not list') -%}
    case when not coalesce(({{ asked }}), false) then {{ sql_text(clause) }} end
{%- endmacro %}

-- Of these clauses, those that do not hold; nothing where all do.
{% macro clauses_unless_held(clauses) -%}
    nullif(concat_ws(
        ' and '
        {%- for clause in clauses -%},
        {{ clause_unless_held(clause) }}
        {%- endfor -%}
    ), '')
{%- endmacro %}

-- The columns that a rule may ask for, as their YAML declares them.
{% macro declared_inputs() %}
    {%- if not execute -%}{%- do return([]) -%}{%- endif -%}
    {%- do return(
        graph.nodes['model.tessera.segment_inputs'].columns.values() | list
    ) -%}
{% endmacro %}

-- All of them as the last run left them; empty are those that it did not keep.
{% macro kept_inputs(kept) -%}
    {%- for column in declared_inputs() -%}
    {%- if column.name in kept -%}
    try_cast({{ column.name }} as {{ column.data_type }})
    {%- else -%}
    cast(null as {{ column.data_type }})
    {%- endif %} as {{ column.name }}{{ "," if not loop.last }}
    {% endfor -%}
{%- endmacro %}
