{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='event_id',
    meta={'reads': ['web_events']},
    post_hook='{{ keep_mark() }}'
) }}
-- What moves a visitor's cart: few of all events, kept apart so that a cart can be told
-- anew without a look at the rest.
select
    staged.event_id,
    staged.visitor_id,
    staged.occurred_at,
    staged.received_at,
    staged.event_name,
    staged.product_id,
    staged.price,
    staged.currency,
    case staged.event_name
        when 'product_added' then coalesce(staged.quantity, 1)
        when 'product_removed' then -coalesce(staged.quantity, 1)
        else 0
    end as quantity_change,
    case when staged.event_name = 'order_completed' then staged.order_id end
        as order_id,
    staged.load_seq
from {{ ref('web_events') }} as staged
inner join {{ ref('as_of') }} as moments on staged.received_at <= moments.as_of_at
where
    staged.visitor_id is not null
    and staged.event_name in (
        'product_added', 'product_removed', 'checkout_started', 'order_completed'
    )
    and staged.load_seq > {{ standing_mark() if is_incremental() else 0 }}
