-- A stage is a schema: `models/staging` lands in `staging`, whatever the target.
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
