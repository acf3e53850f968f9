-- Tables as a connector keeps them: one row a key, stamped when it was synced last.

-- The newest of the rows that several exports have of one key. A row that was synced later
-- says what is true later; `row_key` decides between rows of one moment, so that the order
-- in which the files landed decides nothing.
{% macro newest_synced(relation, key) -%}
    {{ first_by(relation, key, 'version_at desc nulls last, row_key desc') }}
{%- endmacro %}

-- A record cannot have begun after its file had landed.
{% macro begins_after_landing(column) -%}
    {{ has_wrong_clock(column, 'cast(null as timestamp)') }}
{%- endmacro %}

-- A table of named things: campaigns, flows, metrics.
{% macro named_things(source, entity, key, others=[]) %}
with landed as (
    {{ read_landed_csv(source, entity) }}
),

typed as (
    select
        * exclude (created, updated, _fivetran_synced),
        created as created_text,
        {{ moment('created', source) }} as created_at,
        {{ moment('updated', source) }} as updated_at,
        {{ moment('_fivetran_synced', source) }} as synced_at
    from landed
)

select
    id as {{ key }},
    name,
    {% for column in others -%}
    {{ column }},
    {% endfor -%}
    created_at,
    greatest(updated_at, synced_at) as version_at,
    case
        {{ when_unreadable() }}
        when id is null then 'missing_id'
        when {{ refused('created_text', 'created_at') }} then 'bad_timestamp'
        {{ or_mended(source, entity) }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
{% endmacro %}
