with members as (
    {{ segments_claimed(ref('segment_flags'), ['customer_id', 'as_of_at']) }}
)

select
    customer_id,
    segment_name,
    as_of_at
from members
where segment_name is not null
