{{ config(enabled=is_read('shopify')) }}
-- The newest version of each address.
{{ newest_synced(ref('base_shopify__customer_addresses'), 'address_id') }}
