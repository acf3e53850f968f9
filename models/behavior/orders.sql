with shop_orders as (
    select
        order_key,
        order_id,
        'shop' as source,
        record_id,
        'web:' || client_id as visitor_id,
        created_at as ordered_at,
        created_at as known_since_at,
        -- A voided payment without a moment was void when the record last changed.
        coalesce(
            cancelled_at, case when financial_status = 'voided' then updated_at end
        ) as cancelled_at,
        is_test,
        currency,
        total_amount
    from {{ ref('shop_orders') }}
),

unioned as (
    select * from shop_orders
    union all by name
    select * from {{ ref('web_orders') }}
),

-- Refunds in the order's own currency, and what they add up to by and by.
paid_back as (
    select
        refunds.order_key,
        refunds.refunded_at,
        refunds.refunded_amount,
        unioned.total_amount,
        sum(refunds.refunded_amount) over (
            partition by refunds.order_key
            order by refunds.refunded_at, refunds.refund_id
            rows unbounded preceding
        ) as running_amount
    from {{ ref('refunds') }} as refunds
    inner join unioned
        on
            refunds.order_key = unioned.order_key
            and refunds.currency = unioned.currency
),

refunded as (
    select
        order_key,
        sum(refunded_amount) as refunded_amount,
        min(refunded_at) filter (
            where running_amount >= total_amount and total_amount > 0
        ) as all_refunded_at
    from paid_back
    group by order_key
)

select
    unioned.*,
    {{ shop_date('unioned.ordered_at') }} as ordered_on,
    coalesce(refunded.refunded_amount, 0) as refunded_amount,
    unioned.total_amount - coalesce(refunded.refunded_amount, 0) as net_amount,
    -- The moment since when the order makes no buyer: test, cancelled, all refunded.
    case
        when unioned.is_test then unioned.ordered_at
        when
            least(unioned.cancelled_at, refunded.all_refunded_at) <= moments.as_of_at
            then least(unioned.cancelled_at, refunded.all_refunded_at)
    end as void_since_at
from unioned
inner join {{ ref('as_of') }} as moments on unioned.known_since_at <= moments.as_of_at
left join refunded on unioned.order_key = refunded.order_key
