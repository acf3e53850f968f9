{{ config(enabled=is_read('ga4'), materialized='view') }}
-- The first received of each event.
{{ first_told('ga4', 'events') }}
