-- Reading landed files. Which files there are is asked when the model runs, so that a
-- file is read exactly when the ledger has taken it in: all of them, or above the mark of
-- an incremental model. The fast readers below read what is as it should be; the records
-- of odd files come from `salvaged_rows`, by their load: the data folder may have moved.

{% macro landed_files_of(source, entity, mark=0) %}
    {%- set landed = load_relation(ref('landed_files')) -%}
    {%- set salvaged = load_relation(ref('salvaged_rows')) -%}
    {%- if execute and landed and salvaged -%}
        {%- do return(run_query(
            "select full_path, to_json(columns) as columns, load_seq, landed_at, form,"
            ~ " delimiter, shape, path from "
            ~ landed
            ~ " where source = '" ~ source ~ "' and entity = '" ~ entity
            ~ "' and " ~ is_unread('load_seq', mark)
            ~ " and load_seq <= (select max(load_seq) from ops.high_water_marks"
            ~ " where model = 'salvaged_rows')"
            ~ " and line_count > 0 and path not in (select path from " ~ salvaged
            ~ ") order by load_seq"
        ).rows) -%}
    {%- endif -%}
    {%- do return([]) -%}
{% endmacro %}

-- The files of one form, those that are read alike together: by header and delimiter, or by
-- the columns and types of a Parquet file.
{% macro files_alike(files, form) %}
    {%- set groups = {} -%}
    {%- for file in files if file[4] == form -%}
        {%- set columns = fromjson(file[1]) -%}
        {%- set is_alone = form == 'parquet' and 'filename' in columns | map('lower') -%}
        {%- do groups.setdefault(
            [file[1], file[5], file[6], file[0] if is_alone] | string,
            {
                'columns': columns, 'delimiter': file[5], 'paths': [],
                'alone': file[0] if is_alone
            }
        )['paths'].append(file_text(file[0])) -%}
    {%- endfor -%}
    {%- do return(groups.values() | list) -%}
{% endmacro %}

-- How a file spells the first of these names that it has.
{% macro found_as(names, columns) %}
    {%- for name in names -%}
        {%- for column in columns if column | lower == name | lower -%}
            {%- do return(column) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(none) -%}
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

{% macro named(column) -%}
    "{{ column | replace('"', '""') }}"
{%- endmacro %}

-- Every declared column as text (none where it is blank; what a nested value holds stays
-- JSON), whatever the form and the header of its file. No sniffing, so one odd file cannot
-- change how another is read. A line of JSON that is no object has no columns, and
-- `is_readable` says so.
{% macro read_landed_csv(source, entity, mark=0, with_path=true) %}
    {%- set names = names_of(source, entity) -%}
    {%- set files = landed_files_of(source, entity, mark) -%}
    select
        {% for column in names -%}
            nullif(trim(rows_read.{{ column }}), '') as {{ column }},
        {% endfor -%}
        rows_read.row_key,
        rows_read.is_readable,
        {% if with_path %}files.path,{% endif %}
        files.load_seq,
        files.landed_at
    from (
        {{ salvaged_cells(source, entity, names, mark) }}
        union all by name
        {{ cells_of_lines(source, entity, names, files, mark) }}
        {%- for group in files_alike(files, 'csv') %}
        union all by name
        {{ with_load(cells_of_csv(names, group), files) }}
        {%- endfor %}
        {%- for group in files_alike(files, 'parquet') %}
        union all by name
        {{ with_load(cells_of_parquet(names, group), files) }}
        {%- endfor %}
    ) as rows_read
    inner join {{ ref('landed_files') }} as files
        on rows_read.load_seq = files.load_seq
{% endmacro %}

{% macro with_load(cells, files) -%}
    select
        cells.* exclude (filename),
        files.load_seq
    from ({{ cells }}) as cells
    inner join {{ known_of(files) }}
        on cells.filename = files.full_path
{%- endmacro %}

-- Records of odd CSV files; these say which columns there are.
{% macro salvaged_cells(source, entity, names, mark) -%}
    select
        {% for column in names -%}
            salvaged.cells[{{ loop.index }}] as {{ column }},
        {% endfor -%}
        to_json(salvaged.cells)::varchar as row_key,
        true as is_readable,
        salvaged.load_seq
    from {{ ref('salvaged_rows') }} as salvaged
    where
        salvaged.source = '{{ source }}' and salvaged.entity = '{{ entity }}'
        and salvaged.reason is null and len(salvaged.cells) > 0
        and {{ is_unread('salvaged.load_seq', mark) }}
{%- endmacro %}

