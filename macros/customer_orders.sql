-- What orders and refunds come to at each moment of a spine: by what was known then,
-- or, with hindsight, by all that is known.
{% macro customer_orders(spine, with_hindsight=false) %}
{%- set currency = var('reporting_currency') -%}
with candidates as (
    select
        spine.customer_id,
        spine.as_of_at,
        spine.as_of_on,
        orders.order_key,
        {{ order_copy('spine.customer_id, spine.as_of_at') }} as place,
        orders.ordered_at,
        orders.ordered_on,
        orders.currency,
        orders.total_amount
    from {{ spine }} as spine
    inner join {{ ref('orders') }} as orders
        on
            spine.record_id = orders.record_id
            and spine.as_of_at >= orders.ordered_at
            {% if not with_hindsight -%}
            and spine.as_of_at >= orders.known_since_at
            {% endif -%}
            and (orders.void_since_at is null or spine.as_of_at < orders.void_since_at)
),

orders as (
    select * exclude (place)
    from candidates
    where place = 1
),

refunds as (
    select
        spine.customer_id,
        spine.as_of_at,
        spine.as_of_on - {{ shop_date('refunds.refunded_at') }} as days_ago,
        refunds.order_key,
        refunds.refunded_amount
    from {{ spine }} as spine
    inner join {{ ref('refunds') }} as refunds
        on
            spine.record_id = refunds.record_id
            and spine.as_of_at >= refunds.refunded_at
    where refunds.currency = '{{ currency }}'
),

-- What was paid back for an order that does not count has never been counted.
counted_refunds as (
    select
        refunds.customer_id,
        refunds.as_of_at,
        sum(refunds.refunded_amount) as refunded_amount,
        sum(refunds.refunded_amount) filter (where refunds.days_ago < 365)
            as refunded_365d_amount
    from refunds
    left join orders
        on
            refunds.order_key = orders.order_key
            and refunds.customer_id = orders.customer_id
            and refunds.as_of_at = orders.as_of_at
    where refunds.order_key is null or orders.order_key is not null
    group by refunds.customer_id, refunds.as_of_at
),

summed as (
    select
        customer_id,
        as_of_at,
        count(*) as order_count,
        {% for days in [30, 90, 365] -%}
        count(*) filter (where as_of_on - ordered_on < {{ days }})
            as order_{{ days }}d_count,
        {% endfor -%}
        min(ordered_at) as first_order_at,
        max(ordered_at) as last_order_at,
        coalesce(sum(total_amount) filter (where currency = '{{ currency }}'), 0)
            as ordered_amount,
        coalesce(sum(total_amount) filter (
            where currency = '{{ currency }}' and as_of_on - ordered_on < 365
        ), 0) as ordered_365d_amount,
        count(*) filter (where currency = '{{ currency }}') as priced_order_count
    from orders
    group by customer_id, as_of_at
)

select
    coalesce(summed.customer_id, counted_refunds.customer_id) as customer_id,
    coalesce(summed.as_of_at, counted_refunds.as_of_at) as as_of_at,
    coalesce(summed.order_count, 0) as order_count,
    {% for days in [30, 90, 365] -%}
    coalesce(summed.order_{{ days }}d_count, 0) as order_{{ days }}d_count,
    {% endfor -%}
    summed.first_order_at,
    summed.last_order_at,
    cast(
        coalesce(summed.ordered_amount, 0)
        - coalesce(counted_refunds.refunded_amount, 0) as decimal(18, 2)
    ) as net_revenue_amount,
    cast(
        coalesce(summed.ordered_365d_amount, 0)
        - coalesce(counted_refunds.refunded_365d_amount, 0) as decimal(18, 2)
    ) as net_revenue_365d_amount,
    cast(
        summed.ordered_amount / nullif(summed.priced_order_count, 0) as decimal(18, 2)
    ) as average_order_amount
from summed
full outer join counted_refunds
    on
        summed.customer_id = counted_refunds.customer_id
        and summed.as_of_at = counted_refunds.as_of_at
{% endmacro %}
