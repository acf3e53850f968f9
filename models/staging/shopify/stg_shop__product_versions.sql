-- One row for each price of a product and the moment since when it stood.
with versions as (
    select
        product_id,
        price,
        currency,
        coalesce(updated_at, timestamp '0001-01-01') as updated_at,
        row_number() over (
            partition by product_id, updated_at order by load_seq desc, row_key desc
        ) as place
    from {{ ref('base_shop__products') }}
    where quarantine_reason is null
)

select * exclude (place)
from versions
where place = 1
