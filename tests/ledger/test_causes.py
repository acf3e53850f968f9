"""Why somebody entered or left: the clause, the rule, the model, another customer."""

import re
from datetime import date, datetime, timedelta

import pytest

from tests.ledger.shop import Member, Shop
from warehouse.beliefs import AS_KNOWN, members
from warehouse.settings import PROJECT_DIR

FIRST = datetime(2026, 1, 1)
SECOND, THIRD = FIRST + timedelta(days=1), FIRST + timedelta(days=2)
ANN_DORMANT, ANN_LEFT_OVER = ("ann", "dormant"), ("ann", "everyone_else")
BUSY = {"activity_24h_count": 3, "activity_7d_count": 9}
QUIET = {"activity_24h_count": 0, "activity_7d_count": 9}
SILENT = {"activity_24h_count": 0, "activity_7d_count": 0}
Told = tuple[str, str | None, str | None, str, datetime, datetime | None]


def standing(shop: Shop) -> list[Told]:
    """What is believed now: segment, both clauses, cause, since when, until when."""
    rows = shop.asked(
        "select segment_name, entered_by_clause, left_by_clause, cause, entered_at,"
        " left_at from marts.segment_history where superseded_at is null order by all"
    )
    return [tuple(row) for row in rows]


def causes(shop: Shop) -> dict[Member, str]:
    """The cause of each belief that stands."""
    rows = shop.asked(
        "select customer_id, segment_name, cause from marts.segment_history"
        " where superseded_at is null"
    )
    return {(customer, segment): cause for customer, segment, cause in rows}


def test_nobody_is_known_before_the_first_run(shop: Shop) -> None:
    recorded = shop.run(FIRST, [ANN_DORMANT], {"ann": QUIET})
    assert (recorded.belief_count, recorded.supersession_count) == (1, 0)
    assert str(recorded) == "1 beliefs added, 0 superseded"
    assert standing(shop) == [("dormant", None, None, "first seen", FIRST, None)]


def test_the_clauses_that_flipped_are_told(shop: Shop) -> None:
    shop.run(FIRST, [ANN_LEFT_OVER], {"ann": BUSY})
    shop.run(SECOND, [ANN_DORMANT], {"ann": QUIET})
    shop.run(THIRD, [ANN_LEFT_OVER], {"ann": SILENT})
    entered, left = "activity_24h_count = 0", "activity_7d_count >= 5"
    nobody, flipped = "rule of everyone_else", "a clause flipped"
    assert standing(shop) == [
        ("dormant", entered, left, flipped, SECOND, THIRD),
        ("everyone_else", nobody, None, flipped, THIRD, None),
        ("everyone_else", None, nobody, flipped, FIRST, SECOND),
    ]


def test_both_clauses_are_told_where_both_flipped(shop: Shop) -> None:
    shop.run(FIRST, [ANN_DORMANT], {"ann": QUIET})
    busy = {"activity_24h_count": 3, "activity_7d_count": 3}
    shop.run(SECOND, [ANN_LEFT_OVER], {"ann": busy})
    (told,) = (row for row in standing(shop) if row[0] == "dormant")
    assert told[2] == "activity_24h_count = 0 and activity_7d_count >= 5"


def test_a_rival_that_claims_is_told_as_a_clause(shop: Shop) -> None:
    """Of an exclusive group the first by priority claims; the rule still holds."""
    shop.declare("engagement_spike")
    shop.run(FIRST, [ANN_DORMANT], {"ann": QUIET})
    shop.run(SECOND, [("ann", "engagement_spike")], {"ann": QUIET})
    told = {row[0]: row[2] for row in standing(shop)}
    assert told["dormant"] == "not_in_segment('engagement_spike')"
    shop.run(THIRD, [ANN_DORMANT], {"ann": QUIET})
    back = {row[0]: row[1] for row in standing(shop) if row[5] is None}
    assert back == {"dormant": "not_in_segment('engagement_spike')"}


def test_a_cluster_is_left_and_another_entered(shop: Shop) -> None:
    shop.declare("cluster_o'b", model="m1")
    shop.run(FIRST, [("ann", "cluster_a")], {"ann": {"cluster_name": "a"}})
    shop.run(SECOND, [("ann", "cluster_o'b")], {"ann": {"cluster_name": "o'b"}})
    told = {row[0]: row[1:3] for row in standing(shop)}
    assert told["cluster_a"] == (None, "cluster_name = 'a'")
    assert told["cluster_o'b"] == ("cluster_name = 'o''b'", None)


