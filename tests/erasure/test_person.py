"""Whom an identifier names, and what else is theirs."""

import pytest

from tests.erasure.people import ANN, BOB, HOUSE_PHONE, PHONE
from warehouse.connection import connect
from warehouse.erasure.identifiers import Identifier, Kind, by_kind, identifier
from warehouse.erasure.person import find
from warehouse.errors import TesseraError
from warehouse.settings import Settings


def named(kind: Kind, value: str) -> list[Identifier]:
    """One identifier, as it is typed."""
    found = identifier(kind, value)
    assert found is not None
    return [found]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.EMAIL, ANN),
        (Kind.EMAIL, "Ann.Alder+x@MAIL.example"),
        (Kind.PHONE, "0171 2345678"),
        (Kind.USER_ID, "7000000042"),
    ],
)
def test_any_identifier_finds_all_records(
    shop_once: Settings, kind: Kind, value: str
) -> None:
    found = find(shop_once, named(kind, value))
    assert found.record_counts == {"crm": 1, "esp": 1, "shop": 1, "web": 2}
    assert len(found.customers) == 1
    assert {str(kind): count for kind, count in by_kind(found.identifiers).items()} == {
        "email": 1,
        "phone": 1,
        "user_id": 1,
        "device": 2,
        "contact": 1,
        "order": 2,
        "refund": 1,
        "record": 5,
    }


def test_what_another_customer_names_too_stays(shop_once: Settings) -> None:
    found = find(shop_once, named(Kind.EMAIL, BOB))
    assert found.shared_count == 1
    assert Kind.PHONE not in by_kind(found.identifiers)


def test_a_value_of_several_people_is_refused(shop_once: Settings) -> None:
    with pytest.raises(TesseraError, match=r"not one person's.*2 customers") as told:
        find(shop_once, named(Kind.PHONE, HOUSE_PHONE))
    assert "9876543" not in str(told.value)


def test_a_value_that_stands_for_nobody_is_refused(shop_once: Settings) -> None:
    with pytest.raises(TesseraError, match="stands for nobody"):
        find(shop_once, named(Kind.EMAIL, "test@test.com"))


def test_who_is_unknown_is_looked_for_all_the_same(shop_once: Settings) -> None:
    given = named(Kind.EMAIL, "nobody@mail.example")
    found = find(shop_once, given)
    assert (found.customers, found.records) == (frozenset(), frozenset())
    assert found.identifiers == frozenset(given)


def test_before_a_build_nobody_can_be_found(settings: Settings) -> None:
    with pytest.raises(TesseraError, match="tessera run"):
        find(settings, named(Kind.PHONE, PHONE))


def test_no_value_of_a_person_shows_in_what_is_found(shop_once: Settings) -> None:
    shown = repr(find(shop_once, named(Kind.EMAIL, ANN)))
    assert "ann" not in shown.lower()
    assert "7000000042" not in shown


def test_what_a_customer_could_be_called_is_hers(shop_once: Settings) -> None:
    found = find(shop_once, named(Kind.EMAIL, ANN))
    assert len(found.aliases) == len(found.records) - 1
    assert {*found.records, *found.customers, *found.aliases} <= {*found.names}


def test_a_value_that_stands_for_nobody_is_no_trace(shop: Settings) -> None:
    """Else the tombstone of one would keep out everybody who types it."""
    with connect(shop.build_path) as build:
        build.execute(
            "insert into reference.junk_identifiers (identifier_type, identifier_value)"
            " values ('phone', '1712345678')"
        )
    kinds = by_kind(find(shop, named(Kind.EMAIL, ANN)).identifiers)
    assert Kind.PHONE not in kinds


def test_a_phone_is_found_in_both_spellings(shop: Settings) -> None:
    """Ten digits are not what they have in common."""
    with connect(shop.build_path) as build:
        build.execute(
            "update identity.stated_attributes set phone = '+49 30 7654321'"
            " where record_id = 'shop:7000000043'"
        )
    given = [identifier(Kind.PHONE, one) for one in ("030 7654321", "+49 30 7654321")]
    assert given[0] == given[1]
    assert given[0] is not None
    found = find(shop, [given[0]])
    assert "shop:7000000043" in found.records


def test_a_shared_device_is_nobodys_own(shop: Settings) -> None:
    """What it did stays; her own address is hers all the same."""
    device = Identifier(Kind.DEVICE, "d-ann-001")
    assert device in find(shop, named(Kind.EMAIL, ANN)).identifiers
    with connect(shop.build_path) as build:
        build.execute(
            "insert into identity.shared_devices (record_id) values ('web:d-ann-001')"
        )
    found = find(shop, named(Kind.EMAIL, ANN))
    assert device not in found.identifiers
    assert "web:d-ann-001" not in found.names
    assert {*named(Kind.EMAIL, ANN), *named(Kind.PHONE, PHONE)} <= found.identifiers


def test_what_was_denied_to_others_is_theirs_and_not_erased_yet(shop: Settings) -> None:
    """Bob's row tells Ann's address, against a decision: it is no trace of Bob."""
    with connect(shop.build_path) as build:
        build.execute(
            "update identity.stated_attributes set email = ? where record_id in"
            " (select record_id from identity.stated_attributes where email = ?)",
            [ANN, BOB],
        )
    with pytest.raises(TesseraError, match="2 customers"):
        find(shop, named(Kind.EMAIL, ANN))
    with connect(shop.build_path) as build:
        build.execute(
            "insert into identity.denied_statements"
            " (record_id, identifier_type, stated_value)"
            " select record_id, 'email', email from identity.stated_attributes"
            " inner join identity.identity_map using (record_id) where email = ?"
            " and customer_id <> (select customer_id from identity.identity_map"
            " where record_id = 'shop:7000000042')",
            [ANN],
        )
    # To erase the row of one would take the other's with it.
    with pytest.raises(TesseraError, match="Correct them at their source") as told:
        find(shop, named(Kind.EMAIL, ANN))
    assert ANN not in str(told.value)
    with connect(shop.build_path) as build:
        build.execute(
            "delete from identity.stated_attributes where record_id in"
            " (select record_id from identity.denied_statements)"
        )
        build.execute("delete from identity.denied_statements")
    assert find(shop, named(Kind.EMAIL, ANN)).records
