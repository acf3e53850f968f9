-- The last verdict on a row: a person has mended it, and the mended line counts. As long
-- as the rules stay, such a row has another reason against it; should one be mended too,
-- it must not count beside its mended line. Asked only of the loads with such rows.
{% macro or_mended(source, entity) %}
    {%- set replayed = load_relation(ref('replayed_lines')) -%}
    {%- if execute and replayed -%}
        {%- set loads = run_query(
            "select distinct load_seq from " ~ replayed ~ " where source = '" ~ source
            ~ "' and entity = '" ~ entity ~ "' order by load_seq"
        ).columns[0].values() -%}
        {%- if loads -%}
        when
            (load_seq, md5(case
                when load_seq in ({{ loads | join(', ') }})
                    then {{ "row_key" if not all_sources()[source][entity]
                        else "replace(row_key, '\"\"', 'null')" }}
            end)) in (
                select (mended.load_seq, mended.content_md5)
                from {{ replayed }} as mended
            ) then 'mended'
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
