-- A view, so that a rebuild, which takes in no news, can be compared with what stands.
{% set given = attached_given() %}
select
    unnest({{ given | list }}::varchar[]) as place,
    unnest([
        {%- for told in given.values() -%}
            {{ sql_text(tojson(told)) }}{{ ", " if not loop.last }}
        {%- endfor -%}
    ]::varchar[]) as told
