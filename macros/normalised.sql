-- One spelling for what people and systems spell in many ways.

-- Lower case, no blanks; without the tag after a plus sign.
{% macro normalised_email(column) -%}
    case
        when regexp_matches(lower(trim({{ column }})), '^[^@\s]+@[^@\s]+\.[^@\s]+$')
            then regexp_replace(lower(trim({{ column }})), '\+[^@]*@', '@')
        when regexp_matches(lower(trim({{ column }})), '^[0-9a-f]{32,128}$')
            then lower(trim({{ column }}))
    end
{%- endmacro %}

-- The last ten digits (prefixes are written with 00, + or 0); shorter is no phone.
{% macro normalised_phone(column) -%}
    case
        when length(regexp_replace({{ column }}, '[^0-9]', '', 'g')) >= 8
            then right(regexp_replace({{ column }}, '[^0-9]', '', 'g'), 10)
    end
{%- endmacro %}

-- Lower case letters, no accents, no blanks.
{% macro normalised_name(column) -%}
    nullif(regexp_replace(lower(strip_accents({{ column }})), '[^a-z]', '', 'g'), '')
{%- endmacro %}

{% macro normalised_postcode(column) -%}
    nullif(regexp_replace(upper({{ column }}), '[^A-Z0-9]', '', 'g'), '')
{%- endmacro %}
