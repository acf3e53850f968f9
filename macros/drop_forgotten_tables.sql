-- A model that was renamed or removed leaves its table behind in the build. Nobody would
-- rebuild it, yet it would be published and compared: what the project's own schemas hold
-- and the project does not know is dropped, as is what a broken run left in dbt's own.
{% macro drop_forgotten_tables() %}
    {% if execute and flags.WHICH in ('run', 'build') %}
        {% set known = [] %}
        {% set schemas = [target.schema] %}
        {% for node in graph.nodes.values() if node.resource_type in ('model', 'seed') %}
            {% do known.append(node.schema ~ '.' ~ node.alias) %}
            {% do schemas.append(node.schema) %}
        {% endfor %}
        {% set standing = run_query(
            "select table_schema, table_name, table_type from information_schema.tables"
            ~ " where table_schema in ('" ~ schemas | unique | join("', '") ~ "')"
        ) %}
        {% for schema, name, kind in standing.rows
            if schema ~ '.' ~ name not in known %}
            {% do run_query(
                'drop ' ~ ('view' if kind == 'VIEW' else 'table') ~ ' if exists '
                ~ schema ~ '."' ~ name ~ '"'
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
