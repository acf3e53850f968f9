-- A rule tells true moments since the run that first knew it; the first rule of a
-- segment, since ever.
with known as (
    select distinct segment_name from {{ ref('stg_ledger__segment_definitions') }}
)

select
    versions.segment_name,
    versions.definition_hash,
    versions.model_version,
    case
        when not definitions.is_live then null
        when former.definition_hash = versions.definition_hash
            then coalesce(former.exact_since_at, moments.as_of_at)
        when known.segment_name is not null then moments.as_of_at
        else timestamp '1970-01-01'
    end as exact_since_at
from {{ ref('segment_versions') }} as versions
inner join {{ ref('segment_definitions') }} as definitions
    on versions.segment_name = definitions.segment_name
left join {{ ref('stg_ledger__last_versions') }} as former
    on versions.segment_name = former.segment_name
left join known on versions.segment_name = known.segment_name
cross join {{ ref('as_of') }} as moments
