{% for source, entity in raw_entities() %}
select
    '{{ source }}' as source,
    '{{ entity }}' as entity,
    {{ raw_contract()[source][entity] }}::varchar[] as declared_columns
{{ "union all" if not loop.last }}
{% endfor %}
