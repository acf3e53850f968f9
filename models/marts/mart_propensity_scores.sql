select
    customer_id,
    purchase_30d_probability,
    score_decile,
    score_percentile,
    purchase_30d_probability > {{ var('high_value_probability') }} as is_high_value,
    reason_1,
    reason_2,
    reason_3,
    model_version,
    as_of_at
from {{ ref('propensity_predictions') }}
