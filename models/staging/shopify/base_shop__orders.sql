{{ config(post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shop', 'orders') }}
),

typed as (
    select
        * exclude (
            total_amount, discount_amount, test, cancelled_at, created_at, updated_at
        ),
        total_amount as total_text,
        discount_amount as discount_text,
        cancelled_at as cancelled_text,
        created_at as created_text,
        {{ money('total_amount') }} as total_amount,
        {{ money('discount_amount') }} as discount_amount,
        test as test_text,
        try_cast(test as boolean) as is_test,
        {{ moment('cancelled_at', 'shop') }} as cancelled_at,
        {{ moment('created_at', 'shop') }} as created_at,
        {{ moment('coalesce(updated_at, created_at)', 'shop') }} as updated_at
    from landed
),

judged as (
    select
        id as order_id,
        coalesce('shop:' || customer_id, 'shop:email:' || md5(lower(email)))
            as record_id,
        customer_id as user_id,
        email,
        client_id,
        upper(currency) as currency,
        total_amount,
        discount_amount,
        lower(financial_status) as financial_status,
        coalesce(is_test, false) as is_test,
        cancelled_at,
        created_at,
        updated_at,
        case
            {{ when_unreadable() }}
            when id is null then 'missing_id'
            when created_text is null then 'missing_timestamp'
            when
                created_at is null or updated_at is null
                or {{ refused('cancelled_text', 'cancelled_at') }} then 'bad_timestamp'
            when
                created_at
                > landed_at + interval {{ var('clock_tolerance_minutes') }} minute
                then 'wrong_clock'
            when total_text is null then 'missing_amount'
            when
                {{ refused('total_text', 'total_amount') }}
                or {{ refused('discount_text', 'discount_amount') }} then 'bad_number'
            when total_amount < 0 then 'negative_amount'
            when {{ refused('test_text', 'is_test') }} then 'bad_flag'
            when currency is null then 'missing_currency'
            {{ or_mended('shop', 'orders') }}
        end as quarantine_reason,
        row_key,
        path,
        load_seq
    from typed
),

{{ with_buyers('judged') }}
