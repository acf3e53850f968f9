"""Finds a person in the build: whose an identifier is, and what else is theirs.

Theirs are all records of their customer, and of what these name what no other customer
names. What another customer names too stays: it is no trace of this person alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from warehouse.connection import connect
from warehouse.erasure.identifiers import Identifier, Kind, email_key, phone_key
from warehouse.errors import TesseraError
from warehouse.settings import Settings

# Everything that a record names, as `warehouse.erasure.identifiers` spells it.
NAMED = """
    create temp table named as
    select distinct record_id, 'email' as kind, email_key(email) as key
    from identity.stated_attributes where email is not null
    union
    select record_id, 'phone', phone_key(phone) from identity.stated_attributes
    where phone is not null
    union
    select record_id, 'user_id', user_id from identity.record_attributes
    union
    select record_id, 'device', identifier_value from identity.identifiers
    where identifier_type = 'device'
    union
    select record_id, 'order', order_id from staging.shop_orders
    union
    select visitor_id, 'order', order_id from staging.web_events
    union
    select coalesce(refunds.record_id, orders.record_id), 'refund', refund_id
    from staging.shop_refunds as refunds
    left join staging.shop_orders as orders using (order_id)
    union
    select record_id, 'record', record_id from identity.records
    union
    select record_id, 'contact', substr(record_id, 5) from identity.records
    where starts_with(record_id, 'crm:')
    union
    select record_id, 'person', substr(record_id, 9) from identity.records
    where starts_with(record_id, 'klaviyo:');
    create temp table denied as
    select distinct record_id, identifier_type as kind, case identifier_type
        when 'email' then email_key(stated_value)
        when 'phone' then phone_key(stated_value)
        else stated_value
    end as key
    from identity.denied_statements;
    delete from named
    where record_id is null or coalesce(key, '') = ''
        -- What was denied to its teller is no trace of them.
        or (record_id, kind, key) in (select (record_id, kind, key) from denied)
        -- What stands for nobody is no trace of anybody.
        or (kind, key) in (
            select (identifier_type, identifier_value) from reference.junk_identifiers
            union all
            select (identifier_type, phone_key(identifier_value))
            from reference.junk_identifiers where identifier_type = 'phone'
        )
        -- Nor is a device on which several accounts logged in: it is nobody's own.
        or record_id in (select record_id from identity.shared_devices)
        or (kind = 'device' and 'web:' || key in (
            select record_id from identity.shared_devices
        ))
"""
# Robots are nobody's record; what one names may be a person's all the same.
OWNED = """
    create temp table owned as
    select named.*, coalesce(known.customer_id, 'none') as customer_id
    from named left join identity.identity_map as known using (record_id)
"""
CUSTOMERS = """
    select distinct customer_id from owned
    where kind = $kind and key = $key and customer_id <> 'none'
"""
RECORDS = """
    select record_id from identity.identity_map
    where list_contains($customers, customer_id)
        and record_id not in (select record_id from identity.shared_devices)
    union
    select record_id from owned
    where customer_id = 'none' and (kind, key) in (
        select (kind, key) from owned where kind <> 'phone' group by kind, key
        having bool_or(list_contains($customers, customer_id))
            and bool_and(
                customer_id = 'none' or list_contains($customers, customer_id)
            )
        union all select (unnest($kinds), unnest($keys))
    )
"""
# Whose a value is, among all that the records name.
VALUES = """
    select kind, key, bool_and(list_contains($records, record_id)) as is_own
    from owned
    where (kind, key) in (
        select (kind, key) from owned where list_contains($records, record_id)
    )
    group by kind, key
"""
# Of what these records name, what others tell too, to whom it was denied.
DENIED = """
    select count(distinct record_id) from denied
    where not list_contains($records, record_id) and (kind, key) in (
        select (kind, key) from owned where list_contains($records, record_id)
        union all select (unnest($kinds), unnest($keys))
    )
"""
# What customers of these records were called, or could have been.
ALIASES = """
    select alias_id from identity.identity_aliases
    where list_contains($records, record_id)
"""
# Which of these ids other customers have now.
OTHERS = """
    select customer_id from identity.identity_map
    where list_contains($ids, customer_id) and not list_contains($records, record_id)
    union
    select alias_id from identity.identity_aliases
    where list_contains($ids, alias_id) and not list_contains($records, record_id)
"""
JUNK = """
    select count(*) from reference.junk_identifiers
    where identifier_type = $kind and (
        identifier_value = $key
        or (identifier_type = 'phone' and phone_key(identifier_value) = $key)
    )
"""
SOURCES = """
    select source, count(*) from identity.records
    where list_contains($records, record_id) group by source order by source
