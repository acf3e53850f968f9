"""What a gate says where something is wrong, as a marketer or an operator reads it."""

from collections.abc import Callable

import pytest
from judging import judge

from warehouse.settings import Settings

pytestmark = pytest.mark.usefixtures("without_pages")
PAIR = "left_segment = 'new_customer' and right_segment = 'repeat_buyer'"
# gate, entry: what to do to the shop, and what is said then.
SAID = {
    "segments overlap:new_customer+repeat_buyer": (
        "update segments.segment_overlap set customer_count = 1812, left_count = 2300,"
        f" right_count = 4000 where {PAIR}",
        "`new_customer` (2,300 customers) and `repeat_buyer` (4,000) share 1,812, which"
        " is 78.78 % of the smaller one; allowed is 20 %. Sharpen a rule of the two in"
        " models/segments/segments.yml, or declare `may_overlap`.",
    ),
    "segments exclusive_groups": (
        "insert into segments.segment_memberships select customer_id, 'repeat_buyer',"
        " as_of_at from segments.segment_memberships where customer_id = 'c-1'",
        "Of the group `buyers`, `new_customer` and `repeat_buyer` share 1 of 400"
        " customers, such as c-1.",
    ),
    "segments coverage": (
        "delete from segments.segment_memberships where segment_name <> 'everyone_else'"
        " and customer_id not in ('c-1', 'c-2')",
        "The rules claim 2 of 400 customers (0.5 %); at least 10 % is expected. The",
    ),
    "segments share:repeat_buyer": (
        "update segments.segment_summary set customer_count = 300"
        " where segment_name = 'repeat_buyer'",
        "`repeat_buyer` has 300 of 400 customers (75 %); expected is at least 0.1 % and"
        " at most 50 % (owner: CRM team). See its rule",
    ),
    "segments catch_all_share:everyone_else": (
        "update segments.primary_segments set segment_name = 'everyone_else'",
        "No rule claims 400 of 400 customers (100 %), so they are in the catch-all"
        " `everyone_else`; allowed is 40 %. Add a segment for them",
    ),
    "scores clusters_distinct": (
        """update ml.models set metrics = '{"metrics": {"silhouette": 0.123}}'""",
        "The 3 clusters hardly differ: their silhouette is 0.12, expected is at least"
        " 0.20. The segments made of them are not valid: `cluster_cluster 0`,"
        " `cluster_cluster 1`, `cluster_cluster 2`. Use none of them for a campaign;",
    ),
    "ingest source_freshness:esp": (
        "update staging.esp_events set received_at = timestamp '2026-02-20 12:00:00'",
        "The source `esp` has told nothing since 2026-02-20 12:00, 8.5 days before"
        " 2026-03-01 00:00, the moment of this run; allowed are 7 days. Look after",
    ),
    "ingest freshness": (
        "update staging.as_of set as_of_at = timestamp '2026-03-10'",
        "Nothing has arrived since 2026-02-28 23:59, 9.0 days before as_of. Look after",
    ),
    "ingest lines_reconciled": (
        "update staging.file_reconciliation set accepted_count = accepted_count - 30"
        " where path = 'web/events/a'",
        "Of the 400 lines of `web/events/a`, 367 are accepted, 2 duplicate, 1"
        " quarantined and 0 erased: 30 are lost. `tessera run --full-refresh`",
    ),
    "ingest volume:crm/contacts": (
        "delete from staging.file_reconciliation where source = 'crm'",
        "0 lines of crm/contacts have landed in all; expected are at least 10. See",
    ),
    "publication rows_reconciled:customers": (
        "delete from marts.customers where customer_id like 'c-1%'",
        "`customers` has 289 rows for 400 of features.customers_now: 111 are missing.",
    ),
    "publication lines_published:accepted web events": (
        "delete from behavior.events where event_id = 'bot'",
        "Of 4,001 accepted web events, 4,000 are in behavior.events: 1 are lost. A",
    ),
    "publication rows_kept:sessions": (
        "delete from marts.sessions where session_id not like '%7%'",
        "`sessions` has 1,084 rows, and had 4,000 in the last publication; allowed are"
        " no fewer than 3,200. See in data_quality",
    ),
}


@pytest.mark.parametrize(("place", "told"), SAID.items(), ids=SAID)
def test_it_is_said_in_sentences(
    place: str, told: tuple[str, str], changed_shop: Callable[[str], Settings]
) -> None:
    sql, said = told
    assert said in judge(place, changed_shop(sql)).message


def test_all_that_is_wrong_is_counted_and_some_of_it_told(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop(
        "update staging.file_reconciliation set accepted_count = accepted_count + 1"
    )
    found = judge("ingest lines_reconciled", settings)
    assert found.observed == "16 files"
    assert "1 are counted twice. And 13 more. `tessera run" in found.message


def test_a_rule_that_asks_for_a_silent_segment_is_silent_too(
    changed_shop: Callable[[str], Settings],
) -> None:
    """`lapsed` asks for `new_customer`, and that for the members of a mail segment."""
    rule = "update segments.segment_definitions set rule_text = 'in_segment(''{0}'')'"
    settings = changed_shop(
        "delete from staging.file_reconciliation where source = 'esp';"
        f"{rule.format('new_customer')} where segment_name = 'lapsed';"
        f"{rule.format('dormant')} where segment_name = 'new_customer'"
    )
    for segment in ("dormant", "new_customer", "lapsed"):
        found = judge(f"segments share:{segment}", settings)
        assert found.state == "not applicable"
        assert "no line of esp/events was accepted" in found.message
