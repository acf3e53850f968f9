select
    definitions.definition_hash,
    definitions.segment_name,
    definitions.rule_text,
    definitions.entry,
    definitions.first_recorded_at,
    versions.segment_name is not null as is_in_force,
    versions.model_version,
    versions.exact_since_at,
    moments.as_of_at
from {{ ref('stg_ledger__segment_definitions') }} as definitions
left join {{ ref('stg_ledger__last_versions') }} as versions
    on
        definitions.segment_name = versions.segment_name
        and definitions.definition_hash = versions.definition_hash
cross join {{ ref('as_of') }} as moments
