-- Clusters of another moment are not clusters of now.
select clusters.*
from {{ source('ml', 'customer_clusters') }} as clusters
inner join {{ ref('as_of') }} as moments on clusters.as_of_at = moments.as_of_at
