"""Whatever changes between two files: no row is lost, and the change is told."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bad_input.conftest import STAGING, ask, land
from tests.drift.kinds import ALIAS, COUNT, CSV, FULL, LINES, PARQUET, Kind, sound_rows
from tests.formats.forms import csv_file, lines_file, parquet_file
from warehouse.dbt import dbt_build
from warehouse.settings import PROJECT_DIR, Settings

FORMS = {
    "csv": (".csv", csv_file, CSV),
    "lines": (".jsonl", lines_file, LINES),
    "parquet": (".parquet", parquet_file, PARQUET),
}
TEN = {
    "renamed", "missing", "added", "reordered", "delimiter", "ragged", "mark", "latin",
    "zones", "numbers",
}  # fmt: skip
CASES = [(form, kind) for form, (_, _, kinds) in FORMS.items() for kind in kinds]
Shops = dict[str, Settings]


def files(form: str) -> Iterator[tuple[str, bytes, Kind | None]]:
    """A sound file, then one of each kind with a sound one after it, as they land."""
    suffix, write, kinds = FORMS[form]
    yield f"shop/refunds/000 0 sound{suffix}", write(sound_rows("begin")), None
    for at, kind in enumerate(kinds):
        place = f"shop/refunds/{at:03}"
        yield f"{place} 1 {kind.name}{suffix}", kind.content, kind
        sound = write(sound_rows(f"after_{kind.name}"))
        yield f"{place} 2 sound{suffix}", sound, None


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Shops:
    """A shop for each form; all its files have landed, and were staged, at once."""
    built = {}
    for form in FORMS:
        data_dir = tmp_path_factory.mktemp(form) / "a shop's [data]"
        built[form] = Settings(project_dir=PROJECT_DIR, data_dir=data_dir)
        for path, content, _ in files(form):
            land(built[form], path, content)
        dbt_build(built[form], select=STAGING, variables={"column_aliases": ALIAS})
    return built


def test_the_ten_kinds_are_here() -> None:
    assert {kind for _, _, kinds in FORMS.values() for one in kinds
            for kind in TEN if kind in one.name} == TEN  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_line_has_one_place_and_says_what_was_sent(
    shops: Shops, form: str
) -> None:
    expected: dict[str, Any] = {}
    accounts, name = [], "begin"
    for path, _, kind in files(form):
        refused = len(kind.refused) if kind else 0
        accounts.append((path, COUNT, COUNT - refused, 0, refused))
        if kind:
            expected |= kind.accepted
            name = f"after_{kind.name}"
        else:
            expected |= {f"{name}-{at}": FULL for at in range(COUNT)}
    found = ask(
        shops[form],
        "select refund_id, reason, amount, currency, created_at"
        " from staging.stg_shop__refunds",
    )
    said = {
        row[0]: dict(zip(("note", "amount", "currency", "at"), row[1:], strict=True))
        for row in found
    }
    assert said == expected
    assert len(found) == len(expected)
    counted = ask(
        shops[form],
        "select path, line_count, accepted_count, duplicate_count, quarantined_count"
        " from marts.data_quality order by path",
    )
    assert counted == accounts


@pytest.mark.parametrize(("form", "kind"), CASES, ids=[kind.name for _, kind in CASES])
def test_what_is_refused_is_shown_with_its_line(
    shops: Shops, form: str, kind: Kind
) -> None:
    found = ask(
        shops[form],
        "select line_number, reason from staging.quarantine where path like ?"
        " order by line_number",
        [f"%1 {kind.name}.%"],
    )
    first = 2 if form == "csv" else 1
    assert found == [(at + first, reason) for at, reason in kind.refused.items()]


@pytest.mark.parametrize(("form", "kind"), CASES, ids=[kind.name for _, kind in CASES])
def test_data_quality_says_what_changed_and_what_it_cost(
    shops: Shops, form: str, kind: Kind
) -> None:
    [(changes, renamed, missing, unknown)] = ask(
        shops[form],
        "select column_changes, renamed_columns, missing_columns, unknown_columns"
        " from marts.data_quality where path like ?",
        [f"%1 {kind.name}.%"],
    )
    assert [tuple(change.values()) for change in changes] == list(kind.changes)
    assert renamed == list(kind.renamed)
    assert sorted(set(missing) - {"customer_id"}) == sorted(kind.missing)
    assert unknown == list(kind.unknown)
    [(after,)] = ask(
        shops[form],
        "select column_changes from marts.data_quality where load_seq ="
        " (select load_seq + 1 from marts.data_quality where path like ?)",
        [f"%1 {kind.name}.%"],
    )
    assert [tuple(change.values()) for change in after] == list(kind.after)
