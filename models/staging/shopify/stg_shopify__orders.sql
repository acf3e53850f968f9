{{ config(enabled=is_read('shopify')) }}
-- The newest version of each order of each buyer.
with newest as (
    {{ newest_synced(ref('base_shopify__orders'), 'order_key') }}
)

select
    * exclude (has_taxes_included, version_at),
    cast(null as varchar) as client_id
from newest
