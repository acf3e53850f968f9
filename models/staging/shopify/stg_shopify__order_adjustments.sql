{{ config(enabled=is_read('shopify')) }}
-- The newest version of each adjustment of a refund; what it adds to it is negative.
{{ newest_synced(ref('base_shopify__order_adjustments'), 'adjustment_id') }}
