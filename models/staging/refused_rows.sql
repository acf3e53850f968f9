{{ config(materialized='view') }}

{% for source, entity in raw_entities() %}
select
    '{{ source }}' as source,
    '{{ entity }}' as entity,
    path,
    load_seq,
    quarantine_reason as reason,
    row_key
from {{ ref('base_' ~ source ~ '__' ~ entity) }}
where quarantine_reason is not null
{{ "union all" if not loop.last }}
{% endfor %}
