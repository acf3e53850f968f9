-- From when until when somebody was in a live segment, within the horizon.
with followed as (
    select
        *,
        lead(moved_at) over history as left_at,
        lead(clause) over history as left_by_clause,
        lead(event_id) over history as left_by_event_id,
        lead(timer) over history as left_by_timer
    from {{ ref('exact_flips') }}
    window history as (partition by customer_id, segment_name order by moved_at)
)

select
    customer_id,
    segment_name,
    moved_at as entered_at,
    left_at,
    clause as entered_by_clause,
    event_id as entered_by_event_id,
    timer as entered_by_timer,
    left_by_clause,
    left_by_event_id,
    left_by_timer,
    is_first_seen
from followed
where is_in
