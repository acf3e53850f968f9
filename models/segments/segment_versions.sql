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

-- What a rule may ask of a model, as segment_inputs names it.
said as (
    select
        unnest(['purchase_30d_probability', 'score_decile']) as input,
        max(model_version) as model_version
    from {{ ref('propensity_predictions') }}
    union all
    select
        prediction as input,
        max(model_version) as model_version
    from {{ ref('sibling_predictions') }}
    group by prediction
    union all
    select
        'cluster_name' as input,
        max(model_version) as model_version
    from {{ ref('cluster_predictions') }}
),

models as (
    select
        definitions.segment_name,
        string_agg(
            distinct said.model_version, ', ' order by said.model_version
        ) as model_version
    from {{ ref('segment_definitions') }} as definitions
    inner join said
        on
            regexp_matches(definitions.rule_text, '\b' || said.input || '\b', 'i')
            or (definitions.kind = 'cluster' and said.input = 'cluster_name')
    group by definitions.segment_name
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
