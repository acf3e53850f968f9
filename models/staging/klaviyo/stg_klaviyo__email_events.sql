{{ config(enabled=is_read('klaviyo'), materialized='view') }}
-- The events of emails. The person is known by its id: whenever its address lands, the
-- record of that name has it.
select
    * exclude (metric_id, metric_name),
    cast(null as varchar) as email,
    cast(null as integer) as dwell_seconds
from {{ ref('stg_klaviyo__events') }}
where event_name is not null
