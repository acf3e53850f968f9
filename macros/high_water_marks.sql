-- Incremental models read what is above their own mark: the newest load that they have
-- taken in. Rows and mark commit together, so any model may be run again at any moment.
-- `reads` in a model's `meta` names the tables of the vocabulary whose events it keeps
-- (`[web_events]`, `[esp_events]` or both), or its own entity (`[web/events]`); none where
-- it keeps rows by file.

-- Starts a model afresh where its rows could not be what a full refresh would make:
-- without a mark, or when the rules have changed since, or a file that it had read was
-- replaced, or one landed later under a load that it had taken in (an older ledger was put
-- back), or (past staging) when `as_of` leaves some arrivals out.
{% macro should_full_refresh() %}
    {%- if config.get('full_refresh') is not none -%}
        {%- do return(config.get('full_refresh')) -%}
    {%- elif flags.FULL_REFRESH or config.get('materialized') != 'incremental' -%}
        {%- do return(flags.FULL_REFRESH) -%}
    {%- endif -%}
    {%- do return(standing_mark() is none) -%}
{% endmacro %}

-- The load up to which this model's rows are good; none where they are not. Asked once
-- while a model compiles and once while it runs: nothing but its own end changes the answer.
{% macro standing_mark() %}
    {%- if 'standing_mark' not in model -%}
        {%- set marks = run_query(
            "select marks.load_seq from ops.high_water_marks as marks where marks.model = '"
            ~ model.name ~ "' and marks.fingerprint = " ~ rules_fingerprint()
            ~ " and not exists (" ~ replaced_files('marks.load_seq') ~ ")"
            ~ " and not exists (select files.load_seq from staging.landed_files as files where"
            ~ " files.load_seq <= marks.load_seq and files.landed_at > marks.landed_at)"
            ~ (" and (select is_newest from staging.as_of)" if leaves_out_by_as_of() else "")
        ).rows -%}
        {%- do model.update({'standing_mark': marks[0][0] if marks else none}) -%}
    {%- endif -%}
    {%- do return(model.standing_mark) -%}
{% endmacro %}

-- A load that a model has yet to take in: one above its mark, or one below it that is to
-- be read again (`warehouse.rereading` has taken its rows out).
{% macro is_unread(load_seq, mark) -%}
    {%- if mark -%}
        ({{ load_seq }} > {{ mark }} or {{ load_seq }} in (
            select again.load_seq from ops.loads_to_reread as again
            where again.model = '{{ model.name }}'
        ))
    {%- else -%}
        {{ load_seq }} > 0
    {%- endif -%}
{%- endmacro %}

{% macro has_reread() %}
    {%- do return(run_query(
        "select 1 from ops.loads_to_reread where model = '" ~ model.name ~ "' limit 1"
    ).rows | length > 0) -%}
{% endmacro %}

-- What a model has taken in is the least of what it reads had, under the same rules. Where
-- something that it reads has no mark, or lacks a load that is to be read again, neither
-- has it, and it starts afresh the next time.
-- A seed has taken in all loads, under the rules that it was loaded with: models that are
-- built upon an older one keep no mark.
{% macro keep_mark() %}
    {%- if not execute -%}{%- do return('') -%}{%- endif -%}
    {%- set followed = marked_among(model.depends_on.nodes or []) | unique | list -%}
    delete from ops.loads_to_reread where model = '{{ model.name }}';
    delete from ops.high_water_marks where model = '{{ model.name }}';
    insert into ops.high_water_marks by name
    select
        '{{ model.name }}' as model,
        {{ rules_fingerprint() }} as fingerprint,
        {% if followed -%}
        min(load_seq) as load_seq,
        min(landed_at) as landed_at
        from ops.high_water_marks
        where
            model in ('{{ followed | join("', '") }}')
            and fingerprint = {{ rules_fingerprint() }}
            and model not in (select again.model from ops.loads_to_reread as again)
        having count(*) = {{ followed | length }}
        {%- elif model.resource_type == 'seed' -%}
        cast(9223372036854775807 as bigint) as load_seq,
        cast(null as timestamp) as landed_at
        {%- else -%}
        coalesce(max(load_seq), 0) as load_seq,
        max(landed_at) as landed_at
        from staging.landed_files
        having true
        {%- endif %}
        {% if leaves_out_by_as_of() -%}
        and (select is_newest from staging.as_of)
        {%- endif %}
{% endmacro %}

-- The nearest models upstream that keep a mark, through those that keep none.
{% macro marked_among(unique_ids) %}
    {%- set names = [] -%}
    {%- for node in graph.nodes.values() if node.unique_id in unique_ids -%}
        {%- if 'keep_mark' in node.config['post-hook'] | string -%}
            {%- do names.append(node.name) -%}
        {%- else -%}
            {%- do names.extend(marked_among(node.depends_on.nodes)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(names) -%}
{% endmacro %}

{% macro leaves_out_by_as_of() %}
    {%- do return(model.resource_type == 'model' and model.fqn[1] != 'staging') -%}
{% endmacro %}

-- Files of this model's sources that stood under their name before the mark, otherwise.
{% macro replaced_files(mark) -%}
    select files.load_seq from staging.landed_files as files
    where
        files.first_load_seq <= {{ mark }}
        and files.load_seq > {{ mark }}
        and files.source || '/' || files.entity in (
            {%- for table in config.get('meta', {}).get('reads', []) -%}
                {%- for place in vocabulary().get(table, [table.split('/')]) -%}
                    '{{ place[0] }}/{{ place[-1] }}',
                {%- endfor -%}
            {%- endfor -%}
            ''
        )
{%- endmacro %}

-- Everything that decides rows of the past: rules, seeds and vars, but not the clock.
{% macro rules_fingerprint() -%}
    {%- set said = invocation_args_dict.get('vars') or {} -%}
    {%- set said = fromyaml(said) if said is string else said -%}
    {%- set given = {} -%}
    {%- for name, value in said.items() if name != 'as_of' -%}
        {%- do given.update({name: value}) -%}
    {%- endfor -%}
    rules_fingerprint({{ sql_text(tojson(given, sort_keys=true)) }})
{%- endmacro %}

-- The first and last moment of what lies above a mark, as constants: with them DuckDB
-- leaves the older parts of a table unread.
{% macro span_above(relation, mark) %}
    {%- do return(span_of(
        "select min(occurred_at), max(occurred_at) from " ~ relation
        ~ " where load_seq > " ~ mark
    )) -%}
{% endmacro %}

-- The first and the last moment that a query finds, to be written into another one: what
-- it knows beforehand it need not read.
{% macro span_of(query) %}
    {%- set span = run_query(query).rows[0] -%}
    {%- do return({
        'first': "timestamp '" ~ (span[0] or '9999-01-01') ~ "'",
        'last': "timestamp '" ~ (span[1] or '0001-01-01') ~ "'"
    }) -%}
{% endmacro %}
