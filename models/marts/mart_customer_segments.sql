select
    primaries.customer_id,
    primaries.segment_name as primary_segment,
    list(memberships.segment_name order by memberships.segment_name) as segment_names,
    count(*) as segment_count,
    primaries.as_of_at
from {{ ref('primary_segments') }} as primaries
inner join {{ ref('segment_memberships') }} as memberships
    on primaries.customer_id = memberships.customer_id
group by primaries.customer_id, primaries.segment_name, primaries.as_of_at
