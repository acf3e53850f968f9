select
    model_name,
    model_version,
    feature,
    verdict,
    psi_unusual,
    psi,
    psi_by_chance,
    psi_usual,
    largest_shift,
    reference_count,
    customer_count,
    as_of_at
from {{ ref('model_drift') }}
