{% set rules = segment_rules() %}

with declared as (
    select *
    from (
        values
        {% for segment in segments() -%}
        (
            '{{ segment.kind }}',
            {{ 'null' if segment.kind == 'cluster' else sql_text(segment.name) }},
            '{{ definition_hash(segment, rules) }}',
            {{ sql_text(tojson(segment, sort_keys=true)) }}
        ){{ "," if not loop.last }}
        {% else -%}
        (null, null, null, null)
        {%- endfor %}
    ) as entries (kind, segment_name, definition_hash, entry)
),

models as (
    select
        segment_name,
        string_agg(distinct model_version, ', ' order by model_version) as model_version
    from {{ ref('segment_outputs') }}
    group by segment_name
)

-- All clusters have one entry.
select
    definitions.segment_name,
    definitions.rule_text,
    declared.definition_hash,
    declared.entry,
    models.model_version
from {{ ref('segment_definitions') }} as definitions
inner join declared
    on
        definitions.kind = declared.kind
        and (
            definitions.segment_name = declared.segment_name
            or definitions.kind = 'cluster'
        )
left join models on definitions.segment_name = models.segment_name
