-- The credit of orders, in exact parts: whole billionths of an order and whole cents.
-- Parts are the differences of running totals that are cut off there, so that what is cut
-- off goes to a later part and all parts together are the whole, whatever their number.

{% macro attribution_models() %}
    {%- do return(['first', 'last', 'last_non_direct', 'linear', 'position_based']) -%}
{% endmacro %}

-- What the sessions up to this one have earned, in billionths of the order: `place` of
-- `count` sessions, of which the one at `deciding` is the last that was not direct.
{% macro earned_so_far(model, place, count, deciding) -%}
    {%- set even = place ~ " * 1000000000 // " ~ count -%}
    {%- set between = "400000000 + (" ~ place ~ " - 1) * 200000000 // ("
        ~ count ~ " - 2)" -%}
    {{ {
        'first': "1000000000",
        'last': "case when " ~ place ~ " = " ~ count ~ " then 1000000000 else 0 end",
        'last_non_direct': "case when " ~ place ~ " >= " ~ deciding
            ~ " then 1000000000 else 0 end",
        'linear': even,
        'position_based': "case when " ~ count ~ " <= 2 or " ~ place ~ " = " ~ count
            ~ " then " ~ even ~ " else " ~ between ~ " end"
    }[model] }}
{%- endmacro %}

{% macro cents(amount) -%}
    cast({{ amount }} * 100 as hugeint)
{%- endmacro %}

-- The part of an amount that running billionths stand for; exact, so whole numbers.
{% macro part_of(cents, billionths) -%}
    {{ cents }} * {{ billionths }} // 1000000000
{%- endmacro %}

-- What a running total grows by in a row of a window.
{% macro added(rows, total) -%}
    {{ total }} - coalesce(lag({{ total }}) over {{ rows }}, 0)
{%- endmacro %}

{% macro as_credit(billionths) -%}
    cast(cast({{ billionths }} as decimal(27, 0)) * 0.000000001 as decimal(18, 9))
{%- endmacro %}

{% macro as_amount(cents) -%}
    cast(cast({{ cents }} as decimal(18, 0)) * 0.01 as decimal(18, 2))
{%- endmacro %}

-- A path without one of its places; what becomes neighbours there and is the same channel
-- is one touch, as in any path.
{% macro without_place(channels, place) -%}
    {{ channels }}[1:{{ place }} - 1] || {{ channels }}[
        {{ place }} + case
            when {{ place }} > 1 and {{ channels }}[{{ place }} - 1]
                = {{ channels }}[{{ place }} + 1] then 2
            else 1
        end:
    ]
{%- endmacro %}
