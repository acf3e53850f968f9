-- One row per readable input row, with its moment, its kind and its data typed.
create or replace temp table parsed as
with spelled as (
    select
        *,
        regexp_replace(lower(event_name), '[^a-z0-9]', '', 'g') as plain_name,
        case when json_valid(event_data) then event_data end as valid_data,
        -- Seconds, milliseconds or microseconds since 1970, by their size.
        try_cast("timestamp" as decimal(24, 6)) as epoch
    from input
),

typed as (
    select
        *,
        case
            when json_type(valid_data) = 'OBJECT' then from_json(valid_data, '{
                "transaction_id": "VARCHAR", "order_id": "VARCHAR",
                "revenue": "VARCHAR", "total": "VARCHAR", "currency": "VARCHAR",
                "user_email": "VARCHAR", "email": "VARCHAR",
                "items": [{
                    "item_id": "VARCHAR", "item_name": "VARCHAR",
                    "item_variant": "VARCHAR", "item_price": "VARCHAR",
                    "product_id": "VARCHAR", "name": "VARCHAR",
                    "variant": "VARCHAR", "price": "VARCHAR", "quantity": "VARCHAR"
                }]
            }')
        end as data,
        case
            when epoch >= 1e14 then make_timestamp(epoch::bigint)
            when epoch >= 1e11 then make_timestamp((epoch * 1000)::bigint)
            when epoch >= 1e8 then make_timestamp((epoch * 1000000)::bigint)
            when epoch is not null then null
            else timezone('UTC', try_cast("timestamp" as timestamptz))
        end as occurred_at
    from spelled
)

select
    typed.* exclude (plain_name, valid_data, epoch),
    kinds.kind,
    case
        when typed."timestamp" is null then 'no timestamp'
        when typed.occurred_at is null then 'no readable timestamp'
        when typed.event_name is null then 'no event name'
        when kinds.kind is null then 'unknown event name'
    end as reason,
    to_json(struct_pack(
        client_id, page_url, referrer, "timestamp", event_name, event_data, user_agent
    ))::varchar as raw
from typed
left join kinds on typed.plain_name = kinds.spelling
