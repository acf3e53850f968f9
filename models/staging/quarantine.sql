-- A mended line is read from its replay, like any line that lands. Whether it was taken
-- in is seen there: what is set aside again is a row of its own.
with set_aside as (
    select * from {{ ref('set_aside') }}
),

replayed as (
    select
        mended.load_seq,
        mended.line_number,
        mended.replayed_path,
        files.load_seq as replayed_load_seq,
        mended.replayed_line_number
    from {{ ref('replayed_lines') }} as mended
    inner join {{ ref('landed_files') }} as files on mended.replayed_path = files.path
)

select
    set_aside.*,
    replayed.replayed_path,
    replayed.replayed_load_seq,
    replayed.replayed_line_number,
    case
        when replayed.replayed_path is not null then again.path is null
    end as is_mended
from set_aside
left join replayed
    on
        set_aside.load_seq = replayed.load_seq
        and set_aside.line_number = replayed.line_number
left join set_aside as again
    on
        replayed.replayed_load_seq = again.load_seq
        and replayed.replayed_line_number = again.line_number
