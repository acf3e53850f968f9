-- What the account of the landed files counts.

-- The key of a model: its column that dbt tests as unique.
{% macro key_of(name) %}
    {%- if not execute -%}
        {%- do return('key') -%}
    {%- endif -%}
    {%- for test in graph.nodes.values()
        if test.resource_type == 'test' and test.attached_node
        and test.attached_node.endswith('.' ~ name)
        and test.test_metadata and test.test_metadata.name == 'unique' -%}
        {%- do return(test.column_name) -%}
    {%- endfor -%}
    {%- do exceptions.raise_compiler_error(
        'models/staging: ' ~ name ~ ' has no column with the test `unique`. '
        ~ 'Name its key in the yml beside it.'
    ) -%}
{% endmacro %}

-- Usable lines that are no row because another line of their key is, by load. Counted by
-- their keys, or by the flags of what is read once, and not as what is left over: a lost
-- line shows.
{% macro duplicates_by_load(source, entity) %}
    {%- set base = ref('base_' ~ source ~ '__' ~ entity) -%}
    {%- set staged = ref('stg_' ~ source ~ '__' ~ entity) -%}
    {%- set name = 'model.' ~ project_name ~ '.base_' ~ source ~ '__' ~ entity -%}
    {%- if execute and graph.nodes[name].config.materialized == 'incremental' -%}
    select load_seq, count(*) as duplicate_count
    from {{ base }}
    where duplicate_since_load_seq is not null
    group by load_seq
    {%- else -%}
    {%- set key = key_of('stg_' ~ source ~ '__' ~ entity) -%}
    select lines.load_seq, lines.line_count - coalesce(kept.line_count, 0)
    from (
        select load_seq, count(*) as line_count
        from {{ base }}
        where
            quarantine_reason is null
            and {{ key }} in (select {{ key }} from {{ staged }})
            and {{ key }} in ({{ repeated_keys(base, key) }})
        group by load_seq
    ) as lines
    left join (
        select load_seq, count(*) as line_count
        from {{ staged }}
        where {{ key }} in ({{ repeated_keys(base, key) }})
        group by load_seq
    ) as kept on lines.load_seq = kept.load_seq
    {%- endif -%}
{% endmacro %}

{% macro repeated_keys(base, key) -%}
    select {{ key }}
    from {{ base }}
    where quarantine_reason is null
    group by {{ key }}
    having count(*) > 1
{%- endmacro %}

-- The first half of an event's name: the hash of the id that its source gave it.
{% macro id_hash(event_id) -%}
    cast(cast({{ event_id }} as uhugeint) >> 64 as ubigint)
{%- endmacro %}

-- Events of one id that say different things. Of the past, only the names are looked at
-- to find them.
{% macro versions_of_one_id(source, source_id, owners, mark) %}
    {%- set events = ref(source ~ '_events') -%}
    select
        '{{ source }}' as source,
        {{ id_hash('event_id') }} as id_hash,
        {{ source_id }} as source_event_id,
        event_id,
        {% for owner in owners -%}
        min({{ owner }}) over versions < max({{ owner }}) over versions
        {{- ' or ' if not loop.last }}
        {% endfor -%} as is_other_user,
        received_at,
        load_seq
    from {{ events }}
    where {{ id_hash('event_id') }} in (
        select {{ id_hash('event_id') }}
        from {{ events }}
        {% if mark is not none -%}
        where {{ id_hash('event_id') }} in (
            select {{ id_hash('event_id') }} from {{ events }} where load_seq > {{ mark }}
        )
        {%- endif %}
        group by all
        having count(*) > 1
    )
    window versions as (partition by {{ id_hash('event_id') }})
{% endmacro %}
