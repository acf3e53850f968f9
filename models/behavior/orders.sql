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

shop_knows as (
    select
        order_id,
        min(created_at) as superseded_at
    from {{ ref('shop_orders') }}
    group by order_id
),

-- The shop's export is the authority: a web order counts until the shop knows it.
web_orders as (
    select
        events.event_id,
        md5(events.order_id || '|' || coalesce(events.visitor_id, '')) as order_key,
        events.order_id,
        'web' as source,
        events.visitor_id as record_id,
        events.visitor_id,
        events.occurred_at as ordered_at,
        events.received_at as known_since_at,
        case
            when shop_knows.superseded_at is not null
                then greatest(shop_knows.superseded_at, events.occurred_at)
        end as cancelled_at,
        false as is_test,
        coalesce(events.currency, '{{ var("reporting_currency") }}') as currency,
        coalesce(events.total_amount, 0) as total_amount
    from {{ ref('events') }} as events
    left join shop_knows on events.order_id = shop_knows.order_id
    where
        events.event_name = 'order_completed'
        and events.order_id is not null
),

told as (
    select
        *,
        row_number() over (
            partition by order_key order by known_since_at, event_id
        ) as place
    from web_orders
),

first_told as (
    select * exclude (event_id, place)
    from told
    where place = 1
),

unioned as (
    select * from shop_orders
    union all by name
    select * from first_told
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
