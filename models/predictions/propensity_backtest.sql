-- What was judged in another run lacks what came true since.
select judged.*
from {{ source('ml', 'propensity_backtest') }} as judged
inner join {{ ref('as_of') }} as moments on judged.as_of_at = moments.as_of_at
