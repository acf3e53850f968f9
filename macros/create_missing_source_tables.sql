-- Python writes the `ml` and `ops` schemas. Where it never ran, `dbt build` works on
-- empty, typed tables, made from the sources' own YAML; where an older version ran, the
-- columns that it did not know are added, and those of another type are cast.
{% macro create_missing_source_tables() %}
    {% if execute and flags.WHICH in ('run', 'build', 'test') %}
        {% for source in graph.sources.values() %}
            {% set table = source.schema ~ '.' ~ source.identifier %}
            {% set columns = [] %}
            {% for column in source.columns.values() %}
                {% do columns.append(column.name ~ ' ' ~ column.data_type) %}
            {% endfor %}
            {% do run_query('create schema if not exists ' ~ source.schema) %}
            {% do run_query(
                'create table if not exists ' ~ table
                ~ ' (' ~ columns | join(', ') ~ ')'
            ) %}
            {% for column in outdated_columns(source) %}
                {% set typed = 'alter table ' ~ table ~ ' alter ' ~ column.name
                    ~ ' type ' ~ column.data_type ~ ' using try_cast('
                    ~ column.name ~ ' as ' ~ column.data_type ~ ')' %}
                {% do run_query(
                    'alter table ' ~ table ~ ' add column if not exists '
                    ~ column.name ~ ' ' ~ column.data_type
                ) %}
                {% do run_query(typed) %}
            {% endfor %}
        {% endfor %}
    {% endif %}
{% endmacro %}

-- The columns of a source that its table lacks, or has in another type.
{% macro outdated_columns(source) %}
    {% set wanted = [] %}
    {% for column in source.columns.values() %}
        {% do wanted.append(
            "('" ~ column.name ~ "', typeof(cast(null as " ~ column.data_type ~ ")))"
        ) %}
    {% endfor %}
    {% set names = run_query(
        'select wanted.name from (values ' ~ wanted | join(', ') ~ ') wanted(name, kind)'
        ~ " left join (select * from information_schema.columns where table_schema = '"
        ~ source.schema ~ "' and table_name = '" ~ source.identifier ~ "') standing"
        ~ ' on wanted.name = standing.column_name'
        ~ ' where standing.data_type is distinct from wanted.kind'
    ).columns[0].values() %}
    {% set outdated = [] %}
    {% for column in source.columns.values() if column.name in names %}
        {% do outdated.append(column) %}
    {% endfor %}
    {% do return(outdated) %}
{% endmacro %}
