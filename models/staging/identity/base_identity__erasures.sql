{{ config(post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('identity', 'erasures') }}
),

typed as (
    select
        {{ normalised_email('landed.email') }} as email,
        {{ phone_ending('landed.phone') }} as phone,
        landed.user_id,
        landed.requested_at as requested_text,
        {{ moment('landed.requested_at', 'identity') }} as requested_at,
        coalesce(landed.email, landed.phone, landed.user_id) is null
            as names_nobody,
        landed.row_key,
        landed.is_readable,
        landed.path,
        landed.load_seq
    from landed
)

select
    md5(
        coalesce(email, '') || '|' || coalesce(phone, '') || '|'
        || coalesce(user_id, '')
    ) as erasure_id,
    email,
    phone,
    user_id,
    requested_at,
    case
        {{ when_unreadable() }}
        when names_nobody then 'missing_value'
        when coalesce(email, phone, user_id) is null then 'bad_value'
        when requested_text is not null and requested_at is null
            then 'bad_timestamp'
        {{ or_mended('identity', 'erasures') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
