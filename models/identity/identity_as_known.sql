-- A moment that ends one interval begins the next.
select
    moments.as_of_at,
    history.record_id,
    history.customer_id
from {{ ref('feature_moments') }} as moments
inner join {{ ref('identity_history') }} as history
    on
        moments.as_of_at >= history.valid_from
        and (history.valid_to is null or moments.as_of_at < history.valid_to)
