"""Each rule, broken once: what passes the sound shop refuses the broken one."""

from collections.abc import Callable

import pytest
from judging import judge

from expectations import GateResult
from expectations.parts.siblings import SAID
from warehouse.settings import Settings

pytestmark = pytest.mark.usefixtures("without_pages")
FIRST_FILE = "where path = 'web/events/a'"
FIRST = "where customer_id = 'c-1'"
NOW = "as_of_at = timestamp '2026-03-01'"
REFUNDED = "set net_revenue_amount = -1 where customer_id < 'c-2'"
PAIR = "left_segment = 'new_customer' and right_segment = 'repeat_buyer'"
SILHOUETTE = 'update ml.models set metrics = \'{{"metrics": {{"silhouette": {0}}}}}\''
OLDER = "scored_at < timestamp '2026-01-30'"
OTHER = "set model_version = 'v0'"
WRONG = "scores backtest_wrong"
JUDGED = "update ml.propensity_backtest"
STALE = "set as_of_at = as_of_at - interval 1 day"

# gate, entry: what to do to the shop.
BLOCKED = {
    "ingest volume:crm/contacts": "delete from staging.file_reconciliation"
    " where source = 'crm'",
    "ingest lines_reconciled": "update staging.file_reconciliation"
    f" set accepted_count = accepted_count - 1 {FIRST_FILE}",
    "ingest quarantine_listed": f"delete from staging.quarantine {FIRST_FILE}",
    "ingest key_columns_found": "update staging.file_columns set found_as = null"
    " where column_name = 'id'",
    "ingest quarantined_share:web/events": "update staging.file_reconciliation"
    f" set quarantined_count = 9, accepted_count = line_count - 11 {FIRST_FILE}",
    "ingest freshness": "update staging.as_of set as_of_at = as_of_at + interval 4 day",
    "ingest web_keys_unique": "insert into staging.web_events"
    " from staging.web_events limit 1",
    "ingest web_moments_known": "update staging.web_events"
    " set occurred_at = received_at + interval 3601 second where event_id = 'w-7'",
    "ingest esp_keys_unique": "update staging.esp_events"
    " set event_id = 'e-1' where event_id = 'e-2'",
    "ingest esp_moments_known": "update staging.esp_events"
    " set received_at = null where event_id = 'e-2'",
    "ingest shop_keys_unique": "update staging.shop_orders"
    " set order_key = 'o-1' where order_key = 'o-2'",
    "ingest shop_moments_known": "update staging.shop_orders"
    " set order_key = null where order_key = 'o-2'",
    "ingest orders_have_money": "update staging.shop_orders"
    " set total_amount = -1 where order_key = 'o-1'",
    "behavior sessions_apart": "update behavior.sessions"
    " set ended_at = started_at + interval 400 minute where session_id = 's-w-409'",
    "behavior sessions_whole": "delete from behavior.sessions"
    " where session_id = 's-w-9'",
    "behavior orders_once": "insert into behavior.orders from behavior.orders limit 1",
    "behavior orders_sensible": "update behavior.orders set ordered_at = timestamp"
    " '2026-03-01 01:00:01' where order_key = 'shop:o-1'",
    "behavior stays_tile": "update lifecycle.lifecycle_history"
    f" set left_at = left_at + interval 1 second {FIRST} and left_at is not null",
    "behavior everybody_in_a_stage": f"delete from lifecycle.lifecycle_history {FIRST}",
    "behavior transitions_whole": "update lifecycle.lifecycle_transitions"
    " set customer_count = customer_count - 1 where to_stage = 'lapsed'",
    "identity profiles_unique": "insert into identity.golden_profiles"
    " from identity.golden_profiles limit 1",
    "identity records_mapped_once": "insert into identity.identity_map"
    " select record_id, 'c-2', as_of_at from identity.identity_map"
    " where record_id = 'web:1'",
    "identity records_have_profile": f"delete from identity.golden_profiles {FIRST}",
    "identity profiles_have_records": "delete from identity.identity_map"
    " where record_id = 'web:1'",
    "identity events_have_customer": "update behavior.events"
    " set is_bot = false where event_id = 'bot'",
    "identity records_per_customer": "update identity.identity_map"
    " set customer_id = 'c-0' where record_id like 'web:1%'",
    "identity largest_customer_share": "insert into identity.identity_map"
    " select 'crm:' || i, 'c-' || i % 40, null from range(1000) as rows(i)",
    "features one_row_per_moment": "insert into features.customer_features"
    " from features.customer_features limit 1",
    "features one_row_now": f"delete from features.customer_features {FIRST} and {NOW}",
    "features keys_known": "update features.customer_features"
    f" set is_identified = null {FIRST}",
    "features counts_known": "update features.customer_features"
    f" set cart_add_count = null {FIRST}",
    "features ages_not_negative": "update features.customer_features"
    f" set days_since_last_activity = -1 {FIRST}",
    "features numbers_finite": "update features.customer_features"
    f" set seasonality_strength = 'nan' {FIRST}",
    "features shares_in_range": "update features.customer_features"
    f" set email_click_30d_share = 1.5 {FIRST}",
    "features nothing_from_the_future": "update features.customer_features"
    f" set last_activity_at = as_of_at + interval 1 second {FIRST}",
    "features labels_known": "update features.training_set"
    f" set purchased_within_30d = null {FIRST}",
    "features windows_nested": "update features.customer_features"
    f" set order_30d_count = 2 {FIRST}",
    "features product_acts_reconciled": "update features.bought_products"
    " set act_count = 5",
    "scores probabilities_in_range": "update ml.propensity_scores"
    f" set purchase_30d_probability = 1.01 {FIRST}",
    "scores scores_complete": f"delete from ml.propensity_scores {FIRST}",
    "scores scores_of_a_model": "delete from ml.models",
    "scores clusters_of_a_model": "update ml.models set model_name = 'clustering'",
    "scores calibration": "update ml.models"
    """ set metrics = '{"metrics": {"ece": 0.2}}' where state = 'champion'""",
    "scores backtest_wrong:purchase_30d/calibration": f"{JUDGED} set ece = 0.23",
    "scores backtest_wrong:purchase_30d/ranking": f"{JUDGED} set roc_auc = 0.35",
    "scores clusters_exist": SILHOUETTE.format(0.01),
    "scores high_probability_share": "update marts.propensity_scores"
    " set is_high_value = true where score_decile < 4",
    "scores clusters_complete": "insert into ml.customer_clusters"
    " from ml.customer_clusters limit 1",
    "scores advice_of_a_model": "update ml.product_recommendations"
    f" set model_version = 'v0' {FIRST}",
    "scores neighbors_of_a_model": "update ml.product_neighbors"
    " set model_version = 'v0' where product_id = 'p-1'",
    "scores advice_complete": f"delete from ml.product_recommendations {FIRST}",
    "scores advice_ranked": "update ml.product_recommendations"
    f" set score = 0.6 {FIRST} and rank = 3",
    "scores advice_allowed": "update features.product_interactions"
    f" set occurred_at = occurred_at + interval 1 second {FIRST}",
    "scores neighbors_ranked": "delete from ml.product_neighbors"
    " where product_id = 'p-1' and rank = 1",
    "scores neighbors_allowed": "update features.products_now"
    " set is_suppressed = true where product_id = 'p-1';"
    " delete from ml.product_recommendations where product_id = 'p-1'",
    "segments one_primary": f"delete from segments.primary_segments {FIRST}",
    "segments primary_is_member": "update segments.primary_segments"
    f" set segment_name = 'high_value' {FIRST}",
    "segments members_known": "update segments.segment_memberships"
    f" set as_of_at = as_of_at - interval 1 day {FIRST}",
    "segments exclusive_groups": "insert into segments.segment_memberships"
    " select customer_id, 'repeat_buyer', as_of_at from segments.segment_memberships"
    f" {FIRST}",
    "segments overlap_true": "update segments.segment_overlap"
    f" set customer_count = customer_count + 1 where {PAIR}",
    "segments summary_true": "update segments.segment_summary"
    " set customer_count = 7 where segment_name = 'high_value'",
    "segments beliefs_apart": "update segments.standing_beliefs set left_at ="
    " (select max(as_of_at) from staging.as_of) + interval 1 second"
    " where belief_id = 'c-2/dormant/1'",
    "segments beliefs_true": "delete from segments.segment_changes"
    " where customer_id = 'c-1'",
    "segments overlap:new_customer+repeat_buyer": "update segments.segment_overlap"
    f" set customer_count = 21, left_count = 100 where {PAIR}",
    "segments catch_all_share:everyone_else": "update segments.primary_segments"
    " set segment_name = 'everyone_else' where segment_name = 'new_customer'",
    "segments share:repeat_buyer": "update segments.segment_summary"
    " set customer_count = 300 where segment_name = 'repeat_buyer'",
    "publication one_moment": "update marts.carts"
    " set as_of_at = as_of_at - interval 1 day where cart_id = 'cart-1'",
    "publication rows_reconciled:customers": f"delete from marts.customers {FIRST}",
    "publication rows_reconciled:sessions": "insert into marts.sessions"
    " from marts.sessions limit 1",
    "publication lines_published:landed lines": "delete from marts.data_quality"
    " where load_seq = 1",
    "publication lines_published:accepted web events": "delete from behavior.events"
    " where event_id = 'bot'",
    "publication lines_published:accepted email events": "delete from behavior.events"
    " where event_id = 'e-1'",
    "publication lines_published:events of visitors": "update marts.sessions"
    " set event_count = 2 where session_id = 's-w-7'",
    "publication lines_published:accepted orders": "insert into behavior.orders"
    " from behavior.orders where source = 'shop' limit 1",
    "publication columns_kept": "alter table marts.customers drop as_of_at",
    "publication marts_filled:sessions": "delete from marts.sessions",
    "publication rows_kept:sessions": "delete from marts.sessions"
    " where session_id like '%7%'",
    "publication share_drift:repeat_buyer": "update segments.segment_summary"
    " set customer_count = 20 where segment_name = 'repeat_buyer'",
}
WARNED = {
    "behavior bot_share": "update behavior.events set is_bot = true",
    "behavior unknown_order_share": "update behavior.orders"
    " set order_id = '#' || order_id where source = 'web' and order_id like '%1%'",
    "ingest duplicate_share:web/events": "update staging.file_reconciliation"
    f" set duplicate_count = 199, accepted_count = line_count - 200 {FIRST_FILE}",
    "ingest columns_unchanged": "update staging.column_changes set load_seq = 16",
    "ingest files_usable": "update staging.file_reconciliation"
    " set quarantined_count = line_count, accepted_count = 0, duplicate_count = 0"
    " where load_seq = 16",
    "ingest told_once": "insert into staging.told_twice values"
    " ('shop', 'orders', 'o-1', 1)",
    "ingest source_freshness:esp": "update staging.esp_events"
    " set received_at = received_at - interval 8 day",
    "identity decisions_name_somebody": "delete from identity.identity_named_values"
    " where side = 'right'",
    "features suppressed_products_known": "update features.suppressed_products"
    " set is_known = false",
    "features negative_revenue_share": f"update features.customer_features {REFUNDED}",
    "publication not_behind": "update staging.as_of"
    " set as_of_at = as_of_at - interval 1 hour",
    "publication rows_grown:sessions": "insert into marts.sessions"
    " select rows.* from marts.sessions as rows cross join range(3)",
    "publication segments_kept": "delete from segments.segment_summary"
    " where segment_name = 'dormant'",
    "segments coverage": "delete from segments.segment_memberships"
    " where segment_name <> 'everyone_else'",
    "scores feature_drift": "update ml.model_drift set verdict = 'drifted'"
    " where feature = 'order_count'",
    "scores score_drift": "update ml.model_drift set verdict = 'drifted'"
    " where feature = 'score'",
    "scores backtest_drift:purchase_30d": f"{JUDGED} set ece = 0.08",
    "scores backtest_drift:purchase_30d/level": f"{JUDGED} set predicted_share = 0.27",
    "scores clusters_distinct": SILHOUETTE.format(0.1),
    "scores ranking": "update ml.models"
    """ set metrics = '{"metrics": {"roc_auc": 0.5}}' where state = 'champion'""",
    "scores largest_cluster_share": "update ml.customer_clusters set cluster_id = 0",
}

