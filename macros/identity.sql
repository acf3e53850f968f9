-- How an identifier that a person names in a decision is spelled, by its type.
{% macro normalised_identifier(type, value) -%}
    case {{ type }}
        when 'email' then {{ normalised_email(value) }}
        when 'phone' then {{ normalised_phone(value) }}
        when 'user_id' then {{ value }}
        when 'device' then {{ value }}
        when 'record' then {{ value }}
    end
{%- endmacro %}

-- A customer is named after its record that was received first.
{% macro customer_id(record_id) -%}
    'c_' || left(md5({{ record_id }}), 16)
{%- endmacro %}
