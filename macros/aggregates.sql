-- Aggregates that each engine says in its own way.

-- The value of the row that was received first, by a total order, among those that meet
-- a condition.
{% macro first_received(column, condition='true') -%}
    min({'received_at': received_at, 'event_id': event_id})
    {{- ' filter (where ' ~ condition ~ ')' if condition != 'true' }}.{{ column }}
{%- endmacro %}

-- The place of an order among those that tell it: one told twice (by the guest and the
-- account, by two devices) is one, and the first place is its own: the shop's, then the
-- one that tells the most.
{% macro order_copy(owner) -%}
    row_number() over (
        partition by {{ owner }}, orders.order_id
        order by
            orders.source asc, orders.total_amount desc, orders.known_since_at desc,
            orders.order_key asc
    )
{%- endmacro %}

-- A sum in which each key counts once, with the greatest amount that it was told with:
-- `told` is a struct of key and amount, or nothing.
{% macro sum_once(told) -%}
    {%- set all_told = "list(" ~ told ~ ") filter (where " ~ told ~ " is not null)" -%}
    coalesce(list_sum(list_transform(
        list_distinct(list_transform({{ all_told }}, lambda one: one.key)),
        lambda wanted: list_max(list_transform(
            list_filter({{ all_told }}, lambda one: one.key = wanted),
            lambda one: one.amount
        ))
    )), 0)
{%- endmacro %}

-- The value of the row that occurred last, among those that meet a condition.
{% macro last_occurred(column, condition) -%}
    max({
        'occurred_at': occurred_at, 'event_id': event_id, '{{ column }}': {{ column }}
    }) filter (where {{ condition }}).{{ column }}
{%- endmacro %}

-- The value that was told last; of several told at once the greatest.
{% macro last_told(column, told_at) -%}
    max({'at': {{ told_at }}, 'told': {{ column }}})
    {{- ' filter (where ' ~ column ~ ' is not null)' }}.told
{%- endmacro %}
