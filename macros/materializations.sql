-- A table or view takes the place of the one that stands in one transaction. dbt's own way
-- makes it beside that one, renames both and drops the old one after the commit: on a small
-- shop that takes longer than the queries, and a kill in between leaves a table behind.
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- if model.language == 'python' -%}
        {#- Written by a connection of its own, which could not see the drop. -#}
        {%- set beside = make_intermediate_relation(relation) -%}
        {%- call statement('main', language='python') -%}
            {{ create_table_as(False, beside, compiled_code, 'python') }}
        {%- endcall -%}
        {%- do drop_standing() -%}
        {%- do rename_relation(beside, relation) -%}
    {%- else -%}
        {%- do drop_standing() -%}
        {%- call statement('main') -%}
            {{ create_table_as(False, relation, compiled_code) }}
        {%- endcall -%}
    {%- endif -%}
    {%- do return(committed(relation)) -%}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}
    {%- do drop_standing() -%}
    {%- call statement('main') -%}
        {{ create_view_as(relation, compiled_code) }}
    {%- endcall -%}
    {%- do return(committed(relation)) -%}
{% endmaterialization %}

{% macro drop_standing() %}
    {%- set standing = load_cached_relation(this) -%}
    {%- do adapter.ensure_transaction() -%}
    {%- do run_hooks(pre_hooks) -%}
    {%- if standing is not none -%}
        {%- call statement() -%} drop {{ standing.type }} {{ standing }} {%- endcall -%}
    {%- endif -%}
{% endmacro %}

{% macro committed(relation) %}
    {%- do persist_docs(relation, model) -%}
    {%- do run_hooks(post_hooks) -%}
    {%- do adapter.commit() -%}
    {%- do return({'relations': [relation]}) -%}
{% endmacro %}
