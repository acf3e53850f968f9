-- One row per readable input row, typed, with the one place it goes to: the raw file, or
-- a reason. The rules are tried from the top; the first that applies decides.
create or replace temp table judged as
with typed as (
    select
        file,
        -- Some tools write a column of numbers with gaps as 17850.0.
        nullif(
            regexp_replace(lower(customer_id), '\.0+$|^(nan|null|none)$', ''), ''
        ) as customer_id,
        -- The classic text file writes 19970101.
        coalesce(
            try_strptime(date, '%Y%m%d'), try_cast(date as timestamp)
        )::date as bought_on,
        try_cast(n_cds as double) as cd_count,
        try_cast(dollar_value as decimal(18, 2)) as amount,
        to_json(
            struct_pack(customer_id, date, n_cds, dollar_value)
        )::varchar as raw
    from input
),

numbered as (
    select
        *,
        row_number() over (
            partition by customer_id, bought_on, cd_count, amount
        ) as nth
    from typed
)

select
    *,
    customer_id || '-' || strftime(bought_on, '%Y%m%d') as order_id,
    -- The data tell the day alone: noon lies within it, whatever the shop's zone was.
    bought_on + interval 12 hour as bought_at,
    case
        when customer_id is null then 'no customer'
        when bought_on is null then 'no readable date'
        when cd_count is null or cd_count != trunc(cd_count) or cd_count < 1
            then 'no readable number of CDs'
        when amount is null then 'no readable amount'
        when amount < 0 then 'negative amount'
        else 'shop/order_lines'
    end as place
from numbered
