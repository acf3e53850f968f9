"""A build database in miniature: every table that a gate reads, all of it sound."""

from datetime import datetime
from pathlib import Path

from warehouse.connection import connect
from warehouse.publishing import publish
from warehouse.settings import Settings

AS_OF = "timestamp '2026-03-01 00:00:00'"

STAGING = f"""
create schema staging;
create table staging.as_of as
select {AS_OF} as as_of_at, interval 60 minute as clock_tolerance;
create table staging.file_reconciliation as
select source, entity, source || '/' || entity || '/' || file as path,
    row_number() over (order by source, entity, file) as load_seq,
    line_count::bigint as line_count,
    line_count - 3 as accepted_count, 2::bigint as duplicate_count,
    1::bigint as quarantined_count, 0::bigint as erased_count
from (values ('web', 'events'), ('shop', 'customers'), ('shop', 'orders'),
        ('shop', 'order_lines'), ('shop', 'products'), ('esp', 'events'),
        ('esp', 'subscribers'), ('crm', 'contacts')) as entities(source, entity)
cross join (values ('a', 400), ('b', 300)) as files(file, line_count);
create table staging.quarantine as
select source, entity, path, 7::bigint as line_number, 'malformed_json' as reason,
    'someone@example.com' as raw_text, null::boolean as is_mended, load_seq
from staging.file_reconciliation;
create table staging.landed_files as
select load_seq, line_count, erased_count,
    {AS_OF} - to_days(20 - load_seq::integer) as landed_at
from staging.file_reconciliation;
create table staging.declared_columns as
select 'shop' as source, 'orders' as entity, [['id']] as key_columns;
create table staging.file_columns as
select source, entity, path, load_seq, 'csv' as form, column_name,
    column_name as found_as, line_count as row_count, 0 as filled_count
from staging.file_reconciliation cross join (values ('id'), ('note')) as n(column_name)
where entity = 'orders';
create table staging.column_changes as
select path, load_seq, 'gone' as change_kind, 'note' as column_name,
    line_count as empty_count
from staging.file_reconciliation where load_seq = 1;
create table staging.told_twice (source text, entity text, id text, load_seq bigint);
create table staging.web_events as
select 'w-' || i as event_id, 'web:' || (i % $customers) as visitor_id,
    {AS_OF} - to_minutes(i % 40000 + 2) as occurred_at,
    {AS_OF} - to_minutes(i % 40000 + 1) as received_at, 15::bigint as load_seq
from range($customers * 10) as rows(i)
union all
select 'bot', null, {AS_OF} - interval 9 day, {AS_OF} - interval 9 day, 15;
create table staging.esp_events as
select 'e-' || i as event_id, 'esp:' || (i % $customers // 3 * 3) as subscriber_id,
    {AS_OF} - to_minutes(i % 40000 + 60) as occurred_at,
    {AS_OF} - to_minutes(i % 40000 + 60) as received_at, 3::bigint as load_seq
from range($customers * 3) as rows(i);
create table staging.shop_orders as
select 'o-' || i as order_key, i::varchar as order_id,
    20 + i % 80 as total_amount, 'EUR' as currency,
    {AS_OF} - to_hours(i % 900 + 2) as created_at, 11::bigint as load_seq
from range($customers // 2) as rows(i);
create table staging.shop_customers as
select {AS_OF} - interval 2 day as created_at, 7::bigint as load_seq;
create table staging.stg_crm__contacts as
select {AS_OF} - interval 20 day as created_at, 1::bigint as load_seq;
"""

