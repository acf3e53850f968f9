{{ config(enabled=is_read('klaviyo'), materialized='view') }}
-- What was told beside emails, and is kept apart: orders are the shop's to tell, visits
-- the web stream's, and of text messages nothing is read.
with others as (
    select
        metric_id,
        metric_name,
        count(*) as event_count,
        min(occurred_at) as first_occurred_at,
        max(occurred_at) as last_occurred_at
    from {{ ref('stg_klaviyo__events') }}
    where event_name is null
    group by metric_id, metric_name
)

select
    others.*,
    metrics.integration_name
from others
left join {{ ref('stg_klaviyo__metrics') }} as metrics
    on others.metric_id = metrics.metric_id
