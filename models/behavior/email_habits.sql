{% set ripe = 'interval ' ~ var('email_ripe_days') ~ ' day' %}
{% set recent_days = var('email_recent_days') %}
{% set habit_days = var('email_habit_days') %}

with moments as (
    select
        as_of_at,
        as_of_at - {{ ripe }} as recent_until_at,
        as_of_at - {{ ripe }} - interval {{ recent_days }} day as recent_from_at,
        as_of_at - {{ ripe }} - interval {{ recent_days + habit_days }} day
            as habit_from_at
    from {{ ref('as_of') }}
),

-- A reaction counts for the trend within the days that each message has had.
messages as (
    select
        identity.customer_id,
        engagement.*,
        moments.as_of_at,
        engagement.reached_at > moments.recent_from_at
        and engagement.reached_at <= moments.recent_until_at as is_recent,
        engagement.reached_at > moments.habit_from_at
        and engagement.reached_at <= moments.recent_from_at as is_habit,
        coalesce(
            engagement.first_reacted_at <= engagement.reached_at + {{ ripe }}, false
        ) as is_prompt
    from {{ ref('email_engagement') }} as engagement
    inner join {{ ref('identity_map') }} as identity
        on engagement.record_id = identity.record_id
    cross join moments
),

counted as (
    select
        customer_id,
        as_of_at,
        count(reached_at) as delivered_count,
        count(*) filter (where open_count > 0) as opened_count,
        count(*) filter (where machine_open_count > 0 and open_count = 0)
            as machine_opened_count,
        count(*) filter (where click_count > 0) as clicked_count,
        count(*) filter (where reply_count > 0) as replied_count,
        count(*) filter (where is_bounced) as bounced_count,
        count(*) filter (where is_unsubscribed) as unsubscribed_count,
        count(*) filter (where is_complaint) as complaint_count,
        cast(sum(dwell_seconds) as bigint) as dwell_seconds,
        min(reached_at) as first_delivered_at,
        max(reached_at) as last_delivered_at,
        max(last_opened_at) as last_opened_at,
        max(last_clicked_at) as last_clicked_at,
        max(last_replied_at) as last_replied_at,
        max(unsubscribed_at) as last_unsubscribed_at,
        max(complained_at) as last_complained_at,
        count(*) filter (
            where reached_at > as_of_at - interval {{ habit_days }} day
        ) as frequency_count,
        count(*) filter (where is_recent) as recent_delivered_count,
        count(*) filter (where is_recent and is_prompt) as recent_reacted_count,
        count(*) filter (where is_habit) as habit_delivered_count,
        count(*) filter (where is_habit and is_prompt) as habit_reacted_count
    from messages
    group by customer_id, as_of_at
),

-- What the habit leads to expect of the recent messages, without a division.
compared as (
    select
        *,
        recent_reacted_count * habit_delivered_count as reacted,
        habit_reacted_count * recent_delivered_count as expected,
        recent_delivered_count >= {{ var('email_recent_messages') }}
        and habit_delivered_count >= {{ var('email_habit_messages') }} as is_enough,
        least(
            {{ habit_days }},
            greatest(7, {{ whole_days('first_delivered_at', 'as_of_at') }})
        ) as frequency_days
    from counted
)

select
    * exclude (as_of_at, frequency_count, frequency_days, reacted, expected, is_enough),
    opened_count / nullif(delivered_count, 0) as opened_share,
    clicked_count / nullif(delivered_count, 0) as clicked_share,
    replied_count / nullif(delivered_count, 0) as replied_share,
    7 * frequency_count / frequency_days as messages_per_week,
    case
        when not is_enough then null
        when reacted = 0 and expected = 0 then 'silent'
        when
            greatest(reacted, expected)
            < {{ var('email_trend_reactions') }} * habit_delivered_count then null
        when 100 * reacted >= {{ var('email_rise_percent') }} * expected
            then 'rise'
        when 100 * reacted <= {{ var('email_sudden_drop_percent') }} * expected
            then 'sudden_drop'
        when 100 * reacted <= {{ var('email_decline_percent') }} * expected
            then 'decline'
        else 'steady'
    end as trend
from compared
