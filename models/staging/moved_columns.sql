-- Of the columns that two files both have, those that moved farthest between them: the
-- others only made way.
with compared as (
    select
        *,
        lag(place) over files as place_before
    from {{ ref('file_columns') }}
    where path not like '%/replay-%' and row_count > 0
    window files as (partition by source, entity, column_name order by load_seq)
),

ranked as (
    select
        *,
        row_number() over (partition by load_seq order by place)
        - row_number() over (partition by load_seq order by place_before)
            as places_moved
    from compared
    where place is not null and place_before is not null
),

farthest as (
    select
        load_seq,
        max(abs(places_moved)) as places_moved
    from ranked
    group by load_seq
)

select
    ranked.source,
    ranked.entity,
    ranked.path,
    ranked.load_seq,
    ranked.column_name,
    ranked.found_as
from ranked
inner join farthest
    on
        ranked.load_seq = farthest.load_seq
        and abs(ranked.places_moved) = farthest.places_moved
where ranked.places_moved != 0
