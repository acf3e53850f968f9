{{ config(post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('crm', 'contacts') }}
),

typed as (
    select
        * exclude (do_not_email, do_not_call, birth_date, created_at, updated_at),
        created_at as created_text,
        coalesce(
            try_cast(birth_date as date),
            cast(try_strptime(birth_date, ['%d.%m.%Y', '%d/%m/%Y']) as date)
        ) as birth_on,
        not try_cast(do_not_email as boolean) as has_email_consent,
        not try_cast(do_not_call as boolean) as has_sms_consent,
        {{ refused('do_not_email', 'try_cast(do_not_email as boolean)') }}
        or {{ refused('do_not_call', 'try_cast(do_not_call as boolean)') }}
            as has_bad_consent,
        {{ moment('created_at', 'crm') }} as created_at,
        {{ moment('coalesce(updated_at, created_at)', 'crm') }} as updated_at
    from landed
)

select
    'crm:' || contact_id as record_id,
    contact_id,
    email,
    first_name,
    last_name,
    phone,
    birth_on,
    street,
    city,
    postcode,
    country as country_code,
    has_email_consent,
    has_sms_consent,
    created_at,
    updated_at,
    case
        {{ when_unreadable() }}
        when contact_id is null then 'missing_id'
        when has_bad_consent then 'bad_consent'
        when created_text is null then 'missing_timestamp'
        when created_at is null or updated_at is null then 'bad_timestamp'
        when
            created_at
            > landed_at + interval {{ var('clock_tolerance_minutes') }} minute
            then 'wrong_clock'
        {{ or_mended('crm', 'contacts') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
