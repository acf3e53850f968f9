-- What a line of JSON says.

-- A retry sends its stamps of arrival anew; they are not part of what happened.
{% macro content_of(text, stamps) -%}
    cast(json_merge_patch({{ text }}, '{
        {%- for stamp in stamps -%}
            "{{ stamp }}": null{{ ", " if not loop.last }}
        {%- endfor -%}
    }') as varchar)
{%- endmacro %}

-- The event behind a line: half of its name is the source's id, half what it says. So
-- copies share the name, and versions of one id its first half.
{% macro event_key(id, content) -%}
    cast(
        (md5_number(coalesce({{ id }}, {{ content }})) >> 64 << 64)
        | (md5_number({{ content }}) >> 64) as uuid
    )
{%- endmacro %}

-- An id or a name without the blanks around it; none where nothing is left. Blanks are
-- looked for at the ends alone, since to trim a text reads each letter of it.
{% macro trimmed(text) -%}
    nullif(case
        when starts_with({{ text }}, ' ') or ends_with({{ text }}, ' ')
            then trim({{ text }})
        else {{ text }}
    end, '')
{%- endmacro %}

-- All that a row says, stamps of arrival apart.
{% macro content_of_row(source, entity, stamps=[]) -%}
    concat(
        {%- for column in all_sources()[source][entity] if column not in stamps -%}
            {{ column }}{{ ", chr(31), " if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}

-- A part of a row that is nested, from its text; none where the text is no JSON.
{% macro json_part(column, structure) -%}
    case when json_valid({{ column }})
        then from_json({{ column }}, '{{ tojson(structure) }}')
    end
{%- endmacro %}

-- Whether such a text is anything else than the list or the object that it should be.
{% macro has_bad_json(column, bracket) -%}
    coalesce(
        not starts_with({{ column }}, '{{ bracket }}') or not json_valid({{ column }}),
        false
    )
{%- endmacro %}

-- The value of a parameter of a Google Analytics event, whatever its type.
{% macro ga4_parameter(key) -%}
    coalesce(
        {%- for kind in ['string', 'int', 'double', 'float'] %}
        list_filter(event_params, lambda one: one.key = '{{ key }}')[1]
            .value.{{ kind }}_value{{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

-- The product of a Snowplow event of its own, in the words of the ecommerce context.
{% macro snowplow_product(event) -%}
    case
        when {{ event }} is not null
            then {
                'id': {{ event }}.sku,
                'category': {{ event }}.category,
                'price': coalesce({{ event }}.unitprice, {{ event }}.unit_price),
                'quantity': {{ event }}.quantity,
                'currency': {{ event }}.currency
            }
    end
{%- endmacro %}
