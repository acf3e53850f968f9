-- By channel, the strictest of a customer's records decides; silence is no consent.
with statements as (
    select
        record_id,
        has_email_consent,
        has_sms_consent
    from {{ ref('shop_customers') }}
    union all
    select
        record_id,
        has_email_consent and status = 'subscribed' as has_email_consent,
        has_sms_consent
    from {{ ref('esp_subscribers') }}
    union all
    -- A contact who was not asked to be left alone has not consented to anything.
    select
        record_id,
        case when not has_email_consent then false end as has_email_consent,
        case when not has_sms_consent then false end as has_sms_consent
    from {{ ref('stg_crm__contacts') }}
    union all
    select
        subscriber_id as record_id,
        false as has_email_consent,
        cast(null as boolean) as has_sms_consent
    from {{ ref('esp_events') }}
    where event_name in ('unsubscribed', 'email_marked_as_spam', 'email_bounced')
)

select
    identity.customer_id,
    coalesce(bool_and(statements.has_email_consent), false) as has_email_consent,
    coalesce(bool_and(statements.has_sms_consent), false) as has_sms_consent
from statements
inner join {{ ref('identity_map') }} as identity
    on statements.record_id = identity.record_id
group by identity.customer_id
