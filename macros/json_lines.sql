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

-- Whether a part that should be an object or a list is something else. A part that reads
-- as empty may be one; only then the line is asked for its type.
{% macro has_bad_structure(text, call, structure, parts) -%}
    {%- for part in parts -%}
        {{ is_other_than(
            'OBJECT', text, part, call ~ '.' ~ part ~ " is not null and not (from_json('{}', '"
            ~ tojson(structure[part]) ~ "') is distinct from " ~ call ~ '.' ~ part ~ ')'
        ) }}
        {{- " or " if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro is_other_than(kind, text, part, is_doubtful) -%}
    case
        when {{ is_doubtful }}
            then coalesce(json_type({{ text }}, '$.{{ part }}'), 'NULL')
                not in ('{{ kind }}', 'NULL')
        else false
    end
{%- endmacro %}
