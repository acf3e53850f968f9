with found as (
    select
        load_seq,
        list(column_name order by column_name) filter (where found_as is null)
            as missing_columns,
        list(found_as || ' as ' || column_name order by column_name) filter (
            where lower(found_as) != column_name
        ) as renamed_columns
    from {{ ref('file_columns') }}
    group by load_seq
),

unknown as (
    select
        load_seq,
        list(column_name order by column_name) as unknown_columns
    from {{ ref('unknown_columns') }}
    group by load_seq
),

changes as (
    select
        load_seq,
        list(
            {
                'column_name': column_name,
                'change_kind': change_kind,
                'found_as': found_as,
                'empty_count': cast(empty_count as bigint)
            }
            order by change_kind, column_name, found_as
        ) as column_changes
    from {{ ref('column_changes') }}
    group by load_seq
)

select
    counts.source,
    counts.entity,
    counts.path,
    counts.load_seq,
    files.size_bytes,
    files.content_sha256,
    counts.line_count,
    counts.accepted_count,
    counts.duplicate_count,
    counts.quarantined_count,
    counts.erased_count,
    counts.line_count
    = counts.accepted_count + counts.duplicate_count + counts.quarantined_count
    + counts.erased_count as is_reconciled,
    counts.conflict_count,
    counts.no_visitor_count,
    coalesce(unknown.unknown_columns, []) as unknown_columns,
    coalesce(found.missing_columns, []) as missing_columns,
    coalesce(found.renamed_columns, []) as renamed_columns,
    coalesce(changes.column_changes, []) as column_changes,
    moments.as_of_at
from {{ ref('file_reconciliation') }} as counts
inner join {{ ref('landed_files') }} as files on counts.path = files.path
left join found on counts.load_seq = found.load_seq
left join unknown on counts.load_seq = unknown.load_seq
left join changes on counts.load_seq = changes.load_seq
cross join {{ ref('as_of') }} as moments
