select
    left_segment,
    right_segment,
    customer_count,
    left_count,
    right_count,
    jaccard,
    lift,
    as_of_at
from {{ ref('segment_overlap') }}
where as_of_at is not null
