with shop_orders as (
    select
        order_key,
        order_id,
        'shop' as source,
        record_id,
        'web:' || client_id as visitor_id,
        created_at as ordered_at,
        created_at as known_since_at,
        cancelled_at,
        is_test,
        currency,
        total_amount
    from {{ ref('stg_shop__orders') }}
),

-- The shop's export is the authority; a web order counts where the shop knows none.
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
        cast(null as timestamp) as cancelled_at,
        false as is_test,
        coalesce(events.currency, '{{ var("reporting_currency") }}') as currency,
        coalesce(events.total_amount, 0) as total_amount
    from {{ ref('events') }} as events
    left join {{ ref('stg_shop__orders') }} as known_orders
        on events.order_id = known_orders.order_id
    where
        events.event_name = 'order_completed'
        and events.order_id is not null
        and not events.is_bot
        and known_orders.order_id is null
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

refunded as (
    select
        order_key,
        sum(refunded_amount) as refunded_amount,
        max(refunded_at) as last_refunded_at
    from {{ ref('refunds') }}
    where order_key is not null
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
        else least(
            unioned.cancelled_at,
            case
                when
                    refunded.refunded_amount >= unioned.total_amount
                    and unioned.total_amount > 0
                    then refunded.last_refunded_at
            end
        )
    end as void_since_at
from unioned
left join refunded on unioned.order_key = refunded.order_key
