-- Where a session came from: the source or medium of its campaign, else the click of
-- an ad, else the referrer; the shop's own pages and those where one pays sent nobody.
{% set own_hosts = var('own_hosts') %}

with landed as (
    select
        session_id,
        visitor_id,
        started_at,
        campaign_source,
        campaign_medium,
        campaign_name,
        {{ without_query_parameters('landing_url', [
            'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term',
            'utm_id', 'gclid', 'gbraid', 'wbraid', 'gad_source', 'gad_campaignid',
            'srsltid', '_gl', 'msclkid', 'fbclid'
        ]) }} as landing_page,
        {{ url_query('landing_url') }} as query,
        case when referrer is not null then {{ url_host('landing_url') }} end
            as landing_host,
        {{ url_host('referrer') }} as referrer_host
    from {{ ref('sessions') }}
),

-- The address says what the tracker did not.
told as (
    select
        *,
        {% for part in ['source', 'medium', 'name'] -%}
        {% set tag = 'utm_' ~ ('campaign' if part == 'name' else part) -%}
        coalesce(
            {{ trimmed('campaign_' ~ part) }}, {{ query_value('query', tag) }}
        ) as told_{{ part }},
        {% endfor -%}
        case
            when regexp_matches(query, '(^|&)(gclid|gbraid|wbraid|gad_source)=')
                then 'google'
            when regexp_matches(query, '(^|&)msclkid=') then 'bing'
        end as ad_source,
        coalesce(
            referrer_host = landing_host
            or ends_with(referrer_host, '.' || landing_host)
            or ends_with(landing_host, '.' || referrer_host), false
        )
        {% for host in own_hosts -%}
        or coalesce(
            referrer_host = '{{ host }}' or ends_with(referrer_host, '.{{ host }}'), false
        )
        {% endfor %} as is_inner
    from landed
),

judged as (
    select
        told.*,
        referrers.category,
        referrers.traffic_source,
        referrers.traffic_medium,
        case
            when coalesce(told.told_source, told.told_medium) is not null
                then 'campaign'
            when told.ad_source is not null then 'ad'
            when
                referrers.referrer_host is not null
                and not told.is_inner
                and not referrers.is_payment
                then 'referrer'
            else 'direct'
        end as origin
    from told
    left join {{ ref('referrer_hosts') }} as referrers
        on told.referrer_host = referrers.referrer_host
)

select
    session_id,
    visitor_id,
    started_at,
    landing_page,
    origin,
    case origin
        when 'campaign' then coalesce(lower(told_source), '(not set)')
        when 'ad' then ad_source
        when 'referrer' then traffic_source
        else '(direct)'
    end as traffic_source,
    case origin
        when 'campaign' then coalesce(lower(told_medium), '(not set)')
        when 'ad' then 'cpc'
        when 'referrer' then traffic_medium
        else '(none)'
    end as traffic_medium,
    told_name as traffic_campaign,
    case when origin = 'referrer' then category end as referrer_category
from judged
