-- Numbered by arrival, so that the least number of a customer is its oldest record.
select
    cast(
        row_number() over (order by records.first_received_at, records.record_id) - 1
        as integer
    ) as node,
    records.record_id,
    records.first_received_at as appears_at,
    bots.known_since_at as goes_at,
    {{ var('largest_customer_records') }} as record_limit
from {{ ref('records') }} as records
inner join {{ ref('as_of') }} as moments
    on records.first_received_at <= moments.as_of_at
left join {{ ref('bot_visitors') }} as bots
    on
        records.record_id = bots.record_id
        and moments.as_of_at >= bots.known_since_at
where
    bots.known_since_at is null
    or bots.known_since_at > records.first_received_at
