select features.*
from {{ ref('customer_features') }} as features
inner join {{ ref('feature_spine') }} as spine
    on
        features.customer_id = spine.customer_id
        and features.as_of_at = spine.as_of_at
where spine.is_now
