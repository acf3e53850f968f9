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
        'score' as kind,
        max(model_version) as model_version
    from {{ ref('propensity_predictions') }}
    union all
    select
        'cluster' as kind,
        max(model_version) as model_version
    from {{ ref('cluster_predictions') }}
),

known as (
    select distinct segment_name from {{ ref('stg_ledger__segment_definitions') }}
)

-- All clusters have one entry. A rule tells true moments since the run that first knew
-- it; the first rule of a segment since ever.
select
    definitions.segment_name,
    definitions.rule_text,
    declared.definition_hash,
    declared.entry,
    models.model_version,
    case
        when not definitions.is_live then null
        when former.definition_hash = declared.definition_hash
            then coalesce(former.exact_since_at, moments.as_of_at)
        when known.segment_name is not null then moments.as_of_at
        else timestamp '1970-01-01'
    end as exact_since_at
from {{ ref('segment_definitions') }} as definitions
inner join declared
    on
        definitions.kind = declared.kind
        and (
            definitions.segment_name = declared.segment_name
            or definitions.kind = 'cluster'
        )
left join models on definitions.kind = models.kind
left join {{ ref('stg_ledger__last_versions') }} as former
    on definitions.segment_name = former.segment_name
left join known on definitions.segment_name = known.segment_name
cross join {{ ref('as_of') }} as moments
