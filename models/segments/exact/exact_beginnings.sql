-- A customer is one from the first sign on: a record that arrived, or a thing that
-- happened.
with signs as (
    select
        customer_id,
        first_received_at as seen_at
    from {{ ref('identity_map') }}
    union all
    select
        customer_id,
        occurred_at as seen_at
    from {{ ref('exact_facts') }}
    union all
    select
        customer_id,
        as_of_at as seen_at
    from {{ ref('exact_order_moments') }}
    union all
    select
        days.customer_id,
        horizon.began_at as seen_at
    from {{ ref('exact_days') }} as days
    cross join {{ ref('exact_horizon') }} as horizon
    where not days.is_within
)

select
    signs.customer_id,
    greatest(min(signs.seen_at), horizon.began_at) as moved_at
from signs
cross join {{ ref('exact_horizon') }} as horizon
group by signs.customer_id, horizon.began_at, horizon.as_of_at
having min(signs.seen_at) <= horizon.as_of_at
