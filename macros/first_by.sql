-- Of the usable rows of a base model, the first by a total order for each key. Only the
-- keys that come more than once are put in order: they are few, and rows are wide.
{% macro first_by(relation, key, order_by) %}
    with usable as (
        select * exclude (quarantine_reason)
        from {{ relation }}
        where quarantine_reason is null
    ),

    repeated as (
        select {{ key }}
        from usable
        group by {{ key }}
        having count(*) > 1
    ),

    ordered as (
        select
            *,
            row_number() over (
                partition by {{ key }} order by {{ order_by }}, load_seq, path, row_key
            ) as copy_number
        from usable
        where {{ key }} in (select repeated.{{ key }} from repeated)
    )

    select * exclude (row_key, copy_number)
    from ordered
    where copy_number = 1
    union all by name
    select * exclude (row_key)
    from usable
    where {{ key }} not in (select repeated.{{ key }} from repeated)
{% endmacro %}
