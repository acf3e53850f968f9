{{ config(enabled=is_read('shopify'), post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shopify', 'customers') }}
),

-- The state replaces the former yes or no, and is asked first.
typed as (
    select
        * exclude (created_at, updated_at),
        created_at as created_text,
        coalesce(email_marketing_consent_state, accepts_marketing) as consent_text,
        case
            when lower(email_marketing_consent_state) = 'subscribed' then true
            when
                lower(email_marketing_consent_state) in (
                    'not_subscribed', 'unsubscribed', 'pending', 'redacted', 'invalid'
                )
                then false
            when email_marketing_consent_state is null
                then try_cast(accepts_marketing as boolean)
        end as has_email_consent,
        {{ moment('created_at', 'shopify') }} as created_at,
        {{ moment('coalesce(updated_at, created_at)', 'shopify') }} as updated_at,
        {{ moment('_fivetran_synced', 'shopify') }} as synced_at
    from landed
)

select
    'shop:' || id as record_id,
    id as user_id,
    email,
    first_name,
    last_name,
    phone,
    default_address_id,
    has_email_consent,
    created_at,
    updated_at,
    greatest(updated_at, synced_at) as version_at,
    case
        {{ when_unreadable() }}
        when id is null then 'missing_id'
        when created_text is null then 'missing_timestamp'
        when created_at is null or updated_at is null then 'bad_timestamp'
        when {{ begins_after_landing('created_at') }} then 'wrong_clock'
        when {{ refused('consent_text', 'has_email_consent') }} then 'bad_consent'
        {{ or_mended('shopify', 'customers') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
