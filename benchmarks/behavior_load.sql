-- Web calls as lines of JSON, from the numbers of sessions: benchmarks/behavior_load.py
-- runs these statements for one day after the other.

create or replace macro call_head(sort) as case
    when sort < 45 then '{"type":"page'
    when sort < 75 then '{"type":"track","event":"Product Viewed'
    when sort < 83 then '{"type":"track","event":"Product List Viewed'
    when sort < 91 then '{"type":"track","event":"Product Added'
    when sort < 94 then '{"type":"track","event":"Product Removed'
    when sort < 97 then '{"type":"track","event":"Checkout Started'
    when sort < 99 then '{"type":"track","event":"Order Completed'
    else '{"type":"identify'
end;

create or replace macro call_body(sort, item, visitor, id) as case
    when sort < 45
        then ',"page":{"url":"https://shop.example/products/' || item || '"}}}'
    when sort < 83 then '},"properties":{"product_id":"' || item || '"}}'
    when sort < 94
        then '},"properties":{"product_id":"' || item
            || '","quantity":1,"currency":"EUR","price":' || item % 90 + 9 || '.95}}'
    when sort < 97 then '},"properties":{"currency":"EUR"}}'
    when sort < 99
        then '},"properties":{"order_id":"' || id
            || '","currency":"EUR","total":' || item % 300 + 9 || '.90}}'
    else '},"userId":"u' || visitor || '","traits":{"email":"u' || visitor
        || '@example.com"}}'
end;

-- A session's first call tells the device, and for a third of them the campaign.
create or replace macro call_origin(place, seed, visitor_seed) as case
    when place = 0
        then '"device":{"type":"'
            || ['mobile', 'desktop', 'tablet'][1 + (visitor_seed % 3)::bigint] || '"},'
            || if(
                seed % 3 = 0,
                '"campaign":{"source":"news","medium":"email","name":"spring"},',
                ''
            )
    else ''
end;

create or replace macro stamp(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ');

-- The sessions of one day: a block of visitors has `visits` of them.
create or replace macro session_rows(day_number, blocks, visits, visitors) as table
    select
        day_number,
        number // visits * visitors
            + (hash(number, day_number, 1) % visitors)::bigint as visitor,
        hash(number, day_number, 2) as seed
    from range(blocks * visits) as numbers (number);

-- Up to 19 events a minute or so apart. One in twenty comes up to 20 days late, one in
-- fifty is sent again within two days.
create or replace macro event_rows(first_day, day_number, blocks, visits, visitors)
as table
    select
        visitor,
        hash(visitor) as visitor_seed,
        place,
        seed,
        first_day + to_days(day_number::integer)
            + to_milliseconds(
                (session_seed % 84000000 + place * 60000 + seed % 55000)::bigint
            ) as occurred_at,
        if(place = 0, 0, (seed >> 16) % 100) as sort,
        7000000 + (seed >> 24) % 3000 as item,
        format('{:016x}', seed) as id,
        (seed >> 40) % 20 = 0 as is_late,
        (seed >> 48) % 50 = 0 as comes_twice,
        occurred_at + if(
            (seed >> 40) % 20 = 0,
            to_seconds((600 + hash(seed, 1) % 1728000)::bigint),
            to_milliseconds((200 + (seed >> 32) % 4000)::bigint)
        ) as received_at
    from (
        select
            visitor,
            day_number,
            seed as session_seed,
            place,
            hash(seed, place) as seed
        from (
            select *, unnest(range(1 + (seed % 19)::bigint)) as place
            from session_rows(day_number, blocks, visits, visitors)
        )
    );

create or replace macro line_of(event, sent, received_at) as
    call_head(event.sort) || '","messageId":"' || event.id
    || '","anonymousId":"' || format('{:012x}', event.visitor_seed >> 16)
    || '","timestamp":"' || stamp(event.occurred_at)
    || sent || '","receivedAt":"' || stamp(received_at) || '","context":{'
    || call_origin(event.place, event.seed, event.visitor_seed)
    || '"location":{"country":"'
    || ['DE', 'AT', 'CH', 'NL'][1 + (event.visitor_seed // 3 % 4)::bigint] || '"}'
    || call_body(event.sort, event.item, event.visitor, event.id);
