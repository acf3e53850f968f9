select
    summary.segment_name,
    summary.label,
    definitions.description,
    definitions.owner,
    summary.kind,
    definitions.rule_text,
    summary.priority,
    definitions.exclusive_group,
    definitions.minimum_share,
    definitions.maximum_share,
    definitions.allowed_overlaps,
    definitions.destinations,
    definitions.is_live,
    definitions.reentry,
    definitions.reentry_after_days,
    summary.customer_count,
    summary.customer_share,
    summary.identified_count,
    summary.identified_share,
    summary.primary_count,
    summary.primary_share,
    summary.state,
    summary.reason,
    summary.as_of_at
from {{ ref('segment_summary') }} as summary
inner join {{ ref('segment_definitions') }} as definitions
    on summary.segment_name = definitions.segment_name
where summary.as_of_at is not null
