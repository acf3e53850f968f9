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
