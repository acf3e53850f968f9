{{ config(enabled=is_read('klaviyo'), materialized='view') }}
-- The first received of each event, whatever it tells of.
select * exclude (quarantine_reason, row_key, duplicate_since_load_seq)
from {{ ref('base_klaviyo__events') }}
where event_id is not null and duplicate_since_load_seq is null
