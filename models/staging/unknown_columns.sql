with found as (
    select
        load_seq,
        list(found_as) as found_columns
    from {{ ref('file_columns') }}
    where found_as is not null
    group by load_seq
),

declared as (
    select distinct load_seq
    from {{ ref('file_columns') }}
),

unknown as (
    select
        landed.source,
        landed.entity,
        landed.path,
        landed.load_seq,
        unnest(
            {{ list_without('landed.columns', 'coalesce(found.found_columns, [])') }}
        ) as column_name
    from {{ ref('landed_files') }} as landed
    inner join declared on landed.load_seq = declared.load_seq
    left join found on landed.load_seq = found.load_seq
),

files as (
    select
        source,
        entity,
        min(load_seq) as first_load_seq
    from {{ ref('file_columns') }}
    where row_count > 0
    group by source, entity
)

select
    unknown.*,
    unknown.load_seq > files.first_load_seq
    and unknown.path not like '%/replay-%'
    and row_number() over (
        partition by unknown.source, unknown.entity, lower(unknown.column_name)
        order by unknown.load_seq
    ) = 1 as is_new
from unknown
left join files
    on unknown.source = files.source and unknown.entity = files.entity
