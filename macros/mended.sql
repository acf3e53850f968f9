-- The last verdict on a row: a person has mended it, and the mended line counts. As long
-- as the rules stay, such a row has another reason against it; should one be mended too,
-- it must not count beside its mended line. Asked only of the loads with such rows.
{% macro or_mended(source, entity) %}
    {%- set replayed = load_relation(ref('replayed_lines')) -%}
    {%- if execute and replayed -%}
        {%- set loads = run_query(
            "select distinct mended.load_seq, files.form from " ~ replayed ~ " as mended"
            ~ " inner join " ~ ref('landed_files') ~ " as files"
            ~ " on mended.load_seq = files.load_seq where mended.source = '" ~ source
            ~ "' and mended.entity = '" ~ entity ~ "' order by mended.load_seq"
        ).rows -%}
        {%- if loads -%}
        when
            (load_seq, md5(case load_seq
                {% for load_seq, form in loads -%}
                when {{ load_seq }} then
                    {{ "replace(row_key, '\"\"', 'null')" if form == 'csv' else "row_key" }}
                {% endfor %}
            end)) in (
                select (mended.load_seq, mended.content_md5)
                from {{ replayed }} as mended
            ) then 'mended'
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