{% macro cells_of_csv(names, group) -%}
    select
        {% for column, spellings in names.items() -%}
            {%- set found = found_as(spellings, group.columns) -%}
            {%- if found is not none -%}
                {{ named(found) }} as {{ column }},
            {% endif -%}
        {%- endfor -%}
        to_json([
            {%- for spellings in names.values() -%}
                {%- set found = found_as(spellings, group.columns) -%}
                {{ named(found) if found is not none else "''" }}
                {{- ", " if not loop.last }}
            {%- endfor -%}
        ])::varchar as row_key,
        true as is_readable,
        filename
    from read_csv(
        [{{ group.paths | join(', ') }}],
        columns = { {%- for column in group.columns -%}
            {{ sql_text(column) }}: 'varchar'{{ ", " if not loop.last }}
        {%- endfor -%} },
        auto_detect = false, header = true, delim = {{ sql_text(group.delimiter) }},
        quote = '"', escape = '"', ignore_errors = true, filename = true
    )
{%- endmacro %}

-- A row of a Parquet file, with its text as one object of JSON.
{% macro cells_of_parquet(names, group) -%}
    select
        {% for column, spellings in names.items() -%}
            {%- set found = found_as(spellings, group.columns) -%}
            {%- if found is not none -%}
                {{ text_of_value('"row of a file".' ~ named(found)) }} as {{ column }},
            {% endif -%}
        {%- endfor -%}
        to_json("row of a file")::varchar as row_key,
        true as is_readable,
        {{ sql_text(group.alone) if group.alone else 'filename' }} as filename
    from read_parquet([{{ group.paths | join(', ') }}]) as "row of a file"
{%- endmacro %}

-- A value of any type as text; what is nested, as JSON. Its type is known when it is asked.
{% macro text_of_value(value) -%}
    case
        when regexp_matches(typeof({{ value }}), '^(STRUCT|MAP|UNION)|[]]$')
            then to_json({{ value }})::varchar
        else cast({{ value }} as varchar)
    end
{%- endmacro %}

-- A line is asked for every name that a column may have, as it is declared and in capitals,
-- as warehouses write it (of the var `column_aliases` also as it is written there): each
-- line says the same, whatever others say.
{% macro cells_of_lines(source, entity, names, files, mark) -%}
    {%- set given = aliases_given().get(source ~ '/' ~ entity, {}) -%}
    {%- set declared, capitals = {}, {} -%}
    {%- for spellings in names.values() -%}
        {%- for name in spellings -%}
            {%- do declared.update({name: 'varchar'}) -%}
            {%- do capitals.update({name | upper: 'varchar'}) -%}
        {%- endfor -%}
    {%- endfor -%}
    select
        {% for column, spellings in names.items() -%}
            coalesce(
                {%- for name in spellings -%}
                    call.{{ named(name) }}, capitals.{{ named(name | upper) }}
                    {{- ", " if not loop.last }}
                {%- endfor -%}
                {%- for key in given.get(column, [])
                    if key not in (key | lower, key | upper) -%}
                    , said ->> {{ sql_text(
                        '/' ~ key | replace('~', '~0') | replace('/', '~1')
                    ) }}
                {%- endfor -%}
            ) as {{ column }},
        {% endfor -%}
        row_key,
        said is not null as is_readable,
        load_seq
    from (
        select
            *,
            from_json(said, '{{ tojson(declared) }}') as call,
            from_json(said, '{{ tojson(capitals) }}') as capitals
        from (
            select
                *,
                case
                    when json_valid(row_key) and starts_with(ltrim(row_key), '{')
                        then row_key
                end as said
            from ({{ lines_of(source, entity, files, mark) }}) as told
        ) as valid
    ) as lines
{%- endmacro %}

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

-- One row per non-blank line, as text: nothing is lost before it is judged. A row of a
-- Parquet file is one object of JSON.
{% macro read_landed_lines(source, entity, mark=0) %}
    {%- set files = landed_files_of(source, entity, mark) -%}
    {{ lines_of(source, entity, files, mark) }}
    {%- for group in files_alike(files, 'parquet') %}
    union all
    select
        rows_read.row_key,
        files.load_seq,
        files.landed_at
    from ({{ cells_of_parquet({}, group) }}) as rows_read
    inner join {{ ref('landed_files') }} as files
        on rows_read.filename = files.full_path
    {%- endfor %}
{% endmacro %}

{% macro lines_of(source, entity, all_files, mark) -%}
    {%- set files, paths = [], [] -%}
    {%- for file in all_files if file[4] == 'lines' -%}
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
            and {{ is_unread('salvaged.load_seq', mark) }}
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
{%- endmacro %}

-- The same without the file's path; a column may have that name.
{% macro read_landed_rows(source, entity, mark=0) %}
    {{ read_landed_csv(source, entity, mark, with_path=false) }}
{% endmacro %}

-- How many rows have a value, by declared column.
{% macro counts_of(source, entity) -%}
    {%- for column in names_of(source, entity) -%}
        count({{ column }}){{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

-- The first verdict on a row: it is no object of JSON.
{% macro when_unreadable() -%}
    when not is_readable
        then case when json_valid(row_key) then 'not_an_object' else 'malformed_json' end
{%- endmacro %}

-- A cell that holds something which its type refuses.
{% macro refused(text, typed) -%}
    ({{ text }} is not null and {{ typed }} is null)
{%- endmacro %}
