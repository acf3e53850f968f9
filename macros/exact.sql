-- What following segments with `live: true` through time takes (docs/ledger.md).

-- By warehouse/segments/live.py: their names, the columns and timers of their rules.
{% macro followed_segments() %}
    {%- if not execute -%}
        {%- do return({
            'names': [], 'columns': [], 'timers': [], 'hangs_on': {}
        }) -%}
    {%- endif -%}
    {%- do return(fromjson(run_query(
        'select live_segments(' ~ sql_text(tojson(segments())) ~ ')'
    ).columns[0][0])) -%}
{% endmacro %}

-- The moments from which ages count are asked for with them.
{% macro followed_columns() %}
    {%- set found = [] -%}
    {%- for column in followed_segments().columns -%}
        {%- do found.append(column) -%}
        {%- if column.startswith('days_since_') -%}
            {%- do found.append(column | replace('days_since_', '') ~ '_at') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(found | unique | list) -%}
{% endmacro %}

{% macro order_columns() %}
    {%- do return([
        'order_count', 'order_30d_count', 'order_90d_count', 'order_365d_count',
        'first_order_at', 'last_order_at', 'net_revenue_amount',
        'net_revenue_365d_amount', 'average_order_amount',
    ]) -%}
{% endmacro %}

{% macro follows_orders(columns) %}
    {%- set asking = order_columns() + ['last_activity_at', 'lifecycle_stage'] -%}
    {%- do return(columns | select('in', asking) | list | length > 0) -%}
{% endmacro %}

-- Of the states that merge, those that are asked for: by column, what it counts or is
-- the last moment of.
{% macro followed_states(states, columns) %}
    {%- set found = {} -%}
    {%- for state, condition in states.items() if state in columns -%}
        {%- do found.update({state: condition}) -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

-- Windows of whole days: from `first` days after a thing happened until `end` days.
{% macro followed_windows(columns) %}
    {%- set found = [] -%}
    {%- for state, lengths in day_windows().items() -%}
        {%- for days in lengths if window_name(state, days) in columns -%}
            {%- do found.append({
                'name': window_name(state, days), 'of': state, 'first': 0, 'end': days
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if 'activity_prior_30d_count' in columns -%}
        {%- do found.append({
            'name': 'activity_prior_30d_count', 'of': 'activity_count',
            'first': 30, 'end': 60
        }) -%}
    {%- endif -%}
    {%- do return(found) -%}
{% endmacro %}

-- When a thing that happened on a day is this many days old: a midnight of the shop.
{% macro midnight_after(days) -%}
    {{ shop_midnight('occurred_on + ' ~ days) }}
{%- endmacro %}

-- Whether what happened is in a live window when the horizon begins, or comes to be.
{% macro reaches_in(window) -%}
    (
        {{ live_condition(window) }}
        and occurred_at + interval {{ window.length }} >= began_at
    )
{%- endmacro %}

-- Counts and sums of whoever bought nothing are zero; moments and means are unknown.
{% macro order_value(place, column) -%}
    {%- if column.endswith('_at') or column.startswith('average_') -%}
    {{ place ~ column }}
    {%- else -%}
    coalesce({{ place ~ column }}, 0)
    {%- endif -%}
{%- endmacro %}

-- Where the steps have a moment that rules ask for: an order is an activity too.
{% macro moments_of(column) %}
    {%- if column in order_columns() -%}
        {%- do return(['orders_then.' ~ column]) -%}
    {%- elif column == 'last_activity_at' -%}
        {%- do return([column, 'orders_then.last_order_at']) -%}
    {%- endif -%}
    {%- do return([column]) -%}
{% endmacro %}
