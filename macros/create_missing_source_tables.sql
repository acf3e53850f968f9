-- Python writes the `ml` and `ops` schemas. Where it never ran, `dbt build` works on
-- empty, typed tables, made from the sources' own YAML.
{% macro create_missing_source_tables() %}
    {% if execute and flags.WHICH in ('run', 'build', 'test') %}
        {% for source in graph.sources.values() %}
            {% set columns = [] %}
            {% for column in source.columns.values() %}
                {% do columns.append(column.name ~ ' ' ~ column.data_type) %}
            {% endfor %}
            {% do run_query('create schema if not exists ' ~ source.schema) %}
            {% do run_query(
                'create table if not exists ' ~ source.schema ~ '.' ~ source.identifier
                ~ ' (' ~ columns | join(', ') ~ ')'
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
