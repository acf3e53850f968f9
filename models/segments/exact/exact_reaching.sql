-- Beliefs that stand and reach into the time that is told. Of each customer and segment
-- the last one that begins before it, or with it, goes on into it.
select
    beliefs.*,
    segments.told_from_at,
    segments.is_from_rule,
    beliefs.entered_at <= segments.told_from_at
    and row_number() over (
        partition by
            beliefs.customer_id, beliefs.segment_name,
            beliefs.entered_at <= segments.told_from_at
        order by beliefs.entered_at desc
    ) = 1 as is_from_before
from {{ ref('standing_beliefs') }} as beliefs
inner join {{ ref('exact_segments') }} as segments
    on beliefs.segment_name = segments.segment_name
where beliefs.left_at is null or beliefs.left_at >= segments.told_from_at
