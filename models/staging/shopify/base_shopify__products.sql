{{ config(enabled=is_read('shopify'), post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shopify', 'products') }}
),

typed as (
    select
        * exclude (updated_at),
        updated_at as updated_text,
        try_cast(_fivetran_deleted as boolean) as is_deleted,
        {{ moment('updated_at', 'shopify') }} as updated_at,
        {{ moment('_fivetran_synced', 'shopify') }} as synced_at
    from landed
)

select
    id as product_id,
    title,
    product_type as category,
    lower(trim(status)) as status,
    coalesce(is_deleted, false) as is_deleted,
    updated_at,
    greatest(updated_at, synced_at) as version_at,
    case
        {{ when_unreadable() }}
        when id is null then 'missing_id'
        when {{ refused('updated_text', 'updated_at') }} then 'bad_timestamp'
        when {{ refused('_fivetran_deleted', 'is_deleted') }} then 'bad_flag'
        {{ or_mended('shopify', 'products') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
