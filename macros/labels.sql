-- What a score foretells, in one place: it teaches, and later it judges what was said.

-- Who ordered within so many days after a moment, the last second included; a void order
-- is none. `spine` has customer_id and as_of_at, and as customer_id_now whom we know that
-- person to be today.
{% macro buyers_within(spine, days) -%}
    select distinct
        spine.customer_id,
        spine.as_of_at
    from {{ spine }} as spine
    inner join (
        select
            identity.customer_id,
            orders.ordered_at
        from {{ ref('orders') }} as orders
        inner join {{ ref('identity_map') }} as identity
            on orders.record_id = identity.record_id
        where orders.void_since_at is null
    ) as purchases
        on
            spine.customer_id_now = purchases.customer_id
            and spine.as_of_at < purchases.ordered_at
            and spine.as_of_at + interval {{ days }} day >= purchases.ordered_at
{%- endmacro %}
