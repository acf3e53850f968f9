select
    verdicts.customer_id,
    verdicts.channel,
    verdicts.is_allowed,
    verdicts.rule,
    verdicts.record_id,
    verdicts.source,
    verdicts.told_by,
    verdicts.stated_at,
    verdicts.refusal_count,
    moments.as_of_at
from {{ ref('consent_verdicts') }} as verdicts
cross join {{ ref('as_of') }} as moments
