-- The newest record that was accepted, of each file, and so of each source.
{% set told = {
    'web_events': 'received_at',
    'esp_events': 'received_at',
    'shop_orders': 'created_at',
    'shop_refunds': 'created_at',
    'shop_customers': 'created_at',
    'stg_crm__contacts': 'created_at',
} %}

with by_load as (
    {% for model, arrival in told.items() %}
    select
        load_seq,
        max({{ arrival }}) as newest_at
    from {{ ref(model) }}
    group by load_seq
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    files.source,
    max(by_load.newest_at) as newest_at
from by_load
left join {{ ref('landed_files') }} as files on by_load.load_seq = files.load_seq
group by files.source
