-- Of the rows that tell one event, the first received counts, by a total order. The
-- others stay, flagged with the load since which they count no more. Only events of the
-- loads above the mark are looked at; of the past, only the narrow column of ids. Where a
-- load was read again, all are: whom its former rows had flagged may count now.
--
-- A table that was just made is committed before, without a mark, so that it starts afresh
-- should this be as far as it gets: flags set in the transaction that made the table would
-- have it written a second time.
{% macro flag_duplicates() %}
    {%- if not execute -%}{%- do return('') -%}{%- endif -%}
    {%- set mark = standing_mark() if is_incremental() else none %}
    {%- if mark is none %}
    delete from ops.high_water_marks where model = '{{ model.name }}';
    commit;
    begin transaction;
    {%- elif has_reread() -%}
        {%- set mark = none -%}
    {%- endif %}
    with repeated as materialized (
        select event_id
        from {{ this }}
        where
            event_id is not null
            {% if mark is not none -%}
            and event_id in (
                select fresh.event_id from {{ this }} as fresh
                where fresh.load_seq > {{ mark }}
            )
            {%- endif %}
        group by event_id
        having count(*) > 1 or count(duplicate_since_load_seq) > 0
    ),

    ordered as materialized (
        select
            rowid as row_number,
            duplicate_since_load_seq as standing,
            greatest(load_seq, min(load_seq) over (
                partition by event_id order by received_at, load_seq, rowid
                rows between unbounded preceding and 1 preceding
            )) as duplicate_since_load_seq,
            row_number() over (
                partition by event_id order by received_at, load_seq, rowid
            ) as place
        from {{ this }}
        where event_id in (select repeated.event_id from repeated)
    )

    update {{ this }} as copies
    set duplicate_since_load_seq = case
        when ordered.place > 1 then ordered.duplicate_since_load_seq
    end
    from ordered
    where
        copies.rowid = ordered.row_number
        and ordered.standing is distinct from case
            when ordered.place > 1 then ordered.duplicate_since_load_seq
        end
{% endmacro %}

-- What a base model with such flags tells: of each event the first received.
{% macro first_told(source, entity) -%}
    select * exclude (quarantine_reason, row_key, duplicate_since_load_seq)
    from {{ ref('base_' ~ source ~ '__' ~ entity) }}
    where event_id is not null and duplicate_since_load_seq is null
{%- endmacro %}
