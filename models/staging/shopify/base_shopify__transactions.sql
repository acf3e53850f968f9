{{ config(enabled=is_read('shopify'), post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shopify', 'transactions') }}
),

typed as (
    select
        * exclude (amount, test),
        amount as amount_text,
        test as test_text,
        {{ money('amount') }} as amount,
        try_cast(test as boolean) as is_test
    from landed
)

select
    id as transaction_id,
    refund_id,
    lower(kind) as kind,
    lower(status) as status,
    coalesce(is_test, false) as is_test,
    amount,
    upper(currency) as currency,
    {{ moment('_fivetran_synced', 'shopify') }} as version_at,
    case
        {{ when_unreadable() }}
        when id is null then 'missing_id'
        when amount_text is null then 'missing_amount'
        when {{ refused('amount_text', 'amount') }} then 'bad_number'
        when amount < 0 then 'negative_amount'
        when {{ refused('test_text', 'is_test') }} then 'bad_flag'
        {{ or_mended('shopify', 'transactions') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
