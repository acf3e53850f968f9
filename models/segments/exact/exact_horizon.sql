-- How far back true moments are looked for: whole days of the shop.
with days as (
    select
        as_of_at,
        {{ shop_date('as_of_at') }} - {{ var('exact_ledger_days') }} as began_on
    from {{ ref('as_of') }}
)

select
    as_of_at,
    began_on,
    {{ shop_midnight('began_on') }} as began_at
from days
