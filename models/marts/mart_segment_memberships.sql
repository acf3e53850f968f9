select
    memberships.customer_id,
    memberships.segment_name,
    memberships.segment_name = primaries.segment_name as is_primary,
    definitions.rule_text as reason,
    memberships.as_of_at
from {{ ref('segment_memberships') }} as memberships
inner join {{ ref('primary_segments') }} as primaries
    on memberships.customer_id = primaries.customer_id
inner join {{ ref('segment_definitions') }} as definitions
    on memberships.segment_name = definitions.segment_name
