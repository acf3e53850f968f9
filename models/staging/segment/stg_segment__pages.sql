{{ config(enabled=is_read('segment'), materialized='view') }}
-- The first received of each call.
select * exclude (quarantine_reason, row_key, duplicate_since_load_seq)
from {{ ref('base_segment__pages') }}
where event_id is not null and duplicate_since_load_seq is null
