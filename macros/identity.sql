-- What of identity several models say alike.

-- How an identifier that a person names in a decision is spelled, by its type; with the
-- rules of its mailbox, and of the shop's own country for a phone that says none.
{% macro normalised_identifier(type, value, mailboxes, codes) -%}
    case {{ type }}
        when 'email' then {{ one_mailbox(normalised_email(value), mailboxes) }}
        when 'phone' then {{ e164(value, codes ~ '.calling_code', codes ~ '.trunk_prefix') }}
        when 'user_id' then {{ value }}
        when 'device' then {{ value }}
        when 'record' then {{ value }}
    end
{%- endmacro %}

-- A customer is named after its record that was received first.
{% macro customer_id(record_id) -%}
    'c_' || left(md5({{ record_id }}), 16)
{%- endmacro %}

-- How many of a kind a value may have before it identifies nobody; none: as many as come.
{% macro cap_of(caps, type='identifier_type') -%}
    case {{ type }}
        {%- for name, cap in caps.items() %}
        when '{{ name }}' then {{ cap }}
        {%- endfor %}
    end
{%- endmacro %}

-- The name under which a value is spoken of where it must not be told.
{% macro evidence_hash(type='identifier_type', value='identifier_value') -%}
    md5({{ type }} || '|' || {{ value }})
{%- endmacro %}

-- Whether two dates of birth, spelled year-month-day, may be one that was mistyped: in one
-- character, or by two neighbours that changed places.
{% macro is_slip_of_date(date, other) -%}
    damerau_levenshtein({{ date }}, {{ other }}) <= 1
{%- endmacro %}
