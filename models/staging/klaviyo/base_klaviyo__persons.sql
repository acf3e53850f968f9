{{ config(enabled=is_read('klaviyo'), post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('klaviyo', 'persons') }}
),

-- The consent names its channels; the older yes or no speaks of email alone.
typed as (
    select
        * exclude (created, updated),
        created as created_text,
        {{ moment('created', 'klaviyo') }} as created_at,
        {{ moment('coalesce(updated, created)', 'klaviyo') }} as updated_at,
        {{ moment('_fivetran_synced', 'klaviyo') }} as synced_at,
        try_cast(_fivetran_deleted as boolean) as is_deleted,
        case
            when custom_consent is not null
                then regexp_matches(lower(custom_consent), '\bemail\b')
            else try_cast(custom_accepts_marketing as boolean)
        end as has_email_consent,
        regexp_matches(lower(custom_consent), '\bsms\b') as has_sms_consent,
        coalesce(custom_consent, custom_accepts_marketing) as consent_text
    from landed
)

-- Of a person that was deleted nothing is known but the id; nobody may write there.
select
    'klaviyo:' || id as record_id,
    case when is_deleted is not true then lower(email) end as email,
    case when is_deleted is not true then first_name end as first_name,
    case when is_deleted is not true then last_name end as last_name,
    case when is_deleted is not true then phone_number end as phone,
    has_email_consent and is_deleted is not true as has_email_consent,
    has_sms_consent and is_deleted is not true as has_sms_consent,
    is_deleted,
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
        when {{ refused('_fivetran_deleted', 'is_deleted') }} then 'bad_flag'
        {{ or_mended('klaviyo', 'persons') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
