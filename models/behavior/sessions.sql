{{ config(
    materialized='incremental',
    incremental_strategy='replace_overlapping',
    meta={'reads': ['web_events']},
    post_hook='{{ keep_mark() }}'
) }}
{% set gap = "interval " ~ var('session_gap_minutes') ~ " minute" %}
{#- Microseconds: to compare intervals costs several times as much. #}
{% set longest_pause = var('session_gap_minutes') * 60000000 %}
{% set longest_engaged = var('engaged_gap_seconds') * 1000000 %}
{% set kinds = {
    'page_view': "'page_viewed', 'screen_viewed'",
    'product_view': "'product_viewed'",
    'cart_add': "'product_added'",
    'checkout': "'checkout_started'",
    'order': "'order_completed'"
} %}
{% set mark = standing_mark() if is_incremental() else none %}

-- Read once for what is new and once for its neighbours: to keep the whole history
-- between would cost more than both.
with events as not materialized (
    select
        staged.event_id,
        staged.visitor_id,
        staged.event_name,
        staged.occurred_at,
        staged.received_at,
        staged.currency,
        staged.order_id,
        staged.total_amount,
        staged.page_url,
        staged.page_referrer,
        staged.campaign_source,
        staged.campaign_medium,
        staged.campaign_name,
        staged.device_type,
        staged.country_code,
        staged.load_seq
    from {{ ref('web_events') }} as staged
    inner join {{ ref('as_of') }} as moments on staged.received_at <= moments.as_of_at
    where staged.visitor_id is not null
),

{% if mark is not none -%}
{% set fresh_span = span_above(ref('web_events'), mark) %}
{% set is_near = "ended_at >= " ~ fresh_span.first ~ " - " ~ gap
    ~ " and started_at <= " ~ fresh_span.last ~ " + " ~ gap %}
{% set near_span = span_of(
    "select min(started_at), max(ended_at) from " ~ this ~ " where " ~ is_near
) %}
fresh as (
    select * from events
    where load_seq > {{ mark }}
),

-- Two old sessions merge only through new events, and a new event reaches its own
-- neighbours: no session beyond these can change.
touched as (
    select
        visitor_id,
        started_at,
        ended_at
    from {{ this }} as standing
    where
        {{ is_near }}
        and exists (
            select fresh.visitor_id from fresh
            where
                fresh.visitor_id = standing.visitor_id
                and fresh.occurred_at >= standing.started_at - {{ gap }}
                and fresh.occurred_at <= standing.ended_at + {{ gap }}
        )
),

affected as materialized (
    select * from fresh
    union all
    select events.*
    from events
    inner join touched
        on
            events.visitor_id = touched.visitor_id
            and events.occurred_at >= touched.started_at
            and events.occurred_at <= touched.ended_at
    where
        events.load_seq <= {{ mark }}
        and events.occurred_at >= {{ near_span.first }}
        and events.occurred_at <= {{ near_span.last }}
),
{%- else -%}
affected as not materialized (
    select * from events
),
{%- endif %}

paced as (
    select
        event_id,
        visitor_id,
        occurred_at,
        received_at,
        {% for kind, names in kinds.items() -%}
        event_name in ({{ names }}) as is_{{ kind }},
        {% endfor -%}
        case
            when
                event_name = 'order_completed'
                and coalesce(currency, '{{ var("reporting_currency") }}')
                = '{{ var("reporting_currency") }}'
                then {
                    'key': coalesce(order_id, cast(event_id as varchar)),
                    'amount': total_amount
                }
        end as order_told,
        epoch_us(occurred_at) - lag(epoch_us(occurred_at)) over (
            partition by visitor_id order by occurred_at, event_id
        ) as pause
    from affected
),

-- A gap of exactly the limit continues the session.
opened as (
    select
        *,
        coalesce(pause > {{ longest_pause }}, true) as opens_session
    from paced
),

numbered as (
    select
        *,
        count(*) filter (where opens_session) over (
            partition by visitor_id order by occurred_at, event_id
            rows unbounded preceding
        ) as session_number
    from opened
),

-- Named after the event that was received first: late data renames no session.
summed as (
    select
        md5('session|' || {{ first_received('event_id') }}) as session_id,
        visitor_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        coalesce(sum(least(pause, {{ longest_engaged }})) filter (
            where not opens_session
        ), 0) as engaged_microseconds,
        count(*) as event_count,
        {% for kind in kinds -%}
        count(*) filter (where is_{{ kind }}) as {{ kind }}_count,
        {% endfor -%}
        {{ sum_once('order_told') }} as revenue_amount,
        max(event_id) filter (where opens_session) as first_event_id
    from numbered
    group by visitor_id, session_number
)

select
    summed.session_id,
    summed.visitor_id,
    summed.started_at,
    summed.ended_at,
    {{ shop_date('summed.started_at') }} as started_on,
    cast(floor(epoch(summed.ended_at - summed.started_at)) as bigint)
        as duration_seconds,
    cast(summed.engaged_microseconds // 1000000 as bigint) as engaged_seconds,
    summed.event_count,
    summed.page_view_count,
    summed.product_view_count,
    summed.cart_add_count,
    summed.checkout_count,
    summed.order_count,
    summed.order_count > 0 as is_converted,
    cast(summed.revenue_amount as decimal(18, 2)) as revenue_amount,
    first_events.page_url as landing_url,
    first_events.page_referrer as referrer,
    first_events.campaign_source,
    first_events.campaign_medium,
    first_events.campaign_name,
    first_events.device_type,
    first_events.country_code
from summed
inner join affected as first_events
    on summed.first_event_id = first_events.event_id
