"""The last publication as a whole: whether it can be read, when it was, its columns."""

from expectations.engine.former import Former
from expectations.engine.profiles import quoted
from expectations.engine.rules import NoOffenders, Rule

# Any that stands in every build: these rules are about all marts.
ABOUT = "marts.customers"


def former_read(former: Former) -> Rule:
    """Nothing is compared with a broken one, and the next run heals it."""
    return NoOffenders(
        entry="former_read",
        expects="The last publication can be read, to compare this one with it",
        table=ABOUT,
        offenders="select 'It is broken, or its folder is gone' as told"
        f" where {former.is_broken}",
        noun="publication",
        severity="warn",
        unless=None if former.is_broken else former.unless(),
        remedy="So nothing was compared. `tessera publications` lists those that stand",
    )


def not_behind(former: Former) -> Rule:
    """Meant after a rollback or with `--as-of`; else a source lost its newest files."""
    return NoOffenders(
        entry="not_behind",
        expects="A publication tells of no earlier moment than the one before it",
        table=ABOUT,
        offenders=f"""
            select 'This run tells of ' || strftime(as_of_at, '%Y-%m-%d %H:%M')
                || ', and readers have {former.as_of:%Y-%m-%d %H:%M}' as told
            from staging.as_of where as_of_at < timestamp '{former.as_of}'
        """
        if former.as_of
        else "select 1 where false",
        noun="publication",
        severity="warn",
        unless=f"select {quoted(former.absence)}" if former.absence else None,
        remedy="Without `--as-of`, the newest file of a source is gone: see data/raw",
    )


def columns_kept(former: Former) -> Rule:
    """What reads a column that is gone breaks, and nobody there reads a changelog."""
    return NoOffenders(
        entry="columns_kept",
        expects="Every column of the last publication is there, and of the same type",
        table=ABOUT,
        offenders="""
            with columns as (
                select table_catalog, table_schema, table_name, column_name, data_type
                from information_schema.columns
            ),
            kept as (
                select * from columns
                where table_catalog = current_database() and table_schema = 'marts'
            )
            select case
                when max(marts.table_name) is null
                    then 'The mart `' || before.table_name || '` is gone'
                else 'In `' || before.table_name || '` ' || string_agg(
                    '`' || before.column_name || '` ' || case
                        when kept.column_name is null then 'is gone'
                        else 'was ' || before.data_type || ' and is ' || kept.data_type
                    end, ', ' order by before.column_name
                )
            end as told
            from columns as before
            left join kept on before.table_name = kept.table_name
                and before.column_name = kept.column_name
            left join (select distinct table_name from kept) as marts
                on before.table_name = marts.table_name
            where before.table_catalog = 'former' and before.table_schema = 'main'
                and before.data_type is distinct from kept.data_type
            group by before.table_name
        """,
        noun="mart",
        unless=former.unless(),
        remedy="Dashboards and exports that read it would break. If it is meant, tell "
        "those who read it, and let it through once",
    )
