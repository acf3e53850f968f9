-- depends_on: {{ ref('exact_order_steps') }}, {{ ref('lifecycle_history') }}
-- depends_on: {{ ref('exact_horizon') }}
{% set columns = followed_columns() %}

-- Each moment at which something that the rules ask for is more, less or another.
select * from {{ ref('exact_beginnings') }}
union all by name
select * from {{ ref('exact_fact_steps') }}
union all by name
select * from {{ ref('exact_day_steps') }}
{% if follows_orders(columns) %}
union all by name
select * from {{ ref('exact_order_steps') }}
{% endif %}
{% if 'lifecycle_stage' in columns %}
union all by name
select
    history.customer_id,
    greatest(history.entered_at, horizon.began_at) as moved_at,
    case
        when history.moved_by = 'time' and history.entered_at >= horizon.began_at
            then 'the end of a stage'
    end as timer,
    history.lifecycle_stage
from {{ ref('lifecycle_history') }} as history
cross join {{ ref('exact_horizon') }} as horizon
where history.left_at is null or history.left_at > horizon.began_at
{% endif %}
