-- By month of the year, on how many days somebody was active, and ordered: up to the
-- last midnight. Days and not acts: the clicks of a visit are one decision.
with now as (
    select
        records.customer_id,
        records.record_id,
        records.as_of_at,
        records.as_of_on
    from {{ ref('spine_records') }} as records
    inner join {{ ref('feature_spine') }} as spine
        on
            records.customer_id = spine.customer_id
            and records.as_of_at = spine.as_of_at
    where spine.is_now
),

days as (
    select
        now.customer_id,
        states.occurred_on,
        'active' as kind
    from now
    inner join {{ ref('daily_states') }} as states
        on
            now.record_id = states.record_id
            and now.as_of_on > states.occurred_on
            and now.as_of_on > states.known_on
    where states.activity_count > 0
    union
    select
        now.customer_id,
        orders.ordered_on as occurred_on,
        'order' as kind
    from now
    inner join {{ ref('orders') }} as orders
        on
            now.record_id = orders.record_id
            and now.as_of_on > orders.ordered_on
            and now.as_of_at >= orders.known_since_at
            and (orders.void_since_at is null or now.as_of_at < orders.void_since_at)
)

select
    {% for kind in ['active', 'order'] -%}
    {% for month in range(1, 13) -%}
    count(*) filter (where kind = '{{ kind }}' and month(occurred_on) = {{ month }})
        as {{ kind }}_days_month_{{ month }}_count,
    {% endfor -%}
    {% endfor -%}
    customer_id
from days
group by customer_id
