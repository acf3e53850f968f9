{{ config(enabled=is_read('shopify')) }}
-- The newest version of each payment.
{{ newest_synced(ref('base_shopify__transactions'), 'transaction_id') }}
