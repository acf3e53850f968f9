-- What a line of JSON says, at the least cost: most lines are compact and well formed.

-- A retry sends its stamps of arrival anew; they are not part of what happened. From a
-- compact line they are cut as text, which leaves what the general way would write.
{% macro without_stamps(text, call, stamps, quote='"') -%}
    {%- set cut = namespace(text=text) -%}
    {%- for stamp in stamps -%}
        {%- set cut.text = "replace(" ~ cut.text ~ ", concat("
            ~ stamp_pieces(call, stamp, quote) ~ "), '')" -%}
    {%- endfor -%}
    {{ cut.text }}
{%- endmacro %}

{% macro stamp_pieces(call, stamp, quote) -%}
    ',"{{ stamp }}":{{ quote }}', {{ call }}."{{ stamp }}", '{{ quote }}'
{%- endmacro %}

-- `cut` is the line without its stamps: so it is, if it is shorter by just these. Blanks
-- and escapes may spell the same otherwise: such lines go the general way.
{% macro content_of(text, cut, call, stamps, quote='"') -%}
    case
        when
            contains({{ text }}, '": ')
            or contains({{ text }}, '\')
            or strlen({{ text }}) != strlen({{ cut }})
            {%- for stamp in stamps %}
            + case
                when {{ call }}."{{ stamp }}" is not null
                    then strlen(concat({{ stamp_pieces(call, stamp, quote) }}))
                when contains({{ text }}, '"{{ stamp }}"') then 1
                else 0
            end
            {%- endfor %}
            then cast(json_merge_patch({{ text }}, '{
                {%- for stamp in stamps -%}
                    "{{ stamp }}": null{{ ", " if not loop.last }}
                {%- endfor -%}
            }') as varchar)
        else {{ cut }}
    end
{%- endmacro %}

-- The event behind a line: half of its name is the source's id, half what it says. So
-- copies share the name, and versions of one id its first half.
{% macro event_key(id, content) -%}
    cast(
        cast(md5_number_upper(coalesce({{ id }}, {{ content }})) as uhugeint)
        * 18446744073709551616 + md5_number_lower({{ content }}) as uuid
    )
{%- endmacro %}

-- Whether a part that should be an object or a list is something else. A part that reads
-- as empty may be one; only then the line is asked for its type.
{% macro has_bad_structure(text, call, structure, parts) -%}
    {%- for part in parts -%}
        {{ is_other_than(
            'OBJECT', text, part, call ~ '.' ~ part ~ ' is not null and ' ~ call ~ '.'
            ~ part ~ " is not distinct from from_json('{}', '"
            ~ tojson(structure[part]) ~ "')"
        ) }}
        {{- " or " if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro is_other_than(kind, text, part, is_doubtful) -%}
    case
        when {{ is_doubtful }}
            then coalesce(
                json_type({{ text }}, '$.{{ part }}') not in ('{{ kind }}', 'NULL'), false
            )
        else false
    end
{%- endmacro %}
