with ranked as (
    select
        *,
        row_number() over (
            partition by cluster_id order by distance, customer_id
        ) as place
    from {{ ref('cluster_predictions') }}
)

select
    customer_id,
    cluster_id,
    cluster_name,
    cluster_label,
    distance,
    case when place <= 10 then place end as typical_rank,
    model_version,
    as_of_at
from ranked
