-- One row per usable input row, with the parts that its event is made of.
create or replace temp table facets as
select
    file,
    outputs.output,
    kind,
    occurred_at,
    told(client_id) as client_id,
    page_url,
    referrer,
    user_agent,
    event_data is not null and data is null as has_broken_data,
    -- Some links carry their first parameter after & without a question mark.
    nullif(lower(regexp_extract(page_url, '/products/([^/?&#]+)', 1)), '')
        as product_handle,
    coalesce(told(data.transaction_id), told(data.order_id)) as order_id,
    coalesce(amount(data.revenue), amount(data.total)) as revenue,
    coalesce(upper(told(data.currency)), 'USD') as currency,
    coalesce(told(data.user_email), told(data.email)) as email,
    list_filter(
        list_transform(data.items, lambda item: struct_pack(
            product_id := coalesce(told(item.item_id), told(item.product_id)),
            name := coalesce(told(item.item_name), told(item.name)),
            variant := coalesce(told(item.item_variant), told(item.variant)),
            price := coalesce(amount(item.item_price), amount(item.price)),
            quantity := try_cast(item.quantity as integer)
        )),
        -- An item that names nothing was an empty slot of the exporter.
        lambda item: item.product_id is not null or item.name is not null
    ) as products
from parsed
inner join outputs using (file)
where reason is null