for model in ("purchase_7d", "purchase_90d", "churn"):
    alone, wrong = f"where model_name = '{model}'", f"{WRONG}:{model}"
    least = f"{JUDGED} set predicted_share = 0.036 {alone}"
    WARNED |= {
        f"scores backtest_drift:{model}": f"{JUDGED} set ece = 0.13 {alone}",
        f"scores backtest_drift:{model}/level": least,
        f"{wrong}/calibration": f"{JUDGED} set ece = 0.23 {alone}",
        f"{wrong}/ranking": f"{JUDGED} set roc_auc = 0.35 {alone}",
    }

for model, (table, column, _) in SAID.items():
    BLOCKED |= {
        f"scores {model}_in_range": f"update {table} set {column} = -0.01 {FIRST}",
        f"scores {model}_of_a_model": "delete from ml.models",
        f"scores {model}_complete": f"delete from {table} {FIRST}",
    }
    WARNED[f"scores {model}_holds"] = (
        "update ml.models set metrics ="
        """ '{"metrics": {"ece": 0.1001, "skill": -0.051}}'"""
    )


@pytest.mark.parametrize(("place", "sql"), BLOCKED.items(), ids=BLOCKED)
def test_a_broken_rule_fails_its_entry(
    place: str, sql: str, changed_shop: Callable[[str], Settings]
) -> None:
    found = judge(place, changed_shop(sql))
    assert found.state == "failed"
    assert found.severity == "block"
    assert found.is_blocking
    assert found.message.count(". ") >= 1, "what is wrong, and what to do"


