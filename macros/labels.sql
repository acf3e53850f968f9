-- What a score foretells, in one place: it teaches, and later it judges what was said.

-- The first order that somebody placed after a moment, within so many days, the last
-- second included; a void order is none. Of orders of one second the dearest tells the
-- amount. `spine` has customer_id and as_of_at, and as customer_id_now whom we know that
-- person to be today.
{% macro next_orders(spine, days) -%}
    select
        placed.customer_id,
        placed.as_of_at,
        placed.ordered_at as next_order_at,
        max(placed.total_amount) filter (
            where placed.currency = '{{ var("reporting_currency") }}'
        ) as next_order_amount
    from (
        select
            spine.customer_id,
            spine.as_of_at,
            orders.ordered_at,
            orders.total_amount,
            orders.currency,
            rank() over (
                partition by spine.customer_id, spine.as_of_at
                order by orders.ordered_at
            ) as place
        from {{ spine }} as spine
        inner join {{ ref('identity_map') }} as identity
            on spine.customer_id_now = identity.customer_id
        inner join {{ ref('orders') }} as orders
            on
                identity.record_id = orders.record_id
                and spine.as_of_at < orders.ordered_at
                and spine.as_of_at + interval {{ days }} day >= orders.ordered_at
        where orders.void_since_at is null
    ) as placed
    where placed.place = 1
    group by placed.customer_id, placed.as_of_at, placed.ordered_at
{%- endmacro %}

-- Who had ordered by a moment, as features count orders: known by then, and not void.
-- `spine` has the records of then.
{% macro buyers_by(spine) -%}
    select distinct
        spine.customer_id,
        spine.as_of_at
    from {{ spine }} as spine
    inner join {{ ref('orders') }} as orders
        on
            spine.record_id = orders.record_id
            and spine.as_of_at >= orders.ordered_at
            and spine.as_of_at >= orders.known_since_at
            and (orders.void_since_at is null or spine.as_of_at < orders.void_since_at)
{%- endmacro %}

-- Who did anything within so many days of the shop from a moment on: the rest of its
-- day, which the spine has as as_of_on, and those after it.
{% macro active_within(spine, days) -%}
    select distinct
        spine.customer_id,
        spine.as_of_at
    from {{ spine }} as spine
    inner join {{ ref('identity_map') }} as identity
        on spine.customer_id_now = identity.customer_id
    inner join {{ ref('daily_states') }} as states
        on
            identity.record_id = states.record_id
            and spine.as_of_on <= states.occurred_on
            and spine.as_of_on + {{ days }} > states.occurred_on
            and spine.as_of_at <= states.last_activity_at
    where states.activity_count > 0
{%- endmacro %}
