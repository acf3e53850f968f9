{% set models = attribution_models() %}

with touches as (
    select
        *,
        greatest(touch_count, 1) as place_count,
        -- The last session that was not direct; where all were, the last one.
        coalesce(
            max(touch_number) filter (where channel != 'Direct')
                over (partition by order_key),
            greatest(touch_count, 1)
        ) as deciding_place,
        {{ cents('revenue_amount') }} as revenue_cents
    from {{ ref('order_touches') }}
),

running as (
    select
        {% for model in models -%}
        {{ earned_so_far(model, 'touch_number', 'place_count', 'deciding_place') }}
            as {{ model }}_so_far,
        {% endfor -%}
        touches.*
    from touches
),

-- The first session has all that was earned up to it, each later one what it adds.
parted as (
    select
        {% for model in models -%}
        {%- set cents_so_far = part_of('revenue_cents', model ~ '_so_far') -%}
        {{ added('sessions', model ~ '_so_far') }} as {{ model }}_billionths,
        {{ added('sessions', cents_so_far) }} as {{ model }}_cents,
        {% endfor -%}
        running.*
    from running
    window sessions as (partition by order_key order by touch_number)
)

select
    order_key,
    order_id,
    customer_id,
    ordered_at,
    session_id,
    session_started_at,
    channel,
    {% for model in models -%}
    {{ as_credit(model ~ '_billionths') }} as {{ model }}_credit,
    {{ as_amount(model ~ '_cents') }} as {{ model }}_revenue_amount,
    {% endfor -%}
    touch_number,
    touch_count
from parted
