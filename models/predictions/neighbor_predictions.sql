-- Neighbours of another moment are not neighbours of now.
select neighbors.*
from {{ source('ml', 'product_neighbors') }} as neighbors
inner join {{ ref('as_of') }} as moments on neighbors.as_of_at = moments.as_of_at
