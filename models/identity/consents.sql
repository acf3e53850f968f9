-- Silence is no consent.
select
    customer_id,
    coalesce(bool_or(is_allowed) filter (where channel = 'email'), false)
        as has_email_consent,
    coalesce(bool_or(is_allowed) filter (where channel = 'sms'), false)
        as has_sms_consent
from {{ ref('consent_verdicts') }}
group by customer_id
