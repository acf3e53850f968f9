"""Every line of an odd file ends in exactly one place, and good lines are kept."""

import pytest

from tests.bad_input.conftest import ask
from tests.bad_input.odd_files import CSV, JSON, Odd
from warehouse.settings import Settings

CASES = [("shop/customers", "csv", "user_id", odd) for odd in CSV]
CASES += [("web/events", "jsonl", "message_id", odd) for odd in JSON]


@pytest.mark.parametrize(
    ("folder", "suffix", "name_column", "odd"),
    CASES,
    ids=[f"{suffix}-{odd.name}" for _, suffix, _, odd in CASES],
)
def test_good_lines_stay_and_the_others_are_shown(
    odd_shop: Settings, folder: str, suffix: str, name_column: str, odd: Odd
) -> None:
    path = f"{folder}/{odd.name}.{suffix}"
    table = "staging.stg_" + folder.replace("/", "__")
    accepted = ask(
        odd_shop,
        f"select {name_column} from {table} where load_seq ="
        " (select load_seq from staging.landed_files where path = ?)",
        [path],
    )
    assert sorted(name for (name,) in accepted) == sorted(odd.accepted)
    refused = ask(
        odd_shop,
        "select line_number, reason, raw_text from staging.quarantine"
        " where path = ? order by line_number",
        [path],
    )
    assert [(line, reason) for line, reason, _ in refused] == list(odd.refused)
    lines = odd.content.decode("utf-8", "replace").splitlines()
    for line, reason, raw_text in refused:
        whole = lines[line - 1]
        assert whole.startswith(raw_text) if reason == "too_long" else raw_text == whole


def test_every_file_adds_up(odd_shop: Settings) -> None:
    rows = ask(
        odd_shop,
        "select path, line_count, accepted_count, duplicate_count, quarantined_count"
        " from marts.data_quality where not is_reconciled",
    )
    assert rows == []
    counted = dict(ask(odd_shop, "select path, line_count from marts.data_quality"))
    for folder, suffix, _, odd in CASES:
        expected = len(odd.accepted) + len(odd.refused)
        assert counted[f"{folder}/{odd.name}.{suffix}"] == expected, odd.name


@pytest.mark.parametrize(
    ("file", "unknown", "missing"),
    [
        ("unknown_column", ["shoe_size"], True),
        ("missing_columns", [], True),
        ("byte_order_mark", [], True),
        ("other_case", [], True),
        ("semicolons", [], True),
    ],
)
def test_columns_that_nobody_knows_or_misses_are_named(
    odd_shop: Settings, file: str, unknown: list[str], missing: bool
) -> None:
    ((found, gone),) = ask(
        odd_shop,
        "select unknown_columns, missing_columns from marts.data_quality"
        " where path = ?",
        [f"shop/customers/{file}.csv"],
    )
    assert found == unknown
    assert ("birth_date" in gone) is missing
    assert "id" not in gone


def test_no_row_is_looked_for_in_vain(odd_shop: Settings) -> None:
    lost = "select * from staging.quarantine where line_number is null"
    assert ask(odd_shop, lost) == []
