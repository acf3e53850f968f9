-- Python writes the `ml` and `ops` schemas. Where it never ran, `dbt build` works on
-- empty, typed tables, made from the sources' own YAML; where an older version ran, the
-- columns that it did not know are added, and those of another type are cast.
{% macro create_missing_source_tables() %}
    {% if execute and flags.WHICH in ('run', 'build', 'test') %}
        {% for source in graph.sources.values() %}
            {% set columns = [] %}
            {% for column in source.columns.values() %}
                {% do columns.append(column.name ~ ' ' ~ column.data_type) %}
            {% endfor %}
            {% do run_query('create schema if not exists ' ~ source.schema) %}
            {% do run_query(
                'create table if not exists ' ~ source.schema ~ '.'
                ~ source.identifier ~ ' (' ~ columns | join(', ') ~ ')'
            ) %}
        {% endfor %}
        {% for table, name, type in outdated_columns() %}
            {% do run_query(
                'alter table ' ~ table ~ ' add column if not exists '
                ~ name ~ ' ' ~ type
            ) %}
            {% do run_query(
                'alter table ' ~ table ~ ' alter ' ~ name ~ ' type ' ~ type
                ~ ' using try_cast(' ~ name ~ ' as ' ~ type ~ ')'
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

-- The columns of sources (table, name, type) that their tables lack, or have in another
-- type, in the order of the YAML; asked at once, since a catalogue is slow to answer.
{% macro outdated_columns() %}
    {% set wanted = [] %}
    {% for source in graph.sources.values() %}
        {% set table = source.schema ~ '.' ~ source.identifier %}
        {% for column in source.columns.values() %}
            {% do wanted.append(
                '(' ~ wanted | length ~ ", '" ~ table ~ "', '" ~ column.name ~ "', '"
                ~ column.data_type ~ "', typeof(cast(null as " ~ column.data_type ~ ')))'
            ) %}
        {% endfor %}
    {% endfor %}
    {% do return(run_query(
        'select wanted.table_name, wanted.name, wanted.type from (values '
        ~ wanted | join(', ') ~ ') wanted(position, table_name, name, type, kind)'
        ~ ' left join information_schema.columns as standing'
        ~ " on wanted.table_name = standing.table_schema || '.' || standing.table_name"
        ~ ' and wanted.name = standing.column_name'
        ~ ' where standing.data_type is distinct from wanted.kind'
        ~ ' order by wanted.position'
    ).rows) %}
{% endmacro %}
