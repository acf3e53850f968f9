-- What the history says of now is what the map says, and no interval overlaps another.
with ordered as (
    select
        record_id,
        customer_id,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by record_id order by valid_from) as next_from
    from {{ ref('identity_history') }}
),

broken as (
    select record_id from ordered
    where next_from is not null and valid_to is distinct from next_from
),

now_known as (
    select
        record_id,
        customer_id
    from ordered
    where valid_to is null
)

select broken.record_id from broken
union all
select coalesce(now_known.record_id, identity.record_id) as record_id
from now_known
full join {{ ref('identity_map') }} as identity
    on now_known.record_id = identity.record_id
where now_known.customer_id is distinct from identity.customer_id