IDENTITY = f"""
create schema identity;
create table identity.identity_map as
select 'web:' || i as record_id, 'c-' || i as customer_id, {AS_OF} as as_of_at
from range($customers) as rows(i)
union all
select 'esp:' || i, 'c-' || i, {AS_OF} from range(0, $customers, 3) as rows(i);
create table identity.identity_decisions as
select 'd-1' as decision_id, 'cannot_link' as decision, 'email' as left_type,
    'device' as right_type, {AS_OF} as decided_at, null::timestamp as valid_to;
create table identity.identity_named_values as
select 'd-1' as decision_id, unnest(['left', 'right']) as side, 'x' as evidence_hash;
create table identity.golden_profiles as
select 'c-' || i as customer_id, 'someone' || i || '@example.com' as email
from range($customers) as rows(i);
create schema behavior;
create table behavior.events as
select event_id, 'web' as source, coalesce(visitor_id, 'web:bot') as record_id,
    visitor_id, occurred_at, received_at,
    event_id = 'bot' or event_id like 'w-%5' as is_bot
from staging.web_events
union all
select event_id, 'esp', subscriber_id, null, occurred_at, received_at, false
from staging.esp_events;
create table behavior.orders as
select source || ':' || order_key as order_key, order_id, source,
    created_at as ordered_at, 0.00::decimal(38, 2) as refunded_amount
from staging.shop_orders
cross join (values ('shop'), ('web')) as tellers(source);
create table behavior.sessions as
select 's-' || event_id as session_id, visitor_id, occurred_at as started_at,
    occurred_at + interval 5 minute as ended_at, 1::bigint as event_count
from staging.web_events where visitor_id is not null;
create table behavior.cart_states as
select 'cart-' || i as cart_id from range($customers) as rows(i);
create table behavior.email_engagement as
select 'message-' || i as message_id from range($customers) as rows(i);
create schema lifecycle;
create table lifecycle.lifecycle_history as
select customer_id, lifecycle_stage, former_stage, entered_at, left_at
from identity.golden_profiles
cross join (values
    ('new_visitor', null, {AS_OF} - interval 70 day, {AS_OF} - interval 10 day),
    ('lapsed', 'new_visitor', {AS_OF} - interval 10 day, null)
) as stays(lifecycle_stage, former_stage, entered_at, left_at);
create table lifecycle.lifecycle_transitions as
select from_at, to_at, from_stage, to_stage, $customers::bigint as customer_count
from (values
    (null, {AS_OF} - interval 20 day, 'not yet seen', 'new_visitor'),
    ({AS_OF} - interval 20 day, {AS_OF}, 'new_visitor', 'lapsed')
) as moves(from_at, to_at, from_stage, to_stage);
"""

COUNTS = """
page_view product_view cart_add checkout order email_delivered email_open email_click
email_reply email_unsubscribe activity activity_7d activity_30d activity_prior_30d
activity_90d product_view_7d product_view_30d cart_add_7d cart_add_30d order_30d
order_90d order_365d email_delivered_30d email_open_30d email_click_30d
product_view_15m product_view_48h cart_add_48h activity_24h high_value_click_7d
"""

FEATURES = f"""
create schema features;
create table features.customer_features as
select customer_id, moment.as_of_at, true as is_identified,
    moment.as_of_at - interval 40 day as first_seen_at,
    moment.as_of_at - interval 2 day as last_activity_at,
    40::bigint as tenure_days, 2::bigint as days_since_last_activity,
    null::bigint as days_since_last_order,
    {", ".join(f"1::bigint as {name}_count" for name in COUNTS.split())},
    20.00::decimal(18, 2) as net_revenue_amount,
    0.5::double as email_click_30d_share, 0.25::double as seasonality_strength
from identity.golden_profiles
cross join (
    select {AS_OF} as as_of_at union all select {AS_OF} - interval 30 day
) as moment;
create table features.training_set as
select *, customer_id like '%7' as purchased_within_30d
from features.customer_features
where as_of_at = {AS_OF} - interval 30 day;
create table features.advised_customers as
select customer_id, {AS_OF} as as_of_at from identity.golden_profiles;
create table features.products_now as
select 'p-' || i as product_id, i <> 8 as is_available, i = 9 as is_suppressed
from range(10) as rows(i);
create table features.suppressed_products as
select 'p-9' as product_id, true as is_known, 'p-9' as nearest_product_id,
    'Blue Kettle' as nearest_product_name;
create table features.recommendation_rules as
select 3 as recommendations_per_customer, 30 as just_bought_days;
create table features.product_interactions as
select 'c-' || i as customer_id, 'p-' || (i + 1) % 7 as product_id, 'bought' as kind,
    {AS_OF} - interval 30 day as occurred_at
from range($customers) as rows(i);
create table features.daily_product_states as select 3 as act_count;
create table features.bought_products as select 4 as act_count;
create table features.interaction_reconciliation as
select 'viewed' as kind, 'used' as fate, 7 as act_count;
create view features.customers_now as
select * from features.customer_features
where as_of_at = (select as_of_at from staging.as_of);
"""

