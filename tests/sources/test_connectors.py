"""A shop by Shopify's tables and letters by Klaviyo's: one person, in any order."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from tests.behavior import shop
from tests.sources.conftest import land
from tests.sources.packs import Fixture
from warehouse.settings import PROJECT_DIR, Settings

BOTH: Final = {"sources": ["shopify", "klaviyo"]}
SELECT: Final = ["+identity_map", "+orders", "+email_engagement", "+consents"]
BOOKKEEPING: Final = {"load_seq"}
ACCOUNT = Fixture(
    "shopify/customers/customer.csv",
    b"id,email,accepts_marketing,created_at,_fivetran_synced\n"
    b"501,hana@mail.example,TRUE,2024-02-01 08:00:00,2024-02-02 00:00:00\n",
)
ORDER = Fixture(
    "shopify/orders/order.csv",
    b"id,customer_id,currency,total_price,created_at,_fivetran_synced\n"
    b"601,501,EUR,100.00,2024-07-01 10:00:00,2024-07-02 00:00:00\n",
)
# Who writes of the refund learns from the payment what it was.
REFUND = Fixture(
    "shopify/refunds/refund.csv",
    b"id,order_id,created_at,_fivetran_synced\n"
    b"671,601,2024-07-02 10:00:00,2024-07-03 00:00:00\n",
)
PAYMENT = Fixture(
    "shopify/transactions/transaction.csv",
    b"id,refund_id,kind,status,amount,currency,_fivetran_synced\n"
    b"761,671,refund,success,40.00,EUR,2024-07-03 00:00:00\n",
)
LETTERS = Fixture(
    "klaviyo/events/event.csv",
    b"id,person_id,campaign_id,type,timestamp,_fivetran_synced\n"
    b"e1,P1,C1,Received Email,2024-06-30 10:00:00,2024-07-02 00:00:00\n"
    b"e2,P1,C1,Opened Email,2024-06-30 11:00:00,2024-07-02 00:00:00\n",
)
LEFT = Fixture(
    "klaviyo/events/more.csv",
    b"id,person_id,campaign_id,type,timestamp,_fivetran_synced\n"
    b"e3,P1,C1,Unsubscribed,2024-06-30 12:00:00,2024-07-02 00:00:00\n",
)
PERSON = Fixture(
    "klaviyo/persons/person.csv",
    b"id,email,custom_accepts_marketing,created,updated,_fivetran_synced\n"
    b"P1,Hana@mail.example,true,2024-03-01 08:00:00,,2024-03-02 00:00:00\n",
)
BY_PARTS: Final = [[ACCOUNT, ORDER, REFUND, LETTERS], [PERSON, PAYMENT, LEFT]]


def built(folder: Path, loads: Iterable[list[Fixture]]) -> Settings:
    """The loads, landed and built one after the other."""
    settings = Settings(PROJECT_DIR, folder / "data")
    for files in loads:
        land(settings, files)
        shop.build(settings, SELECT, variables=BOTH)
    return settings


@pytest.fixture(scope="module")
def forwards(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The letters land before anybody knows whose they are."""
    return built(tmp_path_factory.mktemp("forwards"), BY_PARTS)


@pytest.fixture(scope="module")
def backwards(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same files the other way round."""
    return built(tmp_path_factory.mktemp("backwards"), reversed(BY_PARTS))


def test_account_and_person_are_one_customer(forwards: Settings) -> None:
    rows = shop.table(forwards, "identity.identity_map")
    assert {row["record_id"] for row in rows} == {"shop:501", "klaviyo:P1"}
    assert len({row["customer_id"] for row in rows}) == 1


def test_letters_are_the_persons(forwards: Settings) -> None:
    (letter,) = shop.table(forwards, "behavior.email_engagement")
    assert letter["open_count"] == 1
    assert str(letter["reached_at"]) == "2024-06-30 10:00:00"


def test_a_refund_lowers_the_order_once_its_payment_landed(forwards: Settings) -> None:
    (order,) = shop.table(forwards, "behavior.orders")
    assert (str(order["refunded_amount"]), str(order["net_amount"])) == (
        "40.00",
        "60.00",
    )


def test_who_left_by_a_letter_has_not_consented(forwards: Settings) -> None:
    (consent,) = shop.table(forwards, "identity.consents")
    assert consent["has_email_consent"] is False


@pytest.mark.parametrize(
    "name",
    [
        *("identity.identity_map", "identity.consents", "behavior.orders"),
        *("behavior.email_engagement", "behavior.email_events"),
    ],
)
def test_the_order_of_arrival_changes_nothing(
    name: str, forwards: Settings, backwards: Settings
) -> None:
    one, other = shop.table(forwards, name), shop.table(backwards, name)
    columns = sorted(set(one[0]) - BOOKKEEPING)
    assert shop.counted(one, columns) == shop.counted(other, columns)


# Quantity and stamp of a line, as the first and the second file tell it; which counts.
VERSIONS: Final = {
    "synced last": ("2,2024-07-03 00:00:00", "1,2024-07-02 00:00:00", 2),
    "alike, greater last": ("1,2024-07-03 00:00:00", "2,2024-07-03 00:00:00", 2),
    "alike, greater first": ("2,2024-07-03 00:00:00", "1,2024-07-03 00:00:00", 2),
    "stamped before unstamped": ("1,2024-07-02 00:00:00", "2,", 1),
    "unstamped: landed last": ("2,", "1,", 1),
}


@pytest.fixture(scope="module")
def quantities(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """The quantity of each line, told by two files."""
    settings = Settings(PROJECT_DIR, tmp_path_factory.mktemp("versions") / "data")
    header = "id,order_id,price,quantity,_fivetran_synced"
    for at, name in enumerate(("first.csv", "second.csv")):
        rows = [f'"{one}",601,1.00,{told[at]}' for one, told in VERSIONS.items()]
        text = "\n".join([header, *rows, ""])
        land(settings, [Fixture(f"shopify/order_lines/{name}", text.encode())])
    shop.build(settings, ["+stg_shopify__order_lines"], variables=BOTH)
    lines = shop.table(settings, "staging.stg_shopify__order_lines")
    return {line["order_line_id"]: line["quantity"] for line in lines}


@pytest.mark.parametrize("case", VERSIONS)
def test_the_line_that_was_synced_last_counts(
    case: str, quantities: dict[str, int]
) -> None:
    assert quantities[case] == VERSIONS[case][2]
