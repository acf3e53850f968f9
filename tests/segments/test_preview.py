"""A preview counts what Python counts: size, reach, funnel, examples, overlaps."""

import pytest

from tests.segments.conftest import (
    ENTRIES,
    EVERYBODY,
    Holds,
    entry,
    ids,
    is_repeat,
    segments_of,
)
from warehouse.errors import TesseraError
from warehouse.publications import Publication
from warehouse.segments.preview import preview

CASES: list[tuple[str, list[Holds]]] = [
    ("order_count > 1", [lambda one: one.orders > 1]),
    (
        "order_count > 0 and (days_since_last_order < 9 or order_count = 3)",
        [
            lambda one: one.orders > 0,
            lambda one: one.orders == 3 or (one.age is not None and one.age < 9),
        ],
    ),
    (
        "not_in_segment('repeat') and order_count >= 2 and cluster_name = 'it''s loud'",
        [
            lambda one: not is_repeat(one),
            lambda one: one.orders >= 2,
            lambda one: one.cluster == "it's loud",
        ],
    ),
    ("in_segment('loyal')", [lambda one: is_repeat(one) and one.orders == 3]),
    ("order_count > 99", [lambda one: False]),
]


@pytest.mark.parametrize(("where", "parts"), CASES)
def test_a_preview_counts_what_is_there(
    small_publication: Publication, where: str, parts: list[Holds]
) -> None:
    found = preview(small_publication, where, ENTRIES)
    members = [one for one in EVERYBODY if all(part(one) for part in parts)]
    assert found.customers == 60
    assert found.members == len(members)
    assert found.share == len(members) / 60
    assert found.email_reach == sum(one.by_email for one in members)
    assert found.sms_reach == sum(one.by_sms for one in members)
    assert [(rung.alone, rung.together) for rung in found.funnel] == [
        (len(ids(part)), len(ids(lambda one, n=n: all(p(one) for p in parts[: n + 1]))))
        for n, part in enumerate(parts)
    ]
    assert [row[0] for row in found.examples] == [one.id for one in members][:10]
    for one in found.overlaps:
        shared = sum(one.segment in segments_of(member) for member in members)
        size = sum(one.segment in segments_of(other) for other in EVERYBODY)
        assert one.both == shared > 0
        assert one.jaccard == pytest.approx(shared / (size + len(members) - shared))
    named = {name for member in members for name in segments_of(member)}
    assert {one.segment for one in found.overlaps} == named


def test_examples_have_the_values_that_the_rule_asks_for(
    small_publication: Publication,
) -> None:
    where = "order_count = 3 and days_since_last_order < 8 and as_of_at is not null"
    found = preview(small_publication, where, [])
    assert found.columns == ["order_count", "days_since_last_order"]
    assert found.examples == [("c03", 3, 3), ("c07", 3, 7)]


def test_a_wrong_rule_is_refused_with_every_mistake(
    small_publication: Publication,
) -> None:
    with pytest.raises(TesseraError) as refused:
        preview(small_publication, "orders > 1 and in_segment('repeats')", ENTRIES)
    assert "uses `orders`, which customer_features does not have" in str(refused.value)
    assert "Did you mean `repeat`?" in str(refused.value)
    with pytest.raises(TesseraError, match="is empty"):
        preview(small_publication, " ", ENTRIES)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("cluster_name = 'quite'", ["cluster_name `quite`. Did you mean `quiet`?"]),
        (
            "CLUSTER_NAME not in ('quite', 'quiet')",
            ["CLUSTER_NAME `quite`. Did you mean `quiet`?"],
        ),
        (
            "order_count > 1 or 'x' = cluster_name",
            ["cluster_name `x`. Known: `it's loud`, `quiet`."],
        ),
        ("cluster_name = 'quiet' and as_of_at > '2020-01-01'", []),
    ],
)
def test_a_text_that_nobody_has_is_told_with_the_nearest(
    small_publication: Publication, where: str, told: list[str]
) -> None:
    found = preview(small_publication, where, [])
    assert [one.partition(" the ")[2] for one in found.unmet] == told


KEEN = entry("keen", "Churn_Probability > 0.5", 40, kind="score")
LOUD = entry("loud", "not_in_segment('keen') and order_count > 1", 41)


@pytest.mark.parametrize(
    ("where", "outputs"),
    [
        ("churn_probability > 0.5 or order_count > 2", ["churn_probability"]),
        ("in_segment('loud')", ["churn_probability"]),
        ("purchase_7d_probability > 0.1", []),
        ("order_count > 1 or lifecycle_stage = 'churn_probability'", []),
    ],
)
def test_what_no_model_said_is_told_by_its_name(
    silent_publication: Publication, where: str, outputs: list[str]
) -> None:
    """A rule through a segment inherits it; a text names no column."""
    found = preview(silent_publication, where, [*ENTRIES, KEEN, LOUD])
    told = [one for one in found.unmet if one.startswith("no model")]
    assert told == [
        f"no model has said `{name}` of the customers of this moment."
        for name in outputs
    ]


def test_where_no_clusters_were_made_no_name_is_misspelt(
    silent_publication: Publication,
) -> None:
    found = preview(silent_publication, "cluster_name = 'quite'", [])
    assert found.unmet == [
        "no model has said `cluster_name` of the customers of this moment."
    ]


def test_an_old_publication_says_so(old_publication: Publication) -> None:
    with pytest.raises(TesseraError, match="was made before") as refused:
        preview(old_publication, "order_count > 1", [])
    assert "tessera run" in str(refused.value)
