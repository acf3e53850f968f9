-- The first received of each event; what the service sent again is a duplicate.
select * exclude (quarantine_reason, row_key, duplicate_since_load_seq)
from {{ ref('base_esp__events') }}
where event_id is not null and duplicate_since_load_seq is null
