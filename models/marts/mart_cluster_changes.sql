select
    changed_at,
    kind,
    nullif(former_cluster_id, '') as former_cluster_id,
    nullif(former_cluster_name, '') as former_cluster_name,
    nullif(former_cluster_label, '') as former_cluster_label,
    nullif(cluster_id, '') as cluster_id,
    nullif(cluster_name, '') as cluster_name,
    nullif(cluster_label, '') as cluster_label,
    customer_count,
    former_share,
    cluster_share,
    nullif(former_model_version, '') as former_model_version,
    model_version,
    as_of_at
from {{ ref('cluster_news') }}
