-- Numbers as exports write them. What no shop can mean (ten thousand million, a million
-- pieces) is refused like a word, so that no sum of them can overflow later.
{% macro money(column) -%}
    cast(try_cast({{ column }} as decimal(12, 2)) as decimal(18, 2))
{%- endmacro %}

{% macro pieces(column) -%}
    case
        when
            try_cast({{ column }} as integer) between -1000000 and 1000000
            and try_cast({{ column }} as integer) = try_cast({{ column }} as double)
            then try_cast({{ column }} as integer)
    end
{%- endmacro %}
