"""The marts about segments: what a predicate may ask for, definitions, overlaps."""

from typing import Any

import pytest
import yaml

from tests.bad_input.test_segments_yml import input_columns, project_entries
from tests.contracts.contracts import declared
from warehouse.connection import connect
from warehouse.settings import Settings


def ask(shop: Settings, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query on the build database."""
    with connect(shop.build_path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_where_may_use_every_column_that_is_published() -> None:
    assert declared()["customer_features"] == input_columns()


def test_the_published_features_are_those_that_segments_judge(
    small_shop: Settings,
) -> None:
    ((features, inputs, both),) = ask(
        small_shop,
        """
        select
            (select count(*) from marts.customer_features),
            (select count(*) from segments.segment_inputs),
            (select count(*) from (
                from marts.customer_features intersect all from segments.segment_inputs
            ))
        """,
    )
    assert features == inputs == both > 0


def test_the_summary_has_what_the_file_says(small_shop: Settings) -> None:
    rows = ask(
        small_shop,
        """
        select segment_name, owner, destinations, is_live, reentry, reentry_after_days,
            exclusive_group, minimum_share, maximum_share, allowed_overlaps
        from marts.segment_summary where kind <> 'cluster'
        """,
    )
    expected = {
        entry["name"]: (
            entry["owner"],
            entry.get("destinations", []),
            entry.get("live", False),
            entry.get("reentry", "always"),
            None,
            entry.get("exclusive_group"),
            *entry["expected_share"],
            entry.get("may_overlap", []),
        )
        for entry in project_entries()
        if entry["kind"] != "cluster"
    }
    assert {name: tuple(values) for name, *values in rows} == expected


def test_lift_is_the_share_of_both_against_chance(small_shop: Settings) -> None:
    ((customers,),) = ask(small_shop, "select count(*) from marts.customers")
    pairs = ask(
        small_shop,
        "select customer_count, left_count, right_count, lift from"
        " marts.segment_overlap",
    )
    assert any(both for both, *_ in pairs)
    for both, left, right, lift in pairs:
        if left and right:
            chance = (left / customers) * (right / customers)
            assert lift == pytest.approx((both / customers) / chance)
        else:
            assert lift is None


@pytest.mark.parametrize(
    ("reentry", "kind", "days"),
    [("once", "once", None), ({"after_days": 30}, "after_days", 30)],
)
def test_a_reentry_is_kept_as_word_and_days(
    small_shop: Settings, reentry: Any, kind: str, days: int | None
) -> None:
    """The macro alone, on an entry of each form."""
    import jinja2

    from warehouse.settings import PROJECT_DIR

    source = (PROJECT_DIR / "macros" / "segments.sql").read_text(encoding="utf-8")
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals["sql_text"] = lambda text: f"'{text}'"
    macro = environment.from_string(source).module
    entry = yaml.safe_load("{description: d, kind: rule, owner: o, priority: 1}")
    entry |= {"expected_share": [0, 1], "where": "x", "reentry": reentry}
    entry |= {"destinations": ["ads"], "live": True}
    rendered = str(macro.segment_definition(entry, "'a'", "'A'"))
    found = f"""
        select reentry, reentry_after_days, is_live, destinations, owner
        from ({rendered})
    """
    assert ask(small_shop, found) == [(kind, days, True, ["ads"], "o")]
