-- How rows of an increment take the place of older ones.

-- Sessions: a new one takes the place of all that it overlaps. A `unique_key` could not
-- name those that a late event merged away.
{% macro get_incremental_replace_overlapping_sql(arguments) %}
    {%- set span = run_query(
        'select min(started_at), max(ended_at) from ' ~ arguments.temp_relation
    ).rows[0] -%}
    {%- set names = arguments.dest_columns | map(attribute='quoted') | join(', ') %}
    {%- if span[0] is not none %}
    delete from {{ arguments.target_relation }} as standing
    using {{ arguments.temp_relation }} as fresh
    where
        standing.visitor_id = fresh.visitor_id
        and standing.started_at <= fresh.ended_at
        and standing.ended_at >= fresh.started_at
        -- Said again as constants, so that older parts of the table are not looked at.
        and standing.started_at <= timestamp '{{ span[1] }}'
        and standing.ended_at >= timestamp '{{ span[0] }}';
    {%- endif %}
    insert into {{ arguments.target_relation }} ({{ names }})
    select {{ names }} from {{ arguments.temp_relation }}
{% endmacro %}

-- Rows of files: those of files that count no more go, those of new files come.
{% macro get_incremental_replace_loads_sql(arguments) %}
    {%- set names = arguments.dest_columns | map(attribute='quoted') | join(', ') %}
    delete from {{ arguments.target_relation }} as standing
    where
        standing.load_seq not in (select load_seq from staging.landed_files)
        or standing.load_seq in (select load_seq from {{ arguments.temp_relation }});
    insert into {{ arguments.target_relation }} ({{ names }})
    select {{ names }} from {{ arguments.temp_relation }};
    -- What a Python model gave back lies in a table that dbt would leave behind.
    drop table {{ arguments.temp_relation }}
{% endmacro %}

-- States of days: those that became known on a day of which something new is known.
{% macro get_incremental_replace_days_sql(arguments) %}
    {%- set names = arguments.dest_columns | map(attribute='quoted') | join(', ') %}
    delete from {{ arguments.target_relation }}
    where known_on in ({{ touched_days(standing_mark()) | join(', ') }});
    insert into {{ arguments.target_relation }} ({{ names }})
    select {{ names }} from {{ arguments.temp_relation }}
{% endmacro %}
