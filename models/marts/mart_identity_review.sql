select
    review.left_record_id,
    review.right_record_id,
    review.left_customer_id,
    review.right_customer_id,
    review.match_probability,
    review.match_weight,
    review.agreements,
    review.is_contradicted,
    review.known_since_at,
    moments.as_of_at
from {{ ref('identity_review') }} as review
cross join {{ ref('as_of') }} as moments
