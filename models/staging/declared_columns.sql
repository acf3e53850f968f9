{% for source, entity in raw_entities() %}
{% set names = names_of(source, entity) %}
select
    '{{ source }}' as source,
    '{{ entity }}' as entity,
    {{ names | list }}::varchar[] as declared_columns,
    '{{ tojson(names) }}' as column_names,
    {{ keys_of(source, entity) }}::varchar[][] as key_columns
{{ "union all" if not loop.last }}
{% endfor %}
