-- The mergeable states of behaviour: exact counts, and first and last moments. Each is
-- written once; days, memories and recent parts merge the same columns.

{% macro count_states() %}
    {%- do return({
        'activity_count': 'is_activity',
        'page_view_count': "fact in ('page_viewed', 'screen_viewed')",
        'product_view_count': "fact = 'product_viewed'",
        'cart_add_count': "fact = 'product_added'",
        'checkout_count': "fact = 'checkout_started'",
        'email_delivered_count': "fact = 'email_delivered'",
        'email_open_count': "fact = 'email_opened'",
        'email_click_count': "fact = 'email_link_clicked'",
        'email_reply_count': "fact = 'email_replied'",
        'email_unsubscribe_count': "fact = 'unsubscribed'",
    }) -%}
{% endmacro %}

{% macro last_states() %}
    {%- do return({
        'last_activity_at': 'is_activity',
        'last_product_view_at': "fact = 'product_viewed'",
        'last_cart_add_at': "fact = 'product_added'",
        'last_checkout_at': "fact = 'checkout_started'",
        'last_email_open_at': "fact = 'email_opened'",
        'last_email_click_at': "fact = 'email_link_clicked'",
        'last_high_value_click_at': 'is_high_value_click',
    }) -%}
{% endmacro %}

-- Those that events tell by themselves, without the prices of an export.
{% macro last_event_states() %}
    {%- set states = last_states() -%}
    {%- do states.pop('last_high_value_click_at') -%}
    {%- do return(states) -%}
{% endmacro %}

-- These states of a group of acts, as columns.
{% macro event_states() %}
    {%- for state, condition in count_states().items() -%}
        count(*) filter (where {{ condition }}) as {{ state }},
    {% endfor -%}
    {%- for state, condition in last_event_states().items() -%}
        max(occurred_at) filter (where {{ condition }}) as {{ state }}
        {{- ",
    " if not loop.last }}
    {%- endfor -%}
{% endmacro %}

-- The windows of whole days that features ask for, by state: days back from and
-- including the day of the moment.
{% macro day_windows() %}
    {%- do return({
        'activity_count': [7, 30, 90],
        'product_view_count': [7, 30],
        'cart_add_count': [7, 30],
        'email_delivered_count': [30],
        'email_open_count': [30],
        'email_click_count': [30],
    }) -%}
{% endmacro %}

{% macro window_name(state, days) -%}
    {{ state | replace('_count', '') }}_{{ days }}d_count
{%- endmacro %}

-- The windows of minutes and hours: the state that each counts, its length (the last
-- moment is included), and that fact in words.
{% macro live_windows() %}
    {%- set view, added = 'a product was viewed', 'a product was put into the cart' -%}
    {%- do return({
        'product_view_15m_count':
            {'of': 'product_view_count', 'length': '15 minute', 'told': view},
        'product_view_48h_count':
            {'of': 'product_view_count', 'length': '48 hour', 'told': view},
        'cart_add_48h_count':
            {'of': 'cart_add_count', 'length': '48 hour', 'told': added},
        'activity_24h_count':
            {'of': 'activity_count', 'length': '24 hour', 'told': 'an activity'},
        'high_value_click_7d_count': {
            'of': 'high_value_click_count', 'length': '7 day',
            'told': 'a dear product was clicked'
        },
    }) -%}
{% endmacro %}

-- What a live window counts.
{% macro live_condition(window) -%}
    {{ dict(count_states(), high_value_click_count='is_high_value_click')[window.of] }}
{%- endmacro %}
