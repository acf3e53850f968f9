{{ config(enabled=is_read('shopify')) }}
-- The newest version of each refund, with what was paid back. A refund names no amount
-- of its own: it is that of its payments or, where none was made in the currency of the
-- shop, that of its lines and adjustments.
with newest as (
    {{ newest_synced(ref('base_shopify__refunds'), 'refund_id') }}
),

-- Neither changes from version to version.
orders as (
    select
        order_id,
        min(currency) as currency,
        bool_or(has_taxes_included) as has_taxes_included
    from {{ ref('base_shopify__orders') }}
    where quarantine_reason is null
    group by order_id
),

paid as (
    select
        refund_id,
        case when min(currency) = max(currency) then min(currency) end as currency,
        sum(amount) as amount
    from {{ ref('stg_shopify__transactions') }}
    where kind = 'refund' and status = 'success' and not is_test
    group by refund_id
),

-- An adjustment that pays more back is negative.
parts as (
    select
        refund_id,
        net_amount,
        tax_amount
    from {{ ref('stg_shopify__order_line_refunds') }}
    union all
    select
        refund_id,
        -(net_amount + tax_amount) as net_amount,
        0 as tax_amount
    from {{ ref('stg_shopify__order_adjustments') }}
),

owed as (
    select
        refund_id,
        sum(net_amount) as net_amount,
        sum(tax_amount) as tax_amount
    from parts
    group by refund_id
)

select
    newest.refund_id,
    newest.order_id,
    cast(null as varchar) as record_id,
    cast(greatest(0, case
        when paid.currency = coalesce(orders.currency, paid.currency) then paid.amount
        when orders.has_taxes_included then coalesce(owed.net_amount, 0)
        else coalesce(owed.net_amount + owed.tax_amount, 0)
    end) as decimal(18, 2)) as amount,
    coalesce(orders.currency, paid.currency) as currency,
    newest.reason,
    newest.created_at,
    newest.path,
    newest.load_seq
from newest
left join orders on newest.order_id = orders.order_id
left join paid on newest.refund_id = paid.refund_id
left join owed on newest.refund_id = owed.refund_id
