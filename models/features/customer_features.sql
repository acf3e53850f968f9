-- Memory and recent part merged, ages computed: a plain SELECT, which live runs too.
with merged as (
    select
        spine.customer_id,
        spine.as_of_at,
        spine.is_identified,
        least(memory.first_seen_at, recent.first_seen_at, orders.first_order_at)
            as first_seen_at,
        {% for state in count_states() -%}
        {%- if state != 'activity_count' -%}
        coalesce(memory.{{ state }}, 0) + coalesce(recent.{{ state }}, 0)
            as {{ state }},
        {% endif -%}
        {% endfor -%}
        coalesce(memory.activity_count, 0) + coalesce(recent.activity_count, 0)
            as activity_count,
        {% for state, windows in day_windows().items() -%}
        {% for days in windows -%}
        {% set window = window_name(state, days) -%}
        coalesce(memory.{{ window }}, 0) + coalesce(recent.{{ window }}, 0)
            as {{ window }},
        {% endfor -%}
        {% endfor -%}
        coalesce(memory.activity_prior_30d_count, 0)
        + coalesce(recent.activity_prior_30d_count, 0) as activity_prior_30d_count,
        {% for month in range(1, 13) -%}
        coalesce(memory.activity_month_{{ month }}_count, 0)
        + coalesce(recent.activity_month_{{ month }}_count, 0) as month_{{ month }},
        {% endfor -%}
        {% for state in last_states() -%}
        {% if state == 'last_activity_at' -%}
        greatest(memory.{{ state }}, recent.{{ state }}, orders.last_order_at)
            as {{ state }},
        {% else -%}
        greatest(memory.{{ state }}, recent.{{ state }}) as {{ state }},
        {% endif -%}
        {% endfor -%}
        coalesce(recent.product_view_15m_count, 0) as product_view_15m_count,
        coalesce(recent.product_view_48h_count, 0) as product_view_48h_count,
        coalesce(recent.cart_add_48h_count, 0) as cart_add_48h_count,
        coalesce(recent.activity_24h_count, 0) as activity_24h_count,
        coalesce(recent.high_value_click_7d_count, 0) as high_value_click_7d_count,
        coalesce(orders.order_count, 0) as order_count,
        coalesce(orders.order_30d_count, 0) as order_30d_count,
        coalesce(orders.order_90d_count, 0) as order_90d_count,
        coalesce(orders.order_365d_count, 0) as order_365d_count,
        orders.first_order_at,
        orders.last_order_at,
        coalesce(orders.net_revenue_amount, 0) as net_revenue_amount,
        coalesce(orders.net_revenue_365d_amount, 0) as net_revenue_365d_amount,
        orders.average_order_amount
    from {{ ref('feature_spine') }} as spine
    left join {{ ref('customer_memory') }} as memory
        on spine.customer_id = memory.customer_id and spine.as_of_at = memory.as_of_at
    left join {{ ref('customer_recent') }} as recent
        on spine.customer_id = recent.customer_id and spine.as_of_at = recent.as_of_at
    left join {{ ref('customer_orders') }} as orders
        on spine.customer_id = orders.customer_id and spine.as_of_at = orders.as_of_at
),

-- Months as directions on a circle: the mean direction's length and its month.
seasons as (
    select
        *,
        {% for axis, turn in [('x', 'cos'), ('y', 'sin')] -%}
        {% for month in range(1, 13) -%}
        month_{{ month }} * {{ turn }}(2 * pi() * {{ month - 1 }} / 12)
        {{- " + " if not loop.last }}
        {% endfor %} as season_{{ axis }},
        {% endfor -%}
        {% for month in range(1, 13) -%}
        month_{{ month }}{{ " + " if not loop.last }}
        {%- endfor %} as season_total
    from merged
)

select
    customer_id,
    as_of_at,
    is_identified,
    first_seen_at,
    last_activity_at,
    last_product_view_at,
    last_cart_add_at,
    last_checkout_at,
    first_order_at,
    last_order_at,
    last_email_open_at,
    last_email_click_at,
    last_high_value_click_at,
    page_view_count,
    product_view_count,
    cart_add_count,
    checkout_count,
    order_count,
    email_delivered_count,
    email_open_count,
    email_click_count,
    email_reply_count,
    email_unsubscribe_count,
    activity_count,
    activity_7d_count,
    activity_30d_count,
    activity_prior_30d_count,
    activity_90d_count,
    product_view_7d_count,
    product_view_30d_count,
    cart_add_7d_count,
    cart_add_30d_count,
    order_30d_count,
    order_90d_count,
    order_365d_count,
    email_delivered_30d_count,
    email_open_30d_count,
    email_click_30d_count,
    product_view_15m_count,
    product_view_48h_count,
    cart_add_48h_count,
    activity_24h_count,
    high_value_click_7d_count,
    net_revenue_amount,
    net_revenue_365d_amount,
    average_order_amount,
    {{ whole_days('first_seen_at', 'as_of_at') }} as tenure_days,
    {{ whole_days('last_activity_at', 'as_of_at') }} as days_since_last_activity,
    {{ whole_days('last_product_view_at', 'as_of_at') }}
        as days_since_last_product_view,
    {{ whole_days('last_cart_add_at', 'as_of_at') }} as days_since_last_cart_add,
    {{ whole_days('last_order_at', 'as_of_at') }} as days_since_last_order,
    {{ whole_days('first_order_at', 'as_of_at') }} as days_since_first_order,
    -- One message can be clicked more than once; a share stays one.
    least(email_click_30d_count / nullif(email_delivered_30d_count, 0), 1.0)
        as email_click_30d_share,
    round(
        sqrt(season_x * season_x + season_y * season_y)
        / nullif(season_total, 0), 9
    ) as seasonality_strength,
    case
        when season_total > 0
            then
                cast(round(atan2(season_y, season_x) * 6 / pi() + 12) % 12 as integer)
                + 1
    end as peak_month
from seasons
