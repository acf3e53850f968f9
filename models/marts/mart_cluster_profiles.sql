select
    descriptions.cluster_id,
    descriptions.cluster_name,
    descriptions.cluster_label,
    descriptions.customer_count,
    descriptions.customer_share,
    descriptions.feature,
    descriptions.mean_value,
    descriptions.z_score,
    moments.as_of_at
from {{ ref('cluster_descriptions') }} as descriptions
cross join {{ ref('as_of') }} as moments
