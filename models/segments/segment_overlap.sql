-- Every pair of segments: a pair that nobody allowed may share half of the smaller one.
-- Who is in the very same segments is counted once: 100 segments leave some ten
-- thousand kinds of a million customers.
with kinds as (
    select
        {{ claiming_names() | join(', ') }},
        cluster_name,
        count(*) as customer_count
    from {{ ref('segment_flags') }}
    group by all
),

numbered as (
    select
        *,
        row_number() over (
            order by cluster_name, {{ claiming_names() | join(', ') }}
        ) as kind_number
    from kinds
),

members as (
    {{ segments_claimed('numbered', ['kind_number', 'customer_count']) }}
),

pairs as (
    select
        lefts.segment_name as left_segment,
        rights.segment_name as right_segment,
        cast(sum(lefts.customer_count) as bigint) as customer_count
    from members as lefts
    inner join members as rights on lefts.kind_number = rights.kind_number
    group by lefts.segment_name, rights.segment_name
),

customers as (
    select count(*) as customer_count
    from {{ ref('primary_segments') }}
)

select
    lefts.segment_name as left_segment,
    rights.segment_name as right_segment,
    coalesce(pairs.customer_count, 0) as customer_count,
    lefts.customer_count as left_count,
    rights.customer_count as right_count,
    coalesce(pairs.customer_count, 0) / nullif(
        lefts.customer_count
        + rights.customer_count
        - coalesce(pairs.customer_count, 0),
        0
    ) as jaccard,
    -- How much more often the two meet than they would by chance.
    coalesce(pairs.customer_count, 0) * customers.customer_count / nullif(
        lefts.customer_count * rights.customer_count, 0
    ) as lift,
    case
        when lefts.segment_name = rights.segment_name then null
        when lefts.kind = 'cluster' and rights.kind = 'cluster' then 0.0
        when lefts.kind = 'cluster' or rights.kind = 'cluster' then null
        when
            list_contains(left_definition.allowed_overlaps, rights.segment_name)
            or list_contains(right_definition.allowed_overlaps, lefts.segment_name)
            then null
        else 0.5
    end as allowed_share,
    lefts.as_of_at
from {{ ref('segment_summary') }} as lefts
cross join customers
cross join {{ ref('segment_summary') }} as rights
inner join {{ ref('segment_definitions') }} as left_definition
    on lefts.segment_name = left_definition.segment_name
inner join {{ ref('segment_definitions') }} as right_definition
    on rights.segment_name = right_definition.segment_name
left join pairs
    on
        lefts.segment_name = pairs.left_segment
        and rights.segment_name = pairs.right_segment
