-- What each channel of a path adds to its chance of an order: the share of paths that
-- ended in one, less that share of the path without the channel (none known: 0). What
-- lowers the chance earns nothing; where nothing raises it, the last channel has all.
with paths as materialized (
    select
        *,
        order_count * 1000000000 // (order_count + lost_count) as rate_billionths
    from {{ ref('channel_paths') }}
),

places as (
    select
        paths.*,
        numbers.place
    from paths
    cross join lateral unnest(range(1, len(paths.channels) + 1)) as numbers (place)
),

reduced as (
    select
        *,
        channels[place] as channel,
        {{ without_place('channels', 'place') }} as other_channels
    from places
),

added as (
    select
        reduced.*,
        greatest(reduced.rate_billionths - coalesce(paths.rate_billionths, 0), 0)
            as added_billionths
    from reduced
    left join paths on reduced.other_channels = paths.channels
),

weighed as (
    select
        *,
        case
            when sum(added_billionths) over (partition by path) > 0
                then added_billionths
            when place = len(channels) then 1
            else 0
        end as weight
    from added
),

running as (
    select
        *,
        sum(weight) over (
            partition by path order by place rows unbounded preceding
        ) * 1000000000 // sum(weight) over (partition by path) as so_far,
        {{ cents('revenue_amount') }} as revenue_cents
    from weighed
),

parted as (
    select
        *,
        {{ added('places', 'so_far') }} as billionths,
        {{ added('places', part_of('revenue_cents', 'so_far')) }} as part_cents
    from running
    window places as (partition by path order by place)
)

select
    path,
    place,
    channel,
    order_count,
    lost_count,
    {{ as_credit('billionths') }} as credit,
    {{ as_credit('order_count * billionths') }} as order_credit,
    {{ as_amount('part_cents') }} as revenue_amount
from parted
