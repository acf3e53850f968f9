{{ config(enabled=is_read('klaviyo'), materialized='view') }}
-- The first received of each event, whatever it tells of.
{{ first_told('klaviyo', 'events') }}
