{{ config(post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('identity', 'decisions') }}
),

typed as (
    select
        lower(landed.decision) as decision,
        lower(landed.left_type) as left_type,
        lower(landed.right_type) as right_type,
        {{ normalised_identifier(
            'lower(landed.left_type)', 'landed.left_value', 'left_boxes', 'codes'
        ) }} as left_value,
        {{ normalised_identifier(
            'lower(landed.right_type)', 'landed.right_value', 'right_boxes', 'codes'
        ) }} as right_value,
        landed.left_value is null or landed.right_value is null as lacks_value,
        landed.decided_at as decided_text,
        {{ moment('landed.decided_at', 'identity') }} as decided_at,
        landed.decided_by,
        landed.reason,
        landed.row_key,
        landed.is_readable,
        landed.path,
        landed.load_seq,
        landed.landed_at
    from landed
    left join {{ ref('mailboxes') }} as left_boxes
        on lower(split_part(trim(landed.left_value), '@', 2)) = left_boxes.domain
    left join {{ ref('mailboxes') }} as right_boxes
        on lower(split_part(trim(landed.right_value), '@', 2)) = right_boxes.domain
    left join {{ ref('calling_codes') }} as codes
        on codes.country_code = '{{ var("shop_country") }}'
),

-- Left and right mean nothing: a pair has one spelling.
paired as (
    select
        *,
        least(left_type || '|' || left_value, right_type || '|' || right_value)
            as one_side,
        greatest(left_type || '|' || left_value, right_type || '|' || right_value)
            as other_side
    from typed
)

select
    md5(one_side || '|' || other_side || '|' || decided_at) as decision_id,
    md5(one_side || '|' || other_side) as pair_id,
    decision,
    left_type,
    left_value,
    right_type,
    right_value,
    decided_at,
    decided_by,
    reason,
    case
        {{ when_unreadable() }}
        when
            decision is null
            or decision not in ('must_link', 'cannot_link', 'withdrawn')
            then 'unknown_decision'
        when
            left_type is null or right_type is null
            or left_type not in ('email', 'user_id', 'phone', 'device', 'record')
            or right_type not in ('email', 'user_id', 'phone', 'device', 'record')
            then 'unknown_type'
        when lacks_value then 'missing_value'
        when left_value is null or right_value is null then 'bad_value'
        when one_side = other_side then 'same_value'
        when decided_text is null then 'missing_timestamp'
        when decided_at is null then 'bad_timestamp'
        when
            decided_at
            > landed_at + interval {{ var('clock_tolerance_minutes') }} minute
            then 'wrong_clock'
        {{ or_mended('identity', 'decisions') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from paired