ML = f"""
create schema ml;
create table ml.models as
select * from (values
    ('purchase_30d', 'v1', {AS_OF}, 'champion', '',
        '{{"metrics": {{"ece": 0.01, "roc_auc": 0.81}}}}'),
    ('clusters', 'v1', {AS_OF}, 'champion', '', '{{"metrics": {{"silhouette": 0.4}}}}'),
    ('recommendations', 'v1', {AS_OF}, 'champion', '', '{{}}'),
    ('purchase_7d', 'v1', {AS_OF}, 'champion', '', '{{"metrics": {{"ece": 0.01}}}}'),
    ('purchase_90d', 'v1', {AS_OF}, 'champion', '', '{{"metrics": {{"ece": 0.01}}}}'),
    ('churn', 'v1', {AS_OF}, 'champion', '',
        '{{"metrics": {{"ece": 0.2}}, "intervals": {{"ece": [0.1, 0.3]}}}}'),
    ('order_value', 'v1', {AS_OF}, 'champion', '', '{{"metrics": {{"skill": 0.0}}}}')
) as rows(model_name, model_version, as_of_at, state, reason, metrics);
create table ml.propensity_scores as
select 'c-' || i as customer_id, {AS_OF} as as_of_at,
    (i % 100) / 110.0::double as purchase_30d_probability,
    (i % 10 + 1)::bigint as score_decile, 'v1' as model_version
from range($customers) as rows(i);
create table ml.propensity_7d_scores as
select 'c-' || i as customer_id, {AS_OF} as as_of_at, (i % 100) / 110.0 as probability,
    'v1' as model_version
from range($customers) as rows(i);
create table ml.propensity_90d_scores as from ml.propensity_7d_scores;
create table ml.churn_scores as from ml.propensity_7d_scores;
create table ml.order_value_amounts as
select customer_id, as_of_at, 40.0::double as next_order_value_amount, model_version
from ml.churn_scores;
create table ml.model_drift as
select 'purchase_30d' as model_name, 'v1' as model_version, feature,
    0.02::double as psi_unusual, 'stable' as verdict,
    'up to 0: 40.0 % then, 43.0 % now' as largest_shift, {AS_OF} as as_of_at
from (values ('order_count'), ('score')) as rows(feature);
create table ml.propensity_backtest as
select model_name,
    {AS_OF} - interval 30 day - to_days(7 * age::integer) as scored_at,
    'v' || (1 - age) as model_version, decile as score_decile, 40 as customer_count,
    0.1::double as actual_share, 0.1::double as predicted_share,
    400 as moment_count, 0.01::double as ece,
    0.02::double as ece_by_chance, 0.8::double as roc_auc, {AS_OF} as as_of_at
from range(2) as moments(age) cross join range(1, 11) as deciles(decile)
cross join (
    values ('purchase_30d'), ('purchase_7d'), ('purchase_90d'), ('churn')
) as models(model_name);
create table ml.customer_clusters as
select 'c-' || i as customer_id, {AS_OF} as as_of_at, i % 3 as cluster_id,
    'cluster ' || (i % 3) as cluster_name, 'v1' as model_version
from range($customers) as rows(i);
create table ml.cluster_changes as
select {AS_OF} as changed_at, 'new' as kind, i as cluster_id,
    'v1' as model_version
from range(3) as rows(i);
create table ml.product_recommendations as
select 'c-' || i as customer_id, place as rank, 'p-' || (i + place) % 7 as product_id,
    1.0::double / place as score, {AS_OF} as as_of_at, 'v1' as model_version
from range($customers) as rows(i) cross join range(1, 4) as places(place);
create table ml.product_neighbors as
select 'p-' || i as product_id, place as rank,
    'p-' || (i + place) % 7 as neighbor_product_id, 1.0::double / place as score,
    {AS_OF} as as_of_at, 'v1' as model_version
from range(7) as rows(i) cross join range(1, 3) as places(place);
"""

