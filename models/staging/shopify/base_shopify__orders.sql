{{ config(enabled=is_read('shopify'), post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shopify', 'orders') }}
),

-- An order taken over from elsewhere was created later than it was placed.
typed as (
    select
        * exclude (cancelled_at, created_at, updated_at),
        coalesce(processed_at, created_at) as created_text,
        cancelled_at as cancelled_text,
        {{ money('total_price') }} as total_amount,
        {{ money('total_discounts') }} as discount_amount,
        try_cast(test as boolean) as is_test,
        try_cast(taxes_included as boolean) as has_taxes_included,
        try_cast(_fivetran_deleted as boolean) as is_deleted,
        {{ moment('cancelled_at', 'shopify') }} as cancelled_at,
        {{ moment('coalesce(processed_at, created_at)', 'shopify') }} as created_at,
        {{ moment('coalesce(updated_at, created_at, processed_at)', 'shopify') }}
            as updated_at,
        {{ moment('_fivetran_synced', 'shopify') }} as synced_at
    from landed
),

judged as (
    select
        id as order_id,
        coalesce('shop:' || customer_id, 'shop:email:' || md5(lower(email)))
            as record_id,
        customer_id as user_id,
        email,
        upper(currency) as currency,
        total_amount,
        discount_amount,
        coalesce(has_taxes_included, false) as has_taxes_included,
        lower(financial_status) as financial_status,
        coalesce(is_test, false) as is_test,
        -- An order that is gone was cancelled when its absence was noticed.
        case
            when cancelled_at is not null then cancelled_at
            when is_deleted then coalesce(synced_at, updated_at)
        end as cancelled_at,
        created_at,
        updated_at,
        greatest(updated_at, synced_at) as version_at,
        case
            {{ when_unreadable() }}
            when id is null then 'missing_id'
            when created_text is null then 'missing_timestamp'
            when
                created_at is null or updated_at is null
                or {{ refused('cancelled_text', 'cancelled_at') }} then 'bad_timestamp'
            when {{ begins_after_landing('created_at') }} then 'wrong_clock'
            when total_price is null then 'missing_amount'
            when
                {{ refused('total_price', 'total_amount') }}
                or {{ refused('total_discounts', 'discount_amount') }} then 'bad_number'
            when total_amount < 0 then 'negative_amount'
            when
                {{ refused('test', 'is_test') }}
                or {{ refused('taxes_included', 'has_taxes_included') }}
                or {{ refused('_fivetran_deleted', 'is_deleted') }} then 'bad_flag'
            when currency is null then 'missing_currency'
            {{ or_mended('shopify', 'orders') }}
        end as quarantine_reason,
        row_key,
        path,
        load_seq
    from typed
),

{{ with_buyers('judged') }}
