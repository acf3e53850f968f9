-- What stands in the one list and not in the other, without regard to case; engines
-- differ in how they say it.
{% macro list_without(these, those) -%}
    {{ return(adapter.dispatch('list_without')(these, those)) }}
{%- endmacro %}

{% macro duckdb__list_without(these, those) -%}
    list_filter({{ these }}, lambda item: not list_contains(
        list_transform({{ those }}, lambda other: lower(other)), lower(item)
    ))
{%- endmacro %}
