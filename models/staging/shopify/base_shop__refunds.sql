{{ config(post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shop', 'refunds') }}
),

typed as (
    select
        * exclude (amount, created_at),
        amount as amount_text,
        created_at as created_text,
        {{ money('amount') }} as amount,
        {{ moment('created_at', 'shop') }} as created_at
    from landed
)

select
    id as refund_id,
    order_id,
    'shop:' || customer_id as record_id,
    amount,
    upper(currency) as currency,
    reason,
    created_at,
    case
        {{ when_unreadable() }}
        when id is null then 'missing_id'
        when created_text is null then 'missing_timestamp'
        when created_at is null then 'bad_timestamp'
        when
            created_at
            > landed_at + interval {{ var('clock_tolerance_minutes') }} minute
            then 'wrong_clock'
        when amount_text is null then 'missing_amount'
        when amount is null then 'bad_number'
        when amount < 0 then 'negative_amount'
        when currency is null then 'missing_currency'
        {{ or_mended('shop', 'refunds') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