def test_another_rule_another_model_or_none_is_the_cause(shop: Shop) -> None:
    ann = [("ann", name) for name in ("dormant", "lapsed", "cluster_a")]
    shop.run(FIRST, ann)
    shop.declare("dormant", "2")
    shop.declare("cluster_a", model="m2")
    shop.declare("repeat_buyer")
    shop.forget("lapsed")
    shop.run(SECOND, [("ann", "repeat_buyer")])
    assert {segment: cause for (_, segment), cause in causes(shop).items()} == {
        "dormant": "the rule changed",
        "cluster_a": "the model changed",
        "lapsed": "the segment is gone",
        "repeat_buyer": "the segment is new",
    }
    shop.run(THIRD, [ANN_DORMANT])
    assert causes(shop)[ANN_DORMANT] == "a clause flipped"
    rules = shop.asked(
        "select definition_hash, is_in_force from marts.segment_definition_history"
        " where segment_name in ('dormant', 'lapsed') order by all"
    )
    assert rules == [("dormant 1", False), ("dormant 2", True), ("lapsed 1", False)]


def test_a_belief_keeps_the_rule_and_model_of_its_beginning(shop: Shop) -> None:
    shop.declare("cluster_a", model="m1")
    shop.run(FIRST, [("ann", "cluster_a")])
    shop.declare("cluster_a", "2", model="m2")
    shop.run(SECOND, [ANN_DORMANT])
    rows = shop.asked(
        "select definition_hash, model_version from marts.segment_history"
        " where segment_name = 'cluster_a' and superseded_at is null"
    )
    assert rows == [("cluster_a 1", "m1")]


def test_whoever_is_absorbed_and_comes_apart_again(shop: Shop) -> None:
    bob, ann = ("bob", "dormant"), ANN_DORMANT
    shop.run(FIRST, [ann, bob])
    shop.build.execute("insert into identity.identity_aliases values ('bob', 'ann')")
    shop.run(SECOND, [ann])
    assert causes(shop) == {ann: "first seen", bob: "merged into ann"}
    shop.build.execute("delete from identity.identity_aliases")
    shop.build.executemany(
        "insert into identity.identity_history values ('r', ?, ?, ?, ?)",
        [
            ("bob", FIRST, SECOND, "appeared"),
            ("ann", SECOND, THIRD, "merged"),
            ("bob", THIRD, None, "split"),
        ],
    )
    shop.run(THIRD, [ann, bob])
    rows = shop.asked(
        "select entered_at, left_at, cause from marts.segment_history"
        " where customer_id = 'bob' and superseded_at is null order by all"
    )
    assert rows == [
        (FIRST, SECOND, "merged into ann"),
        (THIRD, None, "split off ann"),
    ]


def test_whoever_is_no_customer_any_more_leaves(shop: Shop) -> None:
    shop.run(FIRST, [ANN_DORMANT, ("bot", "dormant")])
    shop.run(SECOND, [ANN_DORMANT])
    assert causes(shop)["bot", "dormant"] == "no customer now"


def test_a_moment_told_again_corrects_it(shop: Shop) -> None:
    """Neither an entry nor a leaving of this very moment was, if late news say so."""
    bob = ("bob", "dormant")
    shop.run(FIRST, [ANN_DORMANT])
    shop.run(SECOND, [ANN_LEFT_OVER, bob])
    shop.run(SECOND, [ANN_DORMANT])
    rows = shop.asked(
        "select customer_id, segment_name, entered_at, left_at, cause,"
        " superseded_because from marts.segment_history"
        " order by recorded_at, customer_id, segment_name"
    )
    assert rows == [
        (*ANN_DORMANT, FIRST, None, "first seen", "left"),
        (*ANN_DORMANT, FIRST, SECOND, "a clause flipped", "did not leave"),
        (*ANN_LEFT_OVER, SECOND, None, "a clause flipped", "did not enter"),
        (*bob, SECOND, None, "first seen", "did not enter"),
        (*ANN_DORMANT, FIRST, None, "corrected", None),
    ]


