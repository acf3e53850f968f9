-- What the ledger of memberships needs to know of the segments.

-- By name, what each segment with a rule of its own asks for (its clauses, as text and
-- as SQL) and its rivals: see warehouse/segments/judging.py.
{% macro segment_rules() %}
    {%- if not execute -%}{%- do return({}) -%}{%- endif -%}
    {%- do return(fromjson(run_query(
        'select segment_clauses(' ~ sql_text(tojson(segments())) ~ ')'
    ).columns[0][0])) -%}
{% endmacro %}

-- What changes when a segment's rule does: who writes another label changes no rule.
{% macro definition_hash(segment, rules) -%}
    {%- do return(local_md5(tojson({
        'name': segment.name,
        'kind': segment.kind,
        'where': segment.get('where', '') | trim,
        'rivals': rules.get(segment.name, {}).get('rivals', [])
    }, sort_keys=true))) -%}
{%- endmacro %}

-- Of these clauses, those that do not hold; nothing where all do.
{% macro clauses_unless_held(clauses) -%}
    nullif(concat_ws(
        ' and '
        {%- for clause in clauses -%},
        case when not {{ clause.sql }} then {{ sql_text(clause.text) }} end
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
