{{ config(enabled=is_read('segment'), materialized='view') }}
-- The first received of each call.
{{ first_told('segment', 'identifies') }}
