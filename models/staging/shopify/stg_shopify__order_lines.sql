{{ config(enabled=is_read('shopify')) }}
-- The newest version of each line.
with newest as (
    {{ newest_synced(ref('base_shopify__order_lines'), 'order_line_id') }}
)

select * exclude (version_at)
from newest