@pytest.mark.parametrize(("place", "sql"), WARNED.items(), ids=WARNED)
def test_a_warning_is_told_and_blocks_nothing(
    place: str, sql: str, changed_shop: Callable[[str], Settings]
) -> None:
    found = judge(place, changed_shop(sql))
    assert found.state == "warned"
    assert not found.is_blocking


def test_every_rule_is_broken_here_once(
    sound_results: dict[str, list[GateResult]],
) -> None:
    told = {
        f"{result.gate} {result.entry.split(':')[0]}"
        for results in sound_results.values()
        for result in results
    }
    broken = {place.split(":")[0] for place in BLOCKED | WARNED}
    elsewhere = {"segments profile_names", "publication former_read"}
    assert told - broken == elsewhere, "see test_profiles and test_against_last"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("ml.churn_scores", "probability", "1.0001"),
        ("ml.churn_scores", "probability", "null"),
        ("ml.order_value_amounts", "next_order_value_amount", "'inf'"),
        ("ml.order_value_amounts", "next_order_value_amount", "'nan'"),
    ],
)
def test_what_a_sibling_says_can_be(
    table: str, column: str, value: str, changed_shop: Callable[[str], Settings]
) -> None:
    shop = changed_shop(f"update {table} set {column} = {value} {FIRST}")
    model = {one: name for name, (one, *_) in SAID.items()}[table]
    assert judge(f"scores {model}_in_range", shop).state == "failed"


