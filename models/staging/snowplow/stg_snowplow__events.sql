{{ config(enabled=is_read('snowplow'), materialized='view') }}
-- The first received of each event.
{{ first_told('snowplow', 'events') }}
