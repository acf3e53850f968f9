-- Scores of another moment are not scores of now.
select scores.*
from {{ source('ml', 'propensity_scores') }} as scores
inner join {{ ref('as_of') }} as moments on scores.as_of_at = moments.as_of_at
