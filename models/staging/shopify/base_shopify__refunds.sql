{{ config(enabled=is_read('shopify'), post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shopify', 'refunds') }}
),

typed as (
    select
        * exclude (created_at),
        coalesce(processed_at, created_at) as created_text,
        {{ moment('coalesce(processed_at, created_at)', 'shopify') }} as created_at
    from landed
)

select
    id as refund_id,
    order_id,
    note as reason,
    created_at,
    {{ moment('_fivetran_synced', 'shopify') }} as version_at,
    case
        {{ when_unreadable() }}
        when id is null then 'missing_id'
        when created_text is null then 'missing_timestamp'
        when created_at is null then 'bad_timestamp'
        when {{ begins_after_landing('created_at') }} then 'wrong_clock'
        {{ or_mended('shopify', 'refunds') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
