-- Reading landed files. Which files there are is asked when the model runs, so that a
-- file is read exactly when the ledger has taken it in: all of them, or above the mark of
-- an incremental model. The fast readers below read what is as it should be; the records
-- of odd files come from `salvaged_rows`, by their load: the data folder may have moved.

{% macro landed_files_of(source, entity, mark=0) %}
    {%- set landed = load_relation(ref('landed_files')) -%}
    {%- set salvaged = load_relation(ref('salvaged_rows')) -%}
    {%- if execute and landed and salvaged -%}
        {%- do return(run_query(
            "select full_path, to_json(columns) as columns, load_seq, landed_at from "
            ~ landed
            ~ " where source = '" ~ source ~ "' and entity = '" ~ entity
            ~ "' and load_seq > " ~ mark
            ~ " and load_seq <= (select max(load_seq) from ops.high_water_marks"
            ~ " where model = 'salvaged_rows')"
            ~ " and line_count > 0 and path not in (select path from " ~ salvaged
            ~ ") order by load_seq"
        ).rows) -%}
    {%- endif -%}
    {%- do return([]) -%}
{% endmacro %}

-- A file's own name, where readers would take some letters of it for a pattern.
{% macro file_text(path) -%}
    {{ sql_text(
        path | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]')
    ) }}
{%- endmacro %}

{% macro sql_text(value) -%}
    '{{ value | replace("'", "''") }}'
{%- endmacro %}

-- Every declared column as text. One reader for each header that the files have: no
-- sniffing, so one odd file cannot change how another is read.
{% macro read_landed_csv(source, entity, mark=0) %}
    {%- set columns = all_sources()[source][entity] -%}
    {%- set by_header = {} -%}
    {%- for file in landed_files_of(source, entity, mark) if '.csv' in file[0] -%}
        {%- do by_header.setdefault(file[1], []).append(file_text(file[0])) -%}
    {%- endfor -%}
    select
        {% for column in columns -%}
            nullif(trim(rows_read.{{ column }}), '') as {{ column }},
        {% endfor -%}
        to_json([
            {%- for column in columns -%}
                rows_read.{{ column }}{{ ", " if not loop.last }}
            {%- endfor -%}
        ])::varchar as row_key,
        files.path,
        files.load_seq,
        files.landed_at
    from (
        select
            {% for column in columns -%}
                cells[{{ loop.index }}] as {{ column }},
            {% endfor -%}
            now_at.full_path as filename
        from {{ ref('salvaged_rows') }} as salvaged
        inner join {{ ref('landed_files') }} as now_at
            on salvaged.load_seq = now_at.load_seq
        where
            salvaged.source = '{{ source }}' and salvaged.entity = '{{ entity }}'
            and salvaged.reason is null and len(salvaged.cells) > 0
            and salvaged.load_seq > {{ mark }}
        {%- for header, paths in by_header.items() %}
        union all by name
        select * from read_csv(
            [{{ paths | join(', ') }}],
            columns = { {%- for name in fromjson(header) -%}
                {{ sql_text(name) }}: 'varchar'{{ ", " if not loop.last }}
            {%- endfor -%} },
            auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
            ignore_errors = true, filename = true
        )
        {%- endfor %}
    ) as rows_read
    inner join {{ ref('landed_files') }} as files
        on rows_read.filename = files.full_path
{% endmacro %}

-- What is known of these files, as constants: so DuckDB knows that they are fewer than
-- their lines, and lets each line look up its file, not each file its lines.
{% macro known_of(files) -%}
    (values
        {%- for file in files %}
        ({{ sql_text(file[0]) }}, {{ file[2] }}::bigint, timestamp '{{ file[3] }}')
        {{- "," if not loop.last }}
        {%- endfor %}
    ) as files (full_path, load_seq, landed_at)
{%- endmacro %}

-- One row per non-blank line, as text: nothing is lost before it is judged.
{% macro read_landed_lines(source, entity, mark=0) %}
    {%- set files, paths = [], [] -%}
    {%- for file in landed_files_of(source, entity, mark) if '.jsonl' in file[0] -%}
        {%- do files.append(file) -%}
        {%- do paths.append(file_text(file[0])) -%}
    {%- endfor -%}
    select * from (
        select
            salvaged.raw_text as row_key,
            now_at.load_seq,
            now_at.landed_at
        from {{ ref('salvaged_rows') }} as salvaged
        inner join {{ ref('landed_files') }} as now_at
            on salvaged.load_seq = now_at.load_seq
        where
            salvaged.source = '{{ source }}' and salvaged.entity = '{{ entity }}'
            and salvaged.reason is null and len(salvaged.cells) = 0
            and salvaged.load_seq > {{ mark }}
        {%- if paths %}
        union all
        select
            rows_read.line,
            files.load_seq,
            files.landed_at
        from read_csv(
            [{{ paths | join(', ') }}],
            columns = {'line': 'varchar'}, auto_detect = false, header = false,
            delim = chr(31), quote = '', escape = '', strict_mode = false,
            ignore_errors = true, filename = true
        ) as rows_read
        inner join {{ known_of(files) }}
            on rows_read.filename = files.full_path
        {%- endif %}
    ) as rows_read
    -- Blank as measuring.py counts it: an odd blank of Unicode is something that is said.
    where ltrim(row_key, ' ' || chr(9) || chr(11) || chr(12)) != ''
{% endmacro %}

-- Every declared column as text, from lines of JSON or from cells: what a nested value holds
-- stays JSON. A line that is no object has no columns, and `is_readable` says so.
{% macro read_landed_rows(source, entity, mark=0) %}
    {%- set columns = all_sources()[source][entity] -%}
    {%- set structure = dict.fromkeys(columns, 'varchar') -%}
    select
        {% for column in columns -%}
            nullif(trim(call.{{ column }}), '') as {{ column }},
        {% endfor -%}
        row_key,
        call is not null as is_readable,
        load_seq,
        landed_at
    from (
        select
            *,
            case
                when json_valid(row_key) and starts_with(ltrim(row_key), '{')
                    then from_json(row_key, '{{ tojson(structure) }}')
            end as call
        from ({{ read_landed_lines(source, entity, mark) }}) as told
    ) as lines
    union all by name
    select
        * exclude (path),
        true as is_readable
    from ({{ read_landed_csv(source, entity, mark) }}) as cells
{% endmacro %}

-- A cell that holds something which its type refuses.
{% macro refused(text, typed) -%}
    ({{ text }} is not null and {{ typed }} is null)
{%- endmacro %}
