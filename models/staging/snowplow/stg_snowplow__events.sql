{{ config(enabled=is_read('snowplow'), materialized='view') }}
-- The first received of each event.
select * exclude (quarantine_reason, row_key, duplicate_since_load_seq)
from {{ ref('base_snowplow__events') }}
where event_id is not null and duplicate_since_load_seq is null
