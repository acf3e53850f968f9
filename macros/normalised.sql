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

-- The one spelling of a mailbox whose provider ignores some characters before the at sign.
{% macro one_mailbox(email, rules) -%}
    case
        when {{ rules }}.domain is null then {{ email }}
        else translate(
            split_part({{ email }}, '@', 1),
            coalesce({{ rules }}.ignored_characters, ''),
            ''
        ) || '@' || {{ rules }}.mailbox_domain
    end
{%- endmacro %}

-- A phone as E.164 has it: a plus sign and 8 to 15 digits. What says no country belongs
-- to the given one; the digits that are dialled only within a country are left out.
{% macro e164(column, calling_code, trunk_prefix) -%}
    {%- set digits = "regexp_replace(replace(" ~ column
        ~ ", '(0)', ''), '[^0-9]', '', 'g')" -%}
    {%- set abroad = "regexp_replace(" ~ digits ~ ", '^00', '')" -%}
    {#- Typed after the country's code, a zero is too much where it is the trunk's. -#}
    {%- set needless = "case when " ~ trunk_prefix ~ " = '0' then '^(' || "
        ~ calling_code ~ " || ')0' else '^()' end" -%}
    nullif(regexp_extract(
        case
            when {{ phone_ending(column) }} is null then ''
            when regexp_matches({{ column }}, '^\s*(\+|00)')
                then '+' || regexp_replace({{ abroad }}, {{ needless }}, '\1')
            -- The plus sign got lost: too long for a number within the country.
            when
                starts_with({{ digits }}, {{ calling_code }})
                and length({{ digits }}) >= length({{ calling_code }}) + 9
                then '+' || {{ digits }}
            else
                '+' || {{ calling_code }} || regexp_replace(
                    {{ digits }}, '^' || coalesce({{ trunk_prefix }}, ''), ''
                )
        end,
        '^\+[1-9][0-9]{7,14}$'
    ), '')
{%- endmacro %}

-- What a junk number is known by: its last ten digits. Fewer than eight are no phone.
{% macro phone_ending(column) -%}
    case
        when length(regexp_replace({{ column }}, '[^0-9]', '', 'g')) >= 8
            then right(regexp_replace({{ column }}, '[^0-9]', '', 'g'), 10)
    end
{%- endmacro %}

-- Lower case letters of any alphabet, no accents, no blanks; ae, oe and ue are how
-- umlauts are typed.
{% macro normalised_name(column) -%}
    nullif(regexp_replace(regexp_replace(
        replace(strip_accents(lower({{ column }})), 'ß', 'ss'), '[^\p{L}]', '', 'g'
    ), '([aou])e', '\1', 'g'), '')
{%- endmacro %}

-- Letters and digits; the words for a street are written out and cut short at will.
{% macro normalised_street(column) -%}
    nullif(regexp_replace(
        replace(strip_accents(lower({{ column }})), 'ß', 'ss'), '[^\p{L}0-9]', '', 'g'
    ), '')
{%- endmacro %}

{% macro normalised_postcode(column) -%}
    nullif(regexp_replace(upper({{ column }}), '[^A-Z0-9]', '', 'g'), '')
{%- endmacro %}
