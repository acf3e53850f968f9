{{ config(post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('esp', 'subscribers') }}
),

typed as (
    select
        * exclude (
            email, email_consent, sms_consent, consent_updated_at, created_at,
            updated_at
        ),
        lower(email) as email,
        created_at as created_text,
        try_cast(email_consent as boolean) as has_email_consent,
        try_cast(sms_consent as boolean) as has_sms_consent,
        {{ refused('email_consent', 'try_cast(email_consent as boolean)') }}
        or {{ refused('sms_consent', 'try_cast(sms_consent as boolean)') }}
            as has_bad_consent,
        {{ moment('consent_updated_at', 'esp') }} as consent_updated_at,
        {{ moment('created_at', 'esp') }} as created_at,
        {{ moment('coalesce(updated_at, created_at)', 'esp') }} as updated_at
    from landed
)

select
    'esp:' || md5(email) as record_id,
    email,
    first_name,
    last_name,
    phone,
    lower(status) as status,
    has_email_consent,
    has_sms_consent,
    consent_updated_at,
    created_at,
    updated_at,
    case
        {{ when_unreadable() }}
        when email is null then 'missing_email'
        when has_bad_consent then 'bad_consent'
        when created_text is null then 'missing_timestamp'
        when created_at is null or updated_at is null then 'bad_timestamp'
        when
            created_at
            > landed_at + interval {{ var('clock_tolerance_minutes') }} minute
            then 'wrong_clock'
        {{ or_mended('esp', 'subscribers') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
