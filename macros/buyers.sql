-- An order belongs to its buyer: one id used by two buyers is two orders. The versions of
-- one order may know its buyer differently well: an order placed as a guest belongs to the
-- customer whom another version with that address names, and a version that names nobody
-- belongs to a buyer of its id. What was set aside names nobody. Whichever version counts,
-- the order stays its buyer's: a newer one that has lost the name takes it from nobody.
{% macro with_buyers(judged) -%}
named as (
    select
        *,
        coalesce(
            user_id,
            max(user_id) filter (where quarantine_reason is null) over (
                partition by order_id, lower(email)
            ),
            lower(email)
        ) as own_buyer
    from {{ judged }}
),

known as (
    select
        *,
        coalesce(
            own_buyer,
            max(own_buyer) filter (where quarantine_reason is null) over (
                partition by order_id
            ),
            ''
        ) as buyer
    from named
),

belonging as (
    select
        *,
        max(user_id) filter (where quarantine_reason is null) over (
            partition by order_id, buyer
        ) as account,
        max(record_id) filter (where quarantine_reason is null) over (
            partition by order_id, buyer
        ) as guest_record_id
    from known
)

select
    md5(order_id || '|' || buyer) as order_key,
    * exclude (own_buyer, buyer, account, guest_record_id) replace (
        account as user_id,
        coalesce('shop:' || account, guest_record_id) as record_id
    )
from belonging
{%- endmacro %}
