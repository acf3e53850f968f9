{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    meta={'reads': ['web_events', 'esp_events']},
    post_hook='{{ keep_mark() }}'
) }}
-- Who looked at what, and put it into a cart. A link to a product, followed in an
-- email, is a look.
{% set days = touched_days(standing_mark()) if is_incremental() else none %}

with acts as (
    select
        record_id,
        product_id,
        case event_name when 'product_added' then 'carted' else 'viewed' end as kind,
        -- A clock that runs ahead, within the tolerance, foretells nothing.
        least(occurred_at, received_at) as occurred_at,
        received_on as known_on
    from {{ ref('events') }}
    where
        event_name in ('product_viewed', 'product_added', 'email_link_clicked')
        and (event_name != 'email_link_clicked' or product_id is not null)
        and (is_human or is_bot)
        and {{ became_known('received_on', 'received_at', days) }}
)

select
    record_id,
    product_id,
    kind,
    {{ shop_date('occurred_at') }} as occurred_on,
    known_on,
    max(occurred_at) as last_occurred_at,
    count(*) as act_count
from acts
group by record_id, product_id, kind, occurred_on, known_on
