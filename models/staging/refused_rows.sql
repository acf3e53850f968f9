{{ config(materialized='view') }}

with refused as (
    {% for source, entity in raw_entities() %}
    select
        '{{ source }}' as source,
        '{{ entity }}' as entity,
        load_seq,
        quarantine_reason as reason,
        row_key
    from {{ ref('base_' ~ source ~ '__' ~ entity) }}
    where quarantine_reason is not null
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    refused.source,
    refused.entity,
    files.path,
    refused.load_seq,
    refused.reason,
    refused.row_key
from refused
inner join {{ ref('landed_files') }} as files on refused.load_seq = files.load_seq