@pytest.mark.parametrize(
    ("place", "state", "sql"),
    [
        ("scores backtest_drift", "passed", "set ece = 0.06"),
        ("scores backtest_drift", "passed", f"set ece = 0.9 where {OLDER}"),
        ("scores backtest_drift", "passed", "set predicted_share = 0.25"),
        ("scores backtest_drift", "passed", "set predicted_share = 0.04"),
        (
            "scores backtest_drift:churn/level",
            "not applicable",
            "set actual_share = 0.04, predicted_share = 0.4",
        ),
        (f"{WRONG}:purchase_30d/calibration", "not applicable", f"{OTHER}, ece = 0.9"),
        (f"{WRONG}:churn/calibration", "not applicable", f"{OTHER}, ece = 0.9"),
        (WRONG, "passed", "set roc_auc = 0.45"),
        (f"{WRONG}:purchase_30d/ranking", "not applicable", "set roc_auc = null"),
        ("scores backtest_drift:purchase_30d", "not applicable", STALE),
        ("scores backtest_drift:churn", "not applicable", STALE),
        ("scores feature_drift", "passed", STALE),
    ],
)
def test_scores_are_held_to_what_came_true_and_to_no_luck(
    place: str, state: str, sql: str, changed_shop: Callable[[str], Settings]
) -> None:
    """Neither to older moments, nor to what another model said."""
    shop = changed_shop(f"update ml.propensity_backtest {sql}")
    assert judge(place, shop).state == state


def test_a_model_that_was_not_judged_yet_says_so_and_hides_no_other(
    changed_shop: Callable[[str], Settings],
) -> None:
    """Each by the days of its own question."""
    young = "delete from ml.propensity_backtest where model_name <> 'purchase_7d'"
    shop = changed_shop(f"{young}; {JUDGED} set ece = 0.13")
    assert judge("scores backtest_drift:purchase_7d", shop).state == "warned"
    for model, days in (("purchase_30d", 30), ("purchase_90d", 90), ("churn", 60)):
        told = judge(f"scores backtest_drift:{model}", shop)
        assert told.state == "not applicable"
        assert f"no score of {model} that was kept is {days} days" in told.message
