-- The records of each customer of the spine, as they were known at its moment.
select
    spine.customer_id,
    spine.as_of_at,
    spine.as_of_on,
    known.record_id
from {{ ref('feature_spine') }} as spine
inner join {{ ref('identity_as_known') }} as known
    on spine.customer_id = known.customer_id and spine.as_of_at = known.as_of_at
