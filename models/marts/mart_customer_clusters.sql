select
    customer_id,
    cluster_id,
    cluster_name,
    cluster_label,
    distance,
    model_version,
    as_of_at
from {{ ref('cluster_predictions') }}
