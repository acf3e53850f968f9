select
    beliefs.belief_id,
    beliefs.belief_number,
    beliefs.customer_id,
    beliefs.segment_name,
    beliefs.entered_at,
    beliefs.left_at,
    beliefs.precision,
    beliefs.entered_by_clause,
    beliefs.entered_by_event_id,
    beliefs.entered_by_timer,
    beliefs.left_by_clause,
    beliefs.left_by_event_id,
    beliefs.left_by_timer,
    beliefs.cause,
    beliefs.definition_hash,
    beliefs.model_version,
    beliefs.recorded_at,
    beliefs.run_id,
    supersessions.superseded_at,
    supersessions.reason as superseded_because,
    supersessions.run_id as superseding_run_id,
    moments.as_of_at
from {{ ref('stg_ledger__segment_beliefs') }} as beliefs
left join {{ ref('stg_ledger__segment_supersessions') }} as supersessions
    on beliefs.belief_id = supersessions.belief_id
cross join {{ ref('as_of') }} as moments
