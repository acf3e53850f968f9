"""The benchmark of segments measures the same predicates both ways."""

from pathlib import Path

import pytest

from benchmarks.segments import pairs_sql, pass_figures, preview_figures
from benchmarks.segments_load import columns, entries, write_features, write_marts
from warehouse.connection import connect
from warehouse.segments.declared import mistakes_in
from warehouse.segments.rendering import flags_sql, memberships_sql

CUSTOMERS = 2_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small load."""
    place = tmp_path_factory.mktemp("segments")
    write_features(place / "tessera.duckdb", CUSTOMERS)
    return place


def test_its_segments_could_stand_in_the_file() -> None:
    told = [one for one in mistakes_in(entries(100), columns()) if "has no" not in one]
    assert told == []


def test_both_ways_find_the_same_where_there_is_no_group(folder: Path) -> None:
    segments = entries(100)
    alone = [one for one in segments[:-1] if "exclusive_group" not in one]
    assert len(alone) == 80
    with connect(folder / "tessera.duckdb", read_only=True) as connection:
        flags = flags_sql(segments, "customer_features")
        for one in alone:
            ((ours, bound),) = connection.execute(
                f"select (select count(*) from ({flags}) where {one['name']}),"
                f" (select count(*) from customer_features where {one['where']})"
            ).fetchall()
            assert ours == bound, one


def test_pairs_are_those_of_the_memberships(folder: Path) -> None:
    segments = entries(100)
    with connect(folder / "tessera.duckdb", read_only=True) as connection:
        flags = f"({flags_sql(segments, 'customer_features')})"
        connection.execute(f"create temp table flags as from {flags}")
        members = memberships_sql(segments, "flags")
        connection.execute(f"create temp table members as {members}")
        plain = (
            "select one.segment_name, other.segment_name, count(*) from members as one"
            " inner join members as other using (customer_id) group by all"
        )
        counted = pairs_sql(segments, "flags")
        ((differing, all_pairs),) = connection.execute(
            f"select (select count(*) from (({plain}) except ({counted}))),"
            f" (select count(*) from ({counted}))"
        ).fetchall()
    assert differing == 0
    assert all_pairs > 1_000


def test_every_figure_is_told(folder: Path) -> None:
    segments = entries(100)
    database = folder / "tessera.duckdb"
    figures = pass_figures(database, segments)
    write_marts(database, segments)
    figures += preview_figures(folder, segments)
    names = [one.name.removeprefix("segments.") for one in figures]
    assert names[:3] == ["bound.seconds", "pass.seconds", "pass.ratio"]
    assert names[-2:] == ["preview3.seconds", "command_start.seconds"]
    assert all(one.value > 0 for one in figures)
