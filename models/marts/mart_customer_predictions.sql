select
    customer_id,
    prediction,
    predicted_value,
    model_version,
    as_of_at
from {{ ref('sibling_predictions') }}
