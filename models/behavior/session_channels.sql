-- The channel of each session, and the last origin of its visitor that was not direct,
-- no longer ago than the look-back; a direct visit with none stays direct.
with sources as materialized (
    select * from {{ ref('session_sources') }}
),

-- Origins are few and sessions many.
origins as (
    select distinct
        traffic_source,
        traffic_medium,
        traffic_campaign,
        referrer_category
    from sources
),

grouped as (
    select
        origins.*,
        {{ default_channel_group(
            'origins.traffic_source', 'origins.traffic_medium',
            'origins.traffic_campaign',
            'coalesce(origins.referrer_category, categories.category)'
        ) }} as channel
    from origins
    left join {{ ref('source_categories') }} as categories
        on origins.traffic_source = categories.source
),

channelled as (
    select
        sources.*,
        grouped.channel
    from sources
    inner join grouped
        on
            sources.traffic_source = grouped.traffic_source
            and sources.traffic_medium = grouped.traffic_medium
            and sources.traffic_campaign is not distinct from grouped.traffic_campaign
            and sources.referrer_category
            is not distinct from grouped.referrer_category
),

-- The latest one decides: were it too long ago, so were all others.
followed as (
    select
        *,
        last_value(case when channel != 'Direct' then {
            'session_id': session_id, 'started_at': started_at,
            'traffic_source': traffic_source, 'traffic_medium': traffic_medium,
            'traffic_campaign': traffic_campaign, 'channel': channel
        } end ignore nulls) over (
            partition by visitor_id order by started_at, session_id
            rows unbounded preceding
        ) as latest
    from channelled
),

bounded as (
    select
        * exclude (latest),
        case
            when
                latest.started_at
                >= started_at - interval {{ var('last_non_direct_days') }} day
                then latest
        end as latest
    from followed
)

select
    session_id,
    visitor_id,
    started_at,
    landing_page,
    traffic_source,
    traffic_medium,
    traffic_campaign,
    channel,
    latest.session_id as last_non_direct_session_id,
    coalesce(latest.traffic_source, traffic_source) as last_non_direct_source,
    coalesce(latest.traffic_medium, traffic_medium) as last_non_direct_medium,
    case when latest is null then traffic_campaign else latest.traffic_campaign end
        as last_non_direct_campaign,
    coalesce(latest.channel, channel) as last_non_direct_channel
from bounded
