"""What all packs promise, whoever wrote them: each is found, none is listed."""

from collections import Counter
from typing import Any

import pytest

from tests.behavior import shop
from tests.sources.conftest import Built, land
from tests.sources.packs import (
    FIXTURES,
    KNOWN_EVENTS,
    PAGES,
    STAGING,
    VOCABULARY,
    columns_of,
    declared,
    expected,
    fixtures,
    packs,
    page_words,
    switches,
    unique_columns,
    vocabulary,
)
from warehouse.connection import connect
from warehouse.contract import read_contract
from warehouse.dbt import load_manifest
from warehouse.landing import landed_paths, strangers
from warehouse.settings import Settings

# What differs with the load that brought a row.
BOOKKEEPING = {"path", "load_seq"}
LONGEST_PAGE = 80
every_pack = pytest.mark.parametrize("pack", packs())
# Each is a build more. Here packs of each kind: streams, versions of rows, and people's
# words; `make soak` turns the others round.
TURNED_ROUND = {"segment", "shopify", "identity"}
every_pack_turned_round = pytest.mark.parametrize(
    "pack",
    [
        pytest.param(pack, marks=[] if pack in TURNED_ROUND else pytest.mark.soak)
        for pack in packs()
    ],
)


def ask(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query on the build database."""
    with connect(settings.build_path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_pack_is_a_folder_that_the_var_can_name() -> None:
    named = [name for pack in packs() for name in switches(pack)]
    assert sorted(named) == sorted(declared("packs"))


@every_pack
def test_has_fixtures_and_a_page(pack: str) -> None:
    assert (FIXTURES / pack / "expected.yml").is_file()
    assert (PAGES / f"{pack}.md").is_file()
    brought = {file.entity for file in fixtures(pack)}
    assert brought == set(columns_of(pack)) == set(expected(pack).accounts)


@every_pack
def test_every_line_ends_where_it_should(pack: str, at_once: Built) -> None:
    rows = ask(
        at_once(pack),
        """
        select source || '/' || entity, sum(line_count), sum(accepted_count),
            sum(duplicate_count), sum(quarantined_count)
        from staging.file_reconciliation group by 1
        """,
    )
    wanted = {
        (path, one.lines, one.accepted, one.duplicates, sum(one.quarantined.values()))
        for path, one in expected(pack).accounts.items()
    }
    assert set(rows) == wanted


@every_pack
def test_each_broken_row_has_its_reason(pack: str, at_once: Built) -> None:
    rows = ask(
        at_once(pack),
        "select source || '/' || entity, reason from staging.quarantine",
    )
    wanted = {
        (path, reason): count
        for path, one in expected(pack).accounts.items()
        for reason, count in one.quarantined.items()
    }
    assert Counter(rows) == wanted


@every_pack
def test_ends_in_the_vocabulary(pack: str, at_once: Built) -> None:
    settings, counts = at_once(pack), {}
    for table in vocabulary():
        ((counts[table],),) = ask(settings, f"select count(*) from staging.{table}")
    assert {name: count for name, count in counts.items() if count} == expected(
        pack
    ).told


@every_pack
def test_facts_of_its_fixtures_hold(pack: str, at_once: Built) -> None:
    for fact in expected(pack).values:
        told = [
            ["" if value is None else str(value) for value in row]
            for row in ask(at_once(pack), fact["query"])
        ]
        assert told == [fact["is"]], fact["query"]


@every_pack
def test_ids_are_unique(pack: str, at_once: Built) -> None:
    settings = at_once(pack)
    named = [*unique_columns(VOCABULARY), *unique_columns(STAGING / pack)]
    assert named
    for model, column in named:
        rows = f"select count(*), count(distinct {column}) from staging.{model}"
        ((count, distinct),) = ask(settings, rows)
        assert count == distinct, f"{model}.{column}"


@every_pack
def test_what_a_column_is_called_is_what_it_holds(pack: str, at_once: Built) -> None:
    tables = ", ".join(f"'{table}'" for table in vocabulary())
    columns = ask(
        at_once(pack),
        f"""
        select table_name, column_name, data_type from information_schema.columns
        where table_schema = 'staging' and table_name in ({tables})
        """,
    )
    kinds = {"_at": "TIMESTAMP", "_on": "DATE", "_amount": "DECIMAL(18,2)"}
    odd = [
        (table, name, kind)
        for table, name, kind in columns
        for ending, wanted in kinds.items()
        if name.endswith(ending) and kind != wanted
    ]
    odd += [
        (table, name, kind)
        for table, name, kind in columns
        if name.startswith(("is_", "has_")) and kind != "BOOLEAN"
    ]
    assert columns
    assert odd == []


@every_pack
def test_says_only_what_is_understood_or_documented(pack: str, at_once: Built) -> None:
    rows = ask(
        at_once(pack),
        """
        select event_name, count(*) from (
            select event_name from staging.web_events
            union all select event_name from staging.esp_events
        ) group by 1
        """,
    )
    assert dict(rows) == expected(pack).events
    remainder = {name for name, _ in rows} - KNOWN_EVENTS
    assert remainder <= page_words(pack)


@every_pack_turned_round
@pytest.mark.parametrize("table", vocabulary())
def test_any_order_of_arrival_tells_the_same(
    pack: str, table: str, at_once: Built, turned_round: Built
) -> None:
    straight = shop.table(at_once(pack), f"staging.{table}")
    turned = shop.table(turned_round(pack), f"staging.{table}")
    columns = sorted(set(straight[0]) - BOOKKEEPING) if straight else []
    assert shop.counted(straight, columns) == shop.counted(turned, columns)
    assert len(straight) == len(turned)


@every_pack_turned_round
def test_any_order_of_arrival_has_the_same_account(
    pack: str, at_once: Built, turned_round: Built
) -> None:
    query = """
        select source, entity, sum(line_count), sum(accepted_count),
            sum(duplicate_count), sum(quarantined_count), sum(conflict_count)
        from staging.file_reconciliation group by all order by all
    """
    assert ask(at_once(pack), query) == ask(turned_round(pack), query)
    reasons = "select source, entity, reason, raw_text from staging.quarantine"
    assert Counter(ask(at_once(pack), reasons)) == Counter(
        ask(turned_round(pack), reasons)
    )


@every_pack
def test_its_page_is_short_and_names_what_it_reads(pack: str) -> None:
    text = (PAGES / f"{pack}.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_PAGE
    words = page_words(pack)
    missing = [
        f"{path}: {name}"
        for path, columns in columns_of(pack).items()
        for name in [path, *columns]
        if name not in words
    ]
    assert missing == []


@every_pack
def test_switched_off_it_is_not_read_and_says_so(pack: str, settings: Settings) -> None:
    land(settings, fixtures(pack))
    off: dict[str, object] = {"sources": []}
    read = read_contract(off)
    places = {tuple(path.split("/")) for path in columns_of(pack)}
    landed = landed_paths(settings.raw_dir, read)
    assert {path.relative_to(settings.raw_dir).parts[:2] for path in landed} == (
        places & set(read)
    )
    told = strangers(settings.raw_dir, read)
    assert [line.split(" ")[0] for line in told] == sorted(
        "/".join(place) for place in places - set(read)
    )
    assert all(f"switch on the pack `{pack}`" in line for line in told)
    models = {
        node.name
        for node in load_manifest(settings, off).nodes.values()
        if node.resource_type == "model" and pack in node.fqn
    }
    wanted = {f"base_{source}__{entity}" for source, entity in places & set(read)}
    assert {name for name in models if name.startswith("base_")} == wanted


@every_pack
def test_switched_on_it_has_a_model_for_each_entity(
    pack: str, settings: Settings
) -> None:
    on: dict[str, object] = {"sources": switches(pack)}
    names = {node.name for node in load_manifest(settings, on).nodes.values()}
    for path in columns_of(pack):
        place = path.replace("/", "__")
        assert {f"base_{place}", f"stg_{place}"} <= names
