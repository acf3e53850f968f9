select
    steps.run_id,
    steps.step,
    steps.started_at,
    steps.finished_at,
    steps.seconds,
    steps.state,
    steps.rows_in,
    steps.rows_out,
    steps.rows_set_aside,
    steps.row_count,
    steps.memory_mb,
    steps.detail,
    moments.as_of_at
from {{ ref('stg_ops__run_steps') }} as steps
cross join {{ ref('as_of') }} as moments
