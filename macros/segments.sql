-- The segments as segments.yml declares them: the one place that says who belongs.

{% macro segments() %}
    {#- The graph is known when models compile, not yet while the project is parsed. -#}
    {%- if execute -%}
        {%- set node = graph.nodes['model.tessera.segment_flags'] -%}
        {%- do return(node.config.meta.segments) -%}
    {%- endif -%}
    {%- do return([]) -%}
{% endmacro %}

-- By priority: the first that claims a customer is the primary segment.
{% macro segments_by_priority() %}
    {%- do return(segments() | sort(attribute='priority')) -%}
{% endmacro %}

{% macro claiming_segments() %}
    {%- do return(segments_by_priority() | rejectattr('kind', 'equalto', 'catch_all')
        | list) -%}
{% endmacro %}

{% macro catch_all_segment() %}
    {%- do return(segments_by_priority() | selectattr('kind', 'equalto', 'catch_all')
        | list | first | default({})) -%}
{% endmacro %}

-- The name of the segment that a flag stands for; a cluster's is the cluster's own,
-- marked, since a cluster may be called what a rule is called.
{% macro segment_name_of(segment) -%}
    {%- if segment.kind == 'cluster' -%} 'cluster_' || cluster_name
    {%- else -%} {{ sql_text(segment.name) }}
    {%- endif -%}
{%- endmacro %}

-- Each row of a relation of flags once a segment that claims it, or by the catch-all. Of
-- a hundred columns, `unpivot` is four times as quick as a list that is unnested.
{% macro segments_claimed(relation, kept) %}
    select
        {{ kept | join(', ') }},
        {% for segment in claiming_segments() if segment.kind == 'cluster' -%}
        case
            when segment_name = {{ sql_text(segment.name) }}
                then {{ segment_name_of(segment) }}
            else segment_name
        end as segment_name
        {% else -%}
        segment_name
        {% endfor %}
    from {{ relation }}
    unpivot (
        holds for segment_name in ({{ claiming_names() | join(', ') }})
    )
    where holds
    union all
    select
        {{ kept | join(', ') }},
        '{{ catch_all_segment().name }}' as segment_name
    from {{ relation }}
    where not ({{ claiming_names() | join(' or ') }})
{% endmacro %}

{% macro claiming_names() %}
    {%- do return(claiming_segments() | map(attribute='name') | list) -%}
{% endmacro %}

-- Every mistake of segments.yml, one a line.
{% macro segment_mistakes() %}
    {% set columns = {} %}
    {% set inputs = graph.nodes['model.tessera.segment_inputs'] %}
    {% for column in inputs.columns.values() %}
        {% do columns.update({column.name: column.data_type}) %}
    {% endfor %}
    {% do return(run_query(
        'select check_segments(' ~ sql_text(tojson(segments())) ~ ', '
        ~ sql_text(tojson(columns)) ~ ')'
    ).columns[0][0]) %}
{% endmacro %}

-- One entry of segments.yml as a row.
{% macro segment_definition(segment, name, label) %}
select
    {{ name }} as segment_name,
    {{ label }} as label,
    {{ sql_text(segment.description | trim) }} as description,
    {{ sql_text(segment.kind) }} as kind,
    {{ sql_text(segment.get('where', 'no other segment') | trim) }} as rule_text,
    {{ segment.priority }} as priority,
    {% if segment.exclusive_group -%}
    {{ sql_text(segment.exclusive_group) }}
    {%- else -%}
    cast(null as varchar)
    {%- endif %} as exclusive_group,
    cast({{ segment.expected_share[0] }} as double) as minimum_share,
    cast({{ segment.expected_share[1] }} as double) as maximum_share,
    {{ segment.get('may_overlap', []) }}::varchar[] as allowed_overlaps,
    {{ sql_text(segment.source) if segment.source else 'cast(null as varchar)' }} as source,
    {{ sql_text(segment.owner) }} as owner,
    {{ segment.get('destinations', []) }}::varchar[] as destinations,
    {{ segment.get('live', false) }} as is_live,
    {%- set reentry = segment.get('reentry', 'always') %}
    '{{ reentry if reentry is string else 'after_days' }}' as reentry,
    cast({{ 'null' if reentry is string else reentry.after_days }} as integer)
        as reentry_after_days,
    {{ segment.kind == 'catch_all' }} as is_catch_all
{% endmacro %}

-- The statement that says who is in which segment, by warehouse/segments/rendering.py:
-- previews and the live engine judge by the same.
{% macro segment_flags_of(relation, entries=none) %}
    {%- if execute -%}
        {%- do return(run_query(
            'select segment_flags('
            ~ sql_text(tojson(segments() if entries is none else entries)) ~ ', '
            ~ sql_text(relation | string) ~ ')'
        ).columns[0][0]) -%}
    {%- endif -%}
    {%- do return('') -%}
{% endmacro %}
