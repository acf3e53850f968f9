select profiles.*
from {{ source('ml', 'cluster_profiles') }} as profiles
where profiles.cluster_id in (select cluster_id from {{ ref('cluster_predictions') }})
