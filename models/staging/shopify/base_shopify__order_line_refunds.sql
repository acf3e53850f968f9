{{ config(enabled=is_read('shopify'), post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shopify', 'order_line_refunds') }}
),

typed as (
    select
        * exclude (subtotal, total_tax),
        subtotal as net_text,
        total_tax as tax_text,
        {{ money('subtotal') }} as net_amount,
        {{ money('total_tax') }} as tax_amount
    from landed
)

select
    id as line_refund_id,
    refund_id,
    net_amount,
    coalesce(tax_amount, 0) as tax_amount,
    {{ moment('_fivetran_synced', 'shopify') }} as version_at,
    case
        {{ when_unreadable() }}
        when id is null or refund_id is null then 'missing_id'
        when net_text is null then 'missing_amount'
        when
            {{ refused('net_text', 'net_amount') }}
            or {{ refused('tax_text', 'tax_amount') }} then 'bad_number'
        when least(net_amount, tax_amount) < 0 then 'negative_amount'
        {{ or_mended('shopify', 'order_line_refunds') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
