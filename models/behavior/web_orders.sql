-- The shop's export is the authority: a web order counts until the shop knows it. A
-- device may tell an order again: the first copy counts until one arrives that tells
-- more, so that what was known at a moment of the past stays so.
{% set currency = "coalesce(events.currency, '" ~ var('reporting_currency') ~ "')" %}

with shop_knows as (
    select
        order_id,
        min(created_at) as superseded_at
    from {{ ref('shop_orders') }}
    group by order_id
),

copies as (
    select
        events.event_id,
        md5(events.order_id || '|' || coalesce(events.visitor_id, '')) as order_key,
        events.order_id,
        events.visitor_id,
        events.occurred_at,
        events.received_at,
        {{ currency }} as currency,
        coalesce(events.total_amount, 0) as total_amount,
        -- An amount is more than none, and one that reports can sum more than another.
        {
            'is_told': events.total_amount is not null,
            'is_reported': {{ currency }} = '{{ var("reporting_currency") }}',
            'total_amount': events.total_amount
        } as worth
    from {{ ref('events') }} as events
    where
        events.event_name = 'order_completed'
        and events.order_id is not null
),

compared as (
    select
        *,
        row_number() over told as place,
        first_value(occurred_at) over told as ordered_at,
        max(worth) over (
            partition by order_key order by received_at, event_id
            rows between unbounded preceding and 1 preceding
        ) as worth_before
    from copies
    window told as (partition by order_key order by received_at, event_id)
),

outdone as (
    select
        *,
        lead(received_at) over (
            partition by order_key order by received_at, event_id
        ) as outdone_at
    from compared
    where place = 1 or worth > worth_before
)

select
    case
        when outdone.place = 1 then outdone.order_key
        else md5(outdone.order_key || '|' || outdone.event_id)
    end as order_key,
    outdone.order_id,
    'web' as source,
    outdone.visitor_id as record_id,
    outdone.visitor_id,
    outdone.ordered_at,
    outdone.received_at as known_since_at,
    least(
        outdone.outdone_at,
        case
            when shop_knows.superseded_at is not null
                then greatest(shop_knows.superseded_at, outdone.ordered_at)
        end
    ) as cancelled_at,
    false as is_test,
    outdone.currency,
    outdone.total_amount
from outdone
left join shop_knows on outdone.order_id = shop_knows.order_id
