-- The bound: the same tables from the same files, by hand, with nothing around them.
-- benchmarks/behavior_rivals.py puts the folder's files in the place of RAW_FILES.

-- 1. Read and type; an event's id is its own id and its content, stamps of arrival apart.
create table events as
select
    ((hash(content_key)::uhugeint << 64) + hash(content_key, 1))::uuid as event_id,
    nullif(trim("messageId"), '') as message_id,
    coalesce('web:' || "anonymousId", 'web:user:' || "userId") as visitor_id,
    nullif(trim("anonymousId"), '') as anonymous_id,
    nullif(trim("userId"), '') as user_id,
    case lower(type)
        when 'page' then 'page_viewed'
        when 'screen' then 'screen_viewed'
        when 'identify' then 'identified'
        else replace(lower(event), ' ', '_')
    end as event_name,
    timestamp as occurred_at,
    coalesce("receivedAt", timestamp) as received_at,
    context.page.url as page_url,
    context.page.path as page_path,
    context.page.referrer as page_referrer,
    context.page.title as page_title,
    context.campaign.source as campaign_source,
    context.campaign.medium as campaign_medium,
    context.campaign.name as campaign_name,
    context.device.type as device_type,
    context.location.country as country_code,
    context."userAgent" as user_agent,
    properties.product_id as product_id,
    properties.category as category,
    properties.price as price,
    properties.quantity as quantity,
    upper(properties.currency) as currency,
    properties.cart_id as cart_id,
    nullif(trim(properties.order_id), '') as order_id,
    coalesce(properties.total, properties.revenue) as total_amount,
    properties.products as products,
    traits.email as email,
    traits.phone as phone,
    traits."firstName" as first_name,
    traits."lastName" as last_name,
    path
from (
    select
        *,
        filename as path,
        row(
            type, "messageId", "anonymousId", "userId", timestamp, event, name,
            context, properties, traits
        ) as content_key
    from read_json(
        'RAW_FILES',
        format = 'newline_delimited',
        filename = true,
        columns = {
            type: 'varchar', messageId: 'varchar', anonymousId: 'varchar',
            userId: 'varchar', timestamp: 'timestamp', receivedAt: 'timestamp',
            event: 'varchar', name: 'varchar',
            context: 'struct(
                page struct(url varchar, path varchar, referrer varchar, title varchar),
                campaign struct(
                    source varchar, medium varchar, name varchar, term varchar,
                    content varchar
                ),
                device struct(type varchar),
                location struct(country varchar),
                "userAgent" varchar
            )',
            properties: 'struct(
                product_id varchar, name varchar, category varchar,
                price decimal(18, 2), quantity integer, currency varchar,
                cart_id varchar, order_id varchar, total decimal(18, 2),
                revenue decimal(18, 2), query varchar,
                products struct(
                    product_id varchar, price decimal(18, 2), quantity integer
                )[]
            )',
            traits: 'struct(
                email varchar, phone varchar, "firstName" varchar, "lastName" varchar
            )'
        }
    )
);

-- 2. Of what came several times, the first received counts.
delete from events
where rowid in (
    select row_id
    from (
        select
            rowid as row_id,
            row_number() over (partition by event_id order by received_at, path, rowid)
                as place
        from events
        where event_id in (
            select event_id from events group by event_id having count(*) > 1
        )
    )
    where place > 1
);

-- 3. Number the sessions of each visitor, on the few columns that it takes; a gap of
-- exactly half an hour continues one.
create temp table numbered as
with spaced as (
    select
        rowid as row_id,
        visitor_id,
        event_id,
        occurred_at,
        received_at,
        event_name,
        epoch_us(occurred_at) - lag(epoch_us(occurred_at)) over (
            partition by visitor_id order by occurred_at, event_id
        ) as gap
    from events
    where visitor_id is not null
)

select
    *,
    coalesce(gap > 1800000000, true) as is_first,
    count(*) filter (coalesce(gap > 1800000000, true)) over (
        partition by visitor_id order by occurred_at, event_id
        rows unbounded preceding
    ) as session_number
from spaced;

-- 4. One row a session; what its first event alone tells is looked up by its row.
create table sessions as
with cores as (
    select
        visitor_id,
        session_number,
        max(row_id) filter (is_first) as first_row_id,
        arg_min(event_id, (received_at, event_id)) as naming_event_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        coalesce(sum(least(gap, 300000000)) filter (not is_first), 0) // 1000000
            as engaged_seconds,
        count(*) as event_count,
        count(*) filter (event_name in ('page_viewed', 'screen_viewed'))
            as page_view_count,
        count(*) filter (event_name = 'product_viewed') as product_view_count,
        count(*) filter (event_name = 'product_added') as cart_add_count,
        count(*) filter (event_name = 'checkout_started') as checkout_count,
        count(*) filter (event_name = 'order_completed') as order_count
    from numbered
    group by visitor_id, session_number
),

-- An order that is told twice in a session counts once, at its greatest amount.
revenue as (
    select
        visitor_id,
        session_number,
        sum(total_amount) as revenue_amount
    from (
        select
            numbered.visitor_id,
            numbered.session_number,
            max(events.total_amount) as total_amount
        from numbered
        inner join events on numbered.row_id = events.rowid
        where
            numbered.event_name = 'order_completed'
            and coalesce(events.currency, 'EUR') = 'EUR'
        group by
            numbered.visitor_id,
            numbered.session_number,
            coalesce(events.order_id, events.event_id::varchar)
    )
    group by visitor_id, session_number
)

select
    md5('session|' || cores.naming_event_id) as session_id,
    cores.visitor_id,
    cores.started_at,
    cores.ended_at,
    cast(timezone('Europe/Berlin', timezone('UTC', cores.started_at)) as date)
        as started_on,
    epoch_us(cores.ended_at - cores.started_at) // 1000000 as duration_seconds,
    cast(cores.engaged_seconds as bigint) as engaged_seconds,
    cores.event_count,
    cores.page_view_count,
    cores.product_view_count,
    cores.cart_add_count,
    cores.checkout_count,
    cores.order_count,
    cores.order_count > 0 as is_converted,
    cast(coalesce(revenue.revenue_amount, 0) as decimal(18, 2)) as revenue_amount,
    firsts.page_url as landing_url,
    firsts.page_referrer as referrer,
    firsts.campaign_source,
    firsts.campaign_medium,
    firsts.campaign_name,
    firsts.device_type,
    firsts.country_code
from cores
inner join events as firsts on cores.first_row_id = firsts.rowid
left join revenue
    on
        cores.visitor_id = revenue.visitor_id
        and cores.session_number = revenue.session_number;
