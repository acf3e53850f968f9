{{ config(post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shop', 'customers') }}
),

typed as (
    select
        * exclude (birth_date, accepts_email, accepts_sms, created_at, updated_at),
        try_cast(birth_date as date) as birth_on,
        try_cast(accepts_email as boolean) as has_email_consent,
        try_cast(accepts_sms as boolean) as has_sms_consent,
        {{ moment('created_at', 'shop') }} as created_at,
        {{ moment('coalesce(updated_at, created_at)', 'shop') }} as updated_at,
        case
            {{ when_unreadable() }}
            when id is null then 'missing_id'
            when created_at is null then 'missing_timestamp'
            when
                {{ refused('accepts_email', 'try_cast(accepts_email as boolean)') }}
                or {{ refused('accepts_sms', 'try_cast(accepts_sms as boolean)') }}
                then 'bad_consent'
        end as text_reason
    from landed
)

select
    'shop:' || id as record_id,
    id as user_id,
    email,
    first_name,
    last_name,
    phone,
    birth_on,
    city,
    postcode,
    country_code,
    has_email_consent,
    has_sms_consent,
    created_at,
    updated_at,
    case
        when text_reason is not null then text_reason
        when created_at is null or updated_at is null then 'bad_timestamp'
        when
            created_at
            > landed_at + interval {{ var('clock_tolerance_minutes') }} minute
            then 'wrong_clock'
        {{ or_mended('shop', 'customers') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
