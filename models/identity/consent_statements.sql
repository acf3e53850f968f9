-- Who said what about being written to, and when. A register that merely holds a yes is
-- no opt-in: nobody knows when, or whether, the person said so. Its no counts as said
-- when the row was last touched.
with registers as (
    select
        record_id,
        'shop' as source,
        'account' as told_by,
        updated_at as stated_at,
        has_email_consent as email,
        has_sms_consent as sms
    from {{ ref('shop_customers') }}
    union all
    select
        record_id,
        'esp' as source,
        'subscriber' as told_by,
        greatest(updated_at, consent_updated_at) as stated_at,
        has_email_consent and status = 'subscribed' as email,
        has_sms_consent as sms
    from {{ ref('esp_subscribers') }}
    union all
    -- A contact who was not asked to be left alone has not consented to anything.
    select
        record_id,
        'crm' as source,
        'contact' as told_by,
        updated_at as stated_at,
        case when not has_email_consent then false end as email,
        case when not has_sms_consent then false end as sms
    from {{ ref('stg_crm__contacts') }}
),

known as (
    select * from registers
    where {{ is_known_by_clock('stated_at') }}
),

held as (
    unpivot known on email, sms into name channel value is_allowed
),

acts as (
    select
        subscriber_id as record_id,
        'esp' as source,
        event_name as told_by,
        occurred_at as stated_at,
        'email' as channel,
        'refusal' as kind
    from {{ ref('esp_events') }}
    where
        event_name in ('unsubscribed', 'email_marked_as_spam', 'email_bounced')
        and {{ is_known_by_clock('received_at') }}
    {% if is_read('klaviyo') %}
    union all
    select
        subscriber_id as record_id,
        'esp' as source,
        lower(metric_name) as told_by,
        occurred_at as stated_at,
        case when lower(metric_name) like '%email%' then 'email' else 'sms' end
            as channel,
        case
            when lower(metric_name) like 'unsubscribed%' then 'refusal' else 'opt_in'
        end as kind
    from {{ ref('stg_klaviyo__events') }}
    where
        lower(metric_name) in (
            'subscribed to email marketing', 'subscribed to sms marketing',
            'unsubscribed from sms marketing'
        )
        and {{ is_known_by_clock('received_at') }}
    {% endif %}
)

select
    record_id,
    source,
    channel,
    case when is_allowed then 'yes' else 'refusal' end as kind,
    stated_at,
    told_by
from held
union all by name
select * from acts
