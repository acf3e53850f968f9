{{ config(enabled=is_read('shopify')) }}
-- The newest version of what was refunded of a line.
{{ newest_synced(ref('base_shopify__order_line_refunds'), 'line_refund_id') }}