SEGMENTS = f"""
create schema segments;
create table segments.segment_definitions as
select segment_name, segment_name as label, 'CRM team' as owner, kind, rule_text,
    exclusive_group, minimum_share, maximum_share,
    row_number() over () as priority, []::varchar[] as allowed_overlaps,
    kind = 'catch_all' as is_catch_all
from (values
    ('repeat_buyer', 'rule', 'order_count > 1', 'buyers', 0.1, 0.6),
    ('new_customer', 'rule', 'order_count = 1', 'buyers', null, 0.6),
    ('lapsed', 'rule', 'days_since_last_order > 60', 'buyers', null, 0.6),
    ('cart_abandoner', 'rule', 'cart_add_count > 0', null, null, 0.5),
    ('high_intent_hesitant', 'rule', 'product_view_count > 0', null, null, 0.5),
    ('dormant', 'rule', 'email_open_count > 0', null, null, 0.5),
    ('high_value', 'score', 'purchase_30d_probability > 0.8', null, null, null),
    ('everyone_else', 'catch_all', 'no other segment', null, null, 0.4)
) as rows(segment_name, kind, rule_text, exclusive_group, minimum_share, maximum_share);
create table segments.segment_versions as
select segment_name, md5(rule_text) as definition_hash,
    case when kind = 'score' then 'v1' end as model_version
from segments.segment_definitions;
create table segments.segment_memberships as
select customer_id, segment_name, {AS_OF} as as_of_at from (
    select 'c-' || i as customer_id, unnest(case i % 4
        when 0 then ['repeat_buyer'] when 1 then ['new_customer']
        when 2 then ['repeat_buyer', 'dormant'] else ['everyone_else']
    end || case i % 9
        when 0 then ['cart_abandoner'] when 1 then ['high_intent_hesitant'] else []
    end) as segment_name
    from range($customers) as rows(i)
);
create table segments.primary_segments as
select customer_id, max(segment_name) as segment_name
from segments.segment_memberships group by customer_id;
create table segments.standing_beliefs as
select customer_id || '/' || segment_name || '/1' as belief_id, customer_id,
    segment_name, {AS_OF} - interval 9 day as entered_at, null::timestamp as left_at
from segments.segment_memberships where segment_name <> 'dormant';
insert into segments.standing_beliefs values ('c-1/lapsed/1', 'c-1', 'lapsed',
    {AS_OF} - interval 9 day, null), ('c-2/dormant/1', 'c-2', 'dormant',
    {AS_OF} - interval 9 day, {AS_OF} - interval 7 day);
create table segments.segment_changes as
select null::text as former_belief_id, customer_id || '/dormant/2' as belief_id,
    customer_id, segment_name, {AS_OF} as entered_at, null::timestamp as left_at
from segments.segment_memberships where segment_name = 'dormant';
insert into segments.segment_changes values ('c-1/lapsed/1', 'c-1/lapsed/2', 'c-1',
    'lapsed', {AS_OF} - interval 9 day, {AS_OF});
create table staging.stg_ledger__segment_runs as
select {AS_OF} - to_days(i::integer) as as_of_at from range(7, 9) as rows(i);
create table segments.segment_summary as
select definitions.segment_name, count(customer_id) as customer_count,
    count(customer_id) / $customers as customer_share, 'ready' as state,
    null::varchar as reason
from segments.segment_definitions as definitions
left join segments.segment_memberships as members
    on definitions.segment_name = members.segment_name
group by definitions.segment_name;
create table segments.segment_overlap as
with sized as (
    from segments.segment_summary natural inner join segments.segment_definitions
)
select one.segment_name as left_segment, other.segment_name as right_segment,
    (
        select count(*) from segments.segment_memberships as left_member
        inner join segments.segment_memberships as right_member
            on left_member.customer_id = right_member.customer_id
        where left_member.segment_name = one.segment_name
            and right_member.segment_name = other.segment_name
    ) as customer_count,
    one.customer_count as left_count, other.customer_count as right_count,
    0.0::double as jaccard,
    if(one.exclusive_group is null or other.exclusive_group is null, null, 0.2)::double
        as allowed_share
from sized as one inner join sized as other on one.segment_name < other.segment_name;
"""

# What a mart is made of, with the run's moment beside it.
MARTS = {
    "customers": "select customer_id from features.customers_now",
    "customers_masked": "select customer_id from features.customers_now",
    "customer_features": "select customer_id, order_count from features.customers_now",
    "customer_segments": "select customer_id, segment_name from"
    " segments.primary_segments",
    "segment_memberships": "select customer_id, segment_name from"
    " segments.segment_memberships",
    "segment_summary": "select * from segments.segment_summary natural join"
    " (select segment_name, label, kind from segments.segment_definitions)",
    "segment_definition_history": "select *, true as is_in_force from"
    " segments.segment_versions",
    "propensity_scores": "select customer_id, score_decile, purchase_30d_probability"
    " > 0.8 as is_high_value from ml.propensity_scores",
    "sessions": "select session_id, event_count from behavior.sessions",
    "carts": "select cart_id from behavior.cart_states",
    "email_engagement": "select message_id from behavior.email_engagement",
    "data_quality": "select load_seq, line_count from staging.file_reconciliation",
    "identity_review": "select i as pair_id from range(120) as rows(i)",
}


def build_shop(path: Path, customers: int = 400) -> None:
    """Write the database of a sound shop with so many customers."""
    marts = "create schema marts;" + "".join(
        f"create table marts.{name} as select rows.*, as_of_at"
        f" from ({made_of}) as rows cross join staging.as_of;"
        for name, made_of in MARTS.items()
    )
    script = STAGING + IDENTITY + FEATURES + ML + SEGMENTS + marts
    run_sql(path, script.replace("$customers", str(customers)))


def publish_shop(settings: Settings) -> None:
    """Publish it as it is: what the next publication is compared with."""
    publish(settings, datetime(2026, 3, 1))


def run_sql(path: Path, sql: str) -> None:
    """Change a shop's database, for the better or the worse."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = connect(path)
    try:
        connection.execute(sql)
    finally:
        connection.close()
