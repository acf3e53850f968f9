-- What a segment's predicate may ask for: features of now, stage, scores, cluster.
select
    features.*,
    lifecycle.lifecycle_stage,
    scores.purchase_30d_probability,
    scores.score_decile,
    siblings.purchase_7d_probability,
    siblings.purchase_90d_probability,
    siblings.churn_probability,
    siblings.next_order_value_amount,
    clusters.cluster_name
from {{ ref('customers_now') }} as features
left join {{ ref('customer_lifecycle') }} as lifecycle
    on features.customer_id = lifecycle.customer_id
left join {{ ref('propensity_predictions') }} as scores
    on features.customer_id = scores.customer_id
left join {{ ref('prediction_columns') }} as siblings
    on features.customer_id = siblings.customer_id
left join {{ ref('cluster_predictions') }} as clusters
    on features.customer_id = clusters.customer_id
