-- The identity of now. Bots are nobody: they are listed in bot_visitors.
select
    records.record_id,
    records.source,
    known.customer_id,
    records.first_received_at,
    known.as_of_at
from {{ ref('identity_as_known') }} as known
inner join {{ ref('feature_moments') }} as moments
    on known.as_of_at = moments.as_of_at and moments.is_now
inner join {{ ref('records') }} as records on known.record_id = records.record_id
