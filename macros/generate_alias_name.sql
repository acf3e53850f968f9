-- A mart is published under its plain name: `mart_sessions` is `marts.sessions`.
{% macro generate_alias_name(custom_alias_name, node) -%}
    {{ custom_alias_name or node.name | replace('mart_', '', 1) }}
{%- endmacro %}