def test_the_same_again_adds_nothing(shop: Shop) -> None:
    shop.run(FIRST, [ANN_DORMANT])
    before = shop.asked("from marts.segment_history")
    for _ in range(2):
        assert shop.run(FIRST, [ANN_DORMANT]).belief_count == 0
    assert shop.asked("from marts.segment_history") == before


def test_a_run_that_is_behind_says_so_and_adds_nothing(shop: Shop) -> None:
    shop.run(SECOND, [ANN_DORMANT])
    recorded = shop.run(FIRST, [ANN_LEFT_OVER])
    assert "knows 2026-01-02 00:00:00 already" in str(recorded)
    assert recorded.belief_count == 0
    assert shop.asked("from segments.segment_changes") == []
    assert len(standing(shop)) == 1
    [(runs,)] = shop.asked("select count(*) from ledger.segment_runs")
    assert runs == 1


def test_where_inputs_have_another_column_no_clause_is_told(shop: Shop) -> None:
    """What was not kept then cannot be judged."""
    shop.run(FIRST, [ANN_LEFT_OVER], {"ann": BUSY})
    shop.build.execute("delete from ledger.last_inputs")
    shop.run(SECOND, [ANN_DORMANT], {"ann": QUIET})
    (told,) = (row for row in standing(shop) if row[0] == "dormant")
    assert told[1:4] == (None, None, "a clause flipped")


@pytest.mark.parametrize(
    ("days", "expected"), [(0, ["bob"]), (0.9, ["bob"]), (1, []), (-0.1, [])]
)
def test_both_ends_of_an_interval(shop: Shop, days: float, expected: list[str]) -> None:
    """The moment of entering is in, that of leaving is not."""
    shop.run(FIRST, [("bob", "dormant")])
    shop.run(SECOND, [("bob", "lapsed")])
    shop.build.execute("use tessera.marts")
    moment, known = FIRST + timedelta(days=days), datetime(2999, 1, 1)
    assert members(shop.build, "dormant", moment, known) == expected


def test_the_paper_asks_what_the_function_asks() -> None:
    text = (PROJECT_DIR / "docs" / "ledger.md").read_text("utf-8")
    (query,) = re.findall(r"```sql\n--[^\n]*\n(.*?)```", text, re.DOTALL)
    for literal, name in (
        ("'dormant'", "$segment"),
        ("timestamp '2026-05-01'", "$moment"),
        ("timestamp '2026-05-03'", "$known"),
    ):
        query = query.replace(literal, name)
    assert query.split() == AS_KNOWN.split()


def test_stability_counts_who_came_and_went(shop: Shop) -> None:
    ann, bob, cid = (ANN_DORMANT, ("bob", "dormant"), ("cid", "dormant"))
    shop.run(FIRST, [ann, bob])
    shop.run(SECOND, [ann, cid])
    shop.run(THIRD + timedelta(days=1), [cid])
    rows = shop.asked(
        "select day_on, member_count, entered_count, left_count, moved_count,"
        " churn_share from marts.segment_stability where segment_name = 'dormant'"
        " order by all"
    )
    assert rows == [
        (date(2026, 1, 1), 2, 2, 0, 2, None),
        (date(2026, 1, 2), 2, 1, 1, 2, 0.5),
        (date(2026, 1, 3), 2, 0, 0, 0, 0.0),
        (date(2026, 1, 4), 1, 0, 1, 1, 0.5),
    ]


def test_stability_knows_days_of_the_shop_and_who_came_and_went_on_one(
    shop: Shop,
) -> None:
    """In Berlin the day ends an hour before; who leaves and comes back moved once."""
    late = FIRST + timedelta(hours=22, minutes=30)
    for hours, held in enumerate([True, False, True, False]):
        ann = ANN_DORMANT if held else ANN_LEFT_OVER
        shop.run(late + timedelta(minutes=15 * hours), [ann])
    rows = shop.asked(
        "select day_on, member_count, entered_count, left_count, moved_count,"
        " churn_share from marts.segment_stability where segment_name = 'dormant'"
        " order by all"
    )
    assert rows == [
        (date(2026, 1, 1), 0, 1, 1, 1, None),
        (date(2026, 1, 2), 0, 1, 1, 1, None),
    ]
