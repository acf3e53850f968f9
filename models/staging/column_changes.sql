-- Each file against the one before it, of the same entity; mended lines are no export.
-- JSON lines leave out what is empty: of them only values are missed, and no key.
with columns_of_files as (
    select
        source,
        entity,
        path,
        load_seq,
        form,
        delimiter,
        column_name,
        found_as,
        row_count,
        filled_count
    from {{ ref('file_columns') }}
    union all by name
    select
        files.source,
        files.entity,
        files.path,
        files.load_seq,
        'lines' as form,
        fills.column_name,
        case when fills.filled_count > 0 then fills.column_name end as found_as,
        fills.row_count,
        fills.filled_count
    from {{ ref('stream_fills') }} as fills
    inner join {{ ref('landed_files') }} as files on fills.load_seq = files.load_seq
),

compared as (
    select
        *,
        form != 'lines' as has_header,
        lag(form) over files as form_before,
        lag(delimiter) over files as delimiter_before,
        lag(found_as) over files as found_before,
        lag(filled_count) over files as filled_before,
        -- So many values would be there if as many rows had one as did before.
        lag(filled_count) over files * row_count / lag(row_count) over files
            as filled_expected,
        lag(load_seq) over files is null as is_first
    from columns_of_files
    where path not like '%/replay-%' and row_count > 0
    window files as (partition by source, entity, column_name order by load_seq)
),

judged as (
    select
        *,
        case
            when is_first then null
            when has_header and found_as is null and found_before is not null
                then 'gone'
            when
                filled_count = 0
                and filled_expected >= {{ var('least_values_missed') }}
                then 'emptied'
            when has_header and found_as is not null and found_before is null
                then 'added'
            when lower(found_as) != lower(found_before) then 'renamed'
        end as change_kind
    from compared
)

select
    source,
    entity,
    path,
    load_seq,
    column_name,
    change_kind,
    found_as,
    case
        when change_kind = 'emptied' or change_kind = 'gone' and filled_before > 0
            then row_count - filled_count
        else 0
    end as empty_count
from judged
where change_kind is not null
union all
select
    source,
    entity,
    path,
    load_seq,
    column_name,
    'unknown' as change_kind,
    column_name as found_as,
    0 as empty_count
from {{ ref('unknown_columns') }}
where is_new
union all
select
    source,
    entity,
    path,
    load_seq,
    column_name,
    'moved' as change_kind,
    found_as,
    0 as empty_count
from {{ ref('moved_columns') }}
union all
select distinct
    source,
    entity,
    path,
    load_seq,
    cast(null as varchar) as column_name,
    'delimiter' as change_kind,
    delimiter as found_as,
    0 as empty_count
from compared
where form = 'csv' and form_before = 'csv' and delimiter != delimiter_before
