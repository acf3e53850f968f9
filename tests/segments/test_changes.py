"""A diff counts who would move, as Python does; the same file moves nobody."""

from pathlib import Path

import pytest
import yaml

from tests.segments.conftest import (
    CLUSTERS,
    ENTRIES,
    EVERYBODY,
    LAPSED,
    LOYAL,
    OTHERS,
    REPEAT,
    Entry,
    entry,
    ids,
    is_lapsed,
    is_repeat,
    segments_of,
)
from warehouse.errors import TesseraError
from warehouse.publications import Publication
from warehouse.segments.changes import Change, changes
from warehouse.segments.declared import PLACE
from warehouse.segments.published import columns_of, entries_of, opened
from warehouse.settings import Settings


def test_the_same_file_moves_nobody(small_publication: Publication) -> None:
    found = changes(small_publication, ENTRIES)
    assert found.primary_moves == 0
    for one in found.segments:
        size = sum(one.segment in segments_of(customer) for customer in EVERYBODY)
        assert one == Change(one.segment, size, size, 0, 0, [], [])


def test_what_a_rule_asks_for_in_vain_is_told(
    silent_publication: Publication, small_publication: Publication
) -> None:
    """As a preview tells it, of each segment of the file."""
    misspelt = entry("hush", "cluster_name = 'quite'", 40)
    (told,) = changes(small_publication, [*ENTRIES, misspelt]).unmet
    assert told == (
        "segment `hush`: no customer has the cluster_name `quite`."
        " Did you mean `quiet`?"
    )
    leaving = entry("leaving", "churn_probability > 0.5", 41)
    found = changes(silent_publication, [LAPSED, leaving, CLUSTERS, OTHERS]).unmet
    assert found == [
        "segment `leaving`: no model has said `churn_probability` of the customers of"
        " this moment.",
        "segment `clusters`: no model has said `cluster_name` of the customers of this"
        " moment.",
    ]


def test_an_edit_moves_those_whom_it_names_and_those_who_follow(
    small_publication: Publication,
) -> None:
    """Fewer are lapsed: so more are repeat buyers, and more of them loyal."""
    edited = LAPSED | {"where": "order_count > 0 and days_since_last_order >= 50"}
    entries = [LOYAL, edited, REPEAT, CLUSTERS, OTHERS]
    found = {one.segment: one for one in changes(small_publication, entries).segments}
    moved = ids(lambda one: is_lapsed(one) and (one.age or 0) < 50)
    repeat = ids(lambda one: one.id in moved and one.orders >= 2)
    loyal = ids(lambda one: one.id in moved and one.orders == 3)
    assert found["lapsed"].leaving == len(moved)
    assert found["lapsed"].first_leaving == moved[:5]
    assert (found["lapsed"].entering, found["repeat"].leaving) == (0, 0)
    assert found["repeat"].entering == len(repeat)
    assert list(found["repeat"].first_entering) == repeat[:5]
    assert found["loyal"].entering == len(loyal)
    # Of those who left, whoever has one order and no cluster is claimed by nobody.
    unclaimed = ids(
        lambda one: one.id in moved and one.orders == 1 and one.cluster is None
    )
    assert found["others"].entering == len(unclaimed)
    assert found["cluster_quiet"].entering == found["cluster_quiet"].leaving == 0


def test_new_and_removed_segments_are_told(small_publication: Publication) -> None:
    busy = entry("busy", "order_count = 3", 5)
    nobody = entry("nobody", "order_count = 77", 6)
    entries = [busy, nobody, LAPSED, REPEAT, CLUSTERS, OTHERS]
    found = {one.segment: one for one in changes(small_publication, entries).segments}
    assert found["busy"].entering == found["busy"].after == 15
    assert found["nobody"] == Change("nobody", 0, 0, 0, 0)
    loyal = ids(lambda one: is_repeat(one) and one.orders == 3)
    assert found["loyal"].leaving == found["loyal"].before == len(loyal)


def test_another_order_moves_primary_segments_alone(
    small_publication: Publication,
) -> None:
    first = CLUSTERS | {"priority": 1}
    found = changes(small_publication, [LOYAL, LAPSED, REPEAT, first, OTHERS])
    assert all(one.entering == one.leaving == 0 for one in found.segments)
    both = ids(
        lambda one: one.cluster is not None and (one.orders >= 2 or is_lapsed(one))
    )
    assert found.primary_moves == len(both)


def test_without_a_rule_everybody_is_of_the_catch_all(
    small_publication: Publication,
) -> None:
    found = {one.segment: one for one in changes(small_publication, [OTHERS]).segments}
    assert found["others"].after == 60


def project(tmp_path: Path, text: str) -> Settings:
    """A project whose segments.yml is this text."""
    file = tmp_path / PLACE
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return Settings(tmp_path, tmp_path / "data")


def file_of(entries: list[Entry]) -> str:
    """segments.yml with these entries."""
    meta = {"meta": {"segments": entries}}
    return yaml.safe_dump({"models": [{"name": "segment_flags", "config": meta}]})


def test_the_file_is_read_as_it_stands(
    small_publication: Publication, tmp_path: Path
) -> None:
    settings = project(tmp_path, file_of(ENTRIES))
    with opened(small_publication) as connection:
        assert entries_of(settings, columns_of(connection)) == ENTRIES


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("models: [", "this file cannot be read"),
        ("models: []", "is no list of entries"),
        (file_of([LAPSED | {"were": 1}, REPEAT]), "has the unknown key `were`"),
        (file_of([LAPSED | {"were": 1}, REPEAT]), "there are 0 entries of kind"),
    ],
)
def test_a_broken_file_is_told_with_every_mistake(
    small_publication: Publication, tmp_path: Path, text: str, told: str
) -> None:
    settings = project(tmp_path, text)
    with opened(small_publication) as connection:
        columns = columns_of(connection)
    with pytest.raises(TesseraError) as refused:
        entries_of(settings, columns)
    assert PLACE in str(refused.value)
    assert told in str(refused.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="cannot be read"):
        entries_of(Settings(tmp_path, tmp_path), {"order_count": "bigint"})
