-- The customers of now and nothing else of them: advice reads histories, not features.
select
    customer_id,
    as_of_at
from {{ ref('feature_spine') }}
where is_now