"""


@dataclass(frozen=True)
class Found:
    """A person, or several; all but the counts is personal."""

    identifiers: frozenset[Identifier] = field(repr=False)
    records: frozenset[str] = field(repr=False, default=frozenset())
    customers: frozenset[str] = field(repr=False, default=frozenset())
    aliases: frozenset[str] = field(repr=False, default=frozenset())
    shared_count: int = 0
    """Of the values that they name, those that others name too."""
    record_counts: Mapping[str, int] = field(default_factory=dict)
    """Their records by source."""

    @property
    def names(self) -> list[str]:
        """What tables call them; a record is called after its source, too."""
        hashes = {name.rsplit(":", 1)[1] for name in self.records if _has_hash(name)}
        return sorted(self.records | self.customers | self.aliases | hashes)


class NotOnePersonError(TesseraError):
    """An identifier stands for nobody, or for several people."""


def find(settings: Settings, given: Sequence[Identifier]) -> Found:
    """The people whom these identifiers name, each of them one person.

    Raises:
        NotOnePersonError: an identifier names nobody in particular.
        TesseraError: nothing was built yet.
    """
    with connect(settings.build_path, read_only=True) as build:
        try:
            build.create_function("email_key", email_key, ["VARCHAR"], "VARCHAR")
            build.create_function("phone_key", phone_key, ["VARCHAR"], "VARCHAR")
            build.execute(NAMED)
            build.execute(OWNED)
            customers = {
                name
                for number, one in enumerate(given, start=1)
                for name in _customers(build, one, number)
            }
            return _found(build, frozenset(given), customers)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise TesseraError(
                "nobody can be found: the tables of identity were not built yet",
                where=str(settings.build_path),
                given=str(error).splitlines()[0],
                remedy="Run `tessera run` first: it tells who is who",
            ) from error


def others_among(
    settings: Settings, ids: Collection[str], records: Collection[str]
) -> set[str]:
    """Which of these ids of customers are now those of others than these records."""
    asked = {"ids": sorted(ids), "records": sorted(records)}
    with connect(settings.build_path, read_only=True) as build:
        return {str(name) for (name,) in build.execute(OTHERS, asked).fetchall()}


def _customers(
    build: duckdb.DuckDBPyConnection, one: Identifier, number: int
) -> list[str]:
    values = {"kind": str(one.kind), "key": one.key}
    rows = build.execute(CUSTOMERS, values).fetchall()
    [(junk,)] = build.execute(JUNK, values).fetchall()
    if junk or len(rows) > 1:
        raise NotOnePersonError(
            "this identifier is not one person's",
            where=f"{one.kind}, given as number {number}",
            given="a value that stands for nobody"
            if junk
            else f"{len(rows)} customers have it",
            allowed="what names exactly one customer",
            remedy="Name the person by another email, phone or user id, or by a record"
            " (--record; `tessera explain` lists them). Nothing was erased",
        )
    return [str(name) for (name,) in rows]


def _found(
    build: duckdb.DuckDBPyConnection,
    given: frozenset[Identifier],
    customers: set[str],
) -> Found:
    asked = {
        "customers": sorted(customers),
        "kinds": [str(one.kind) for one in given],
        "keys": [one.key for one in given],
    }
    records = frozenset(name for (name,) in build.execute(RECORDS, asked).fetchall())
    whose = {"records": sorted(records)}
    _refuse_denied(build, asked | whose)
    values = build.execute(VALUES, whose).fetchall()
    aliases = build.execute(ALIASES, whose).fetchall()
    own = {Identifier(Kind(kind), key) for kind, key, is_own in values if is_own}
    return Found(
        identifiers=frozenset(own) | given,
        records=records,
        customers=frozenset(customers),
        aliases=frozenset(str(name) for (name,) in aliases),
        shared_count=len(values) - len(own),
        record_counts=dict(build.execute(SOURCES, whose).fetchall()),
    )


def _refuse_denied(
    build: duckdb.DuckDBPyConnection, asked: Mapping[str, list[str]]
) -> None:
    """A row that tells two people would go with one of them, and never come back."""
    names = {name: asked[name] for name in ("records", "kinds", "keys")}
    [(count,)] = build.execute(DENIED, names).fetchall()
    if count:
        raise NotOnePersonError(
            "somebody else's records tell what is this person's",
            where="a `cannot_link` in data/raw/identity/decisions",
            given=f"{count} records of those to whom it was denied",
            remedy="Correct them at their source and let them land, or take the"
            " decision back; else their rows would go, too. Nothing was erased",
        )


def _has_hash(name: str) -> bool:
    """Whether a record is named after the hash of an address."""
    return name.startswith(("esp:", "shop:email:"))
