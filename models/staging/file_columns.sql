-- Of JSON lines only the first were asked for their keys; a value says as much.
with files as (
    select
        landed.*,
        declared.declared_columns,
        from_json(declared.column_names, '"json"') as column_names,
        -- A file that is broken as a whole tells of no column.
        case
            when landed.form = 'lines' or len(landed.columns) > 0
                then coalesce(fills.row_count, landed.line_count)
            else 0
        end as row_count,
        fills.filled_counts
    from {{ ref('landed_files') }} as landed
    inner join {{ ref('declared_columns') }} as declared
        on landed.source = declared.source and landed.entity = declared.entity
    left join {{ ref('file_fills') }} as fills on landed.load_seq = fills.load_seq
    where len(declared.declared_columns) > 0
),

declared_columns as (
    select
        *,
        list_transform(columns, lambda name: lower(name)) as lowered_columns,
        unnest(declared_columns) as column_name,
        unnest(coalesce(
            filled_counts, list_transform(declared_columns, lambda name: 0::bigint)
        )) as filled_count
    from files
),

placed as (
    select
        *,
        list_position(
            lowered_columns,
            list_filter(
                from_json(column_names -> column_name, '["varchar"]'),
                lambda name: list_contains(lowered_columns, name)
            )[1]
        ) as place
    from declared_columns
)

select
    source,
    entity,
    path,
    load_seq,
    form,
    delimiter,
    column_name,
    case
        when place is not null then columns[place]
        when form = 'lines' and filled_count > 0 then column_name
    end as found_as,
    case when form != 'lines' then place end as place,
    row_count,
    filled_count
from placed
