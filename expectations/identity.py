"""Gate: golden profiles are unique, nobody is orphaned, nobody swallowed the rest."""

from expectations.engine.gate import Gate
from expectations.engine.profiles import Bounds
from expectations.engine.rules import NoOffenders, Rule, Standard, WithinBounds
from expectations.engine.shop import Shop

MAP = "identity.identity_map"
PROFILES = "identity.golden_profiles"
NOBODY = f"""
    select case when (select count(*) from {MAP}) = 0
            and (select count(*) from {PROFILES}) = 0
        then 'there are no records of people yet' end
"""
# Below this many records one customer is easily a large part of all.
JUDGED_FROM_RECORDS = 1000


def rules(shop: Shop) -> list[Rule]:
    """One profile a customer, one customer a record, none without the other."""
    return [
        PROFILES_UNIQUE,
        RECORDS_MAPPED_ONCE,
        RECORDS_HAVE_PROFILE,
        PROFILES_HAVE_RECORDS,
        EVENTS_HAVE_CUSTOMER,
        DECISIONS_NAME_SOMEBODY,
        _records_per_customer(shop.profile.records_per_customer),
        _largest_customer(shop.profile.largest_customer_share),
    ]


PROFILES_UNIQUE = Standard(
    entry="profiles_unique",
    expects="Every golden profile has a customer_id of its own",
    table=PROFILES,
    expectation="ExpectColumnValuesToBeUnique",
    arguments={"column": "customer_id"},
    unless=NOBODY,
    remedy="Two profiles of one customer: look at survivorship in models/identity",
)

RECORDS_MAPPED_ONCE = NoOffenders(
    entry="records_mapped_once",
    expects="Every record belongs to exactly one customer",
    table=MAP,
    offenders=f"""
        select record_id, count(customer_id) as customer_count
        from {MAP} group by record_id
        having count(*) <> 1 or count(customer_id) <> 1 or record_id is null
    """,
    unless=NOBODY,
    remedy="A record in two components: look at identity_map in models/identity",
)

RECORDS_HAVE_PROFILE = NoOffenders(
    entry="records_have_profile",
    expects="Every record in identity_map has a golden profile",
    table=MAP,
    offenders=f"""
        select record_id, customer_id from {MAP} as records
        where not exists (
            select 1 from {PROFILES} as profiles
            where profiles.customer_id = records.customer_id
        )
    """,
    unless=NOBODY,
    remedy="An orphan record would lose its history: rebuild golden_profiles",
)

PROFILES_HAVE_RECORDS = NoOffenders(
    entry="profiles_have_records",
    expects="Every golden profile has a record",
    table=PROFILES,
    offenders=f"""
        select customer_id from {PROFILES} as profiles
        where customer_id is null or not exists (
            select 1 from {MAP} as records
            where records.customer_id = profiles.customer_id
        )
    """,
    unless=NOBODY,
    remedy="A profile of nobody: rebuild golden_profiles from identity_map",
)

EVENTS_HAVE_CUSTOMER = NoOffenders(
    entry="events_have_customer",
    expects="Every event of a person leads to a customer",
    table="behavior.events",
    offenders=f"""
        select record_id, count(*) as event_count from behavior.events as events
        where record_id is not null and not is_bot
            and received_at <= (select as_of_at from staging.as_of) and not exists (
            select 1 from {MAP} as records
            where records.record_id = events.record_id
        )
        group by record_id
    """,
    unless="""
        select case when count(*) = 0 then 'there are no events' end
        from behavior.events
    """,
    remedy="The record is missing from identity_map: its events would count for nobody",
)

DECISIONS_NAME_SOMEBODY = NoOffenders(
    entry="decisions_name_somebody",
    expects="Every decision that counts names identifiers that some record has",
    table="identity.identity_decisions",
    offenders="""
        select decision_id, decision, left_type, right_type, decided_at
        from identity.identity_decisions as decisions
        where valid_to is null and decision <> 'withdrawn' and (
            select count(distinct side) from identity.identity_named_values as named
            where named.decision_id = decisions.decision_id
        ) < 2
    """,
    severity="warn",
    unless="""
        select case when count(*) = 0 then 'nobody has decided anything' end
        from identity.identity_decisions
    """,
    remedy="Look at the spelling in data/raw/identity/decisions, or wait: a decision "
    "counts as soon as a record has what it names",
)


def _records_per_customer(bounds: Bounds) -> Rule:
    return WithinBounds(
        entry="records_per_customer",
        expects="No customer is made of very many records",
        table=MAP,
        measures=f"""
            select null as item, max(record_count) as observed, {bounds.sql()},
                null as reason
            from (
                select count(*) as record_count from {MAP} group by customer_id
            )
        """,
        unless=NOBODY,
        remedy="A shared identifier joins strangers: find it in identity links, and "
        "add it to the junk identifiers or lower its cap",
    )


def _largest_customer(bounds: Bounds) -> Rule:
    return WithinBounds(
        entry="largest_customer_share",
        expects="No customer holds a large share of all records",
        table=MAP,
        measures=f"""
            select null as item, max(record_count) / sum(record_count) as observed,
                {bounds.sql()},
                case when sum(record_count) < {JUDGED_FROM_RECORDS}
                    then 'there are fewer than {JUDGED_FROM_RECORDS} records'
                end as reason
            from (
                select count(*) as record_count from {MAP} group by customer_id
            )
        """,
        unit="share",
        unless=NOBODY,
        remedy="Components grew together: find the identifier that joins them",
    )


GATE = Gate(
    name="identity",
    stage="before_ml",
    title="Who is who",
    description=(
        "Golden profiles are unique; every record has a profile and every profile a "
        "record; no customer is a heap of strangers."
    ),
    rules=rules,
)
