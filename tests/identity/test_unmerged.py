"""After a decision all follows it: as in a shop in which the two were never one."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.behavior import shop
from tests.identity.landing import (
    Line,
    account,
    decided,
    did,
    land,
    order,
    seen,
    subscriber,
)
from warehouse.settings import PROJECT_DIR, Settings

# What each tells of customers. Scores are a function of the last two: whom a model
# learns from, and whom it looks at.
FOLLOWING = {
    "identity.identity_map": "records",
    "identity.golden_profiles": "profile",
    "identity.consents": "consent",
    "marts.sessions": "sessions",
    "marts.carts": "carts",
    "marts.attribution": "orders",
    "lifecycle.customer_lifecycle": "stage",
    "marts.segment_memberships": "memberships",
    "features.training_set": "what scores are learnt from",
    "features.customers_now": "whom scores are of",
}
MODELS = [f"+{name.replace('marts.', 'mart_').split('.')[-1]}" for name in FOLLOWING]
# The line that mixes the two up is another one where it does not.
OWN = {"session_id"}
Tables = dict[str, Counter[Any]]
# Before the first moment that teaches: of an earlier one the mix-up is what was known.
APART = decided("cannot_link", "device bea-1", "user_id ann", "06-01")


def people(*, are_mixed_up: bool) -> list[Line]:
    """Ann has an account, Bea buys as a guest, and may have typed Ann's address."""
    typed = {"email": "ann@example.org"} if are_mixed_up else {}
    said = {"email": "ann@example.org", "phone": "+49 170 1230009"}
    return [
        account("ann", "01-01", accepts_email="true", accepts_sms="true", **said),
        seen("ann-1", "01-05", user="ann"),
        did("ann-1", "11-02", "Product Viewed", "ann", product_id="p"),
        did("ann-1", "11-03", "Order Completed", "ann", order_id="a1", total="10"),
        order("a1", "11-03", "ann", "ann-1"),
        order("a2", "12-20", "ann", "ann-1"),
        subscriber("bea@example.org", "02-01", agrees=False),
        seen("bea-1", "02-02", email="bea@example.org"),
        seen("bea-1", "03-01", **typed),
        order("b1", "11-20", "", "bea-1", "bea@example.org"),
        did("bea-1", "12-28", "Product Viewed", product_id="q"),
        did("bea-1", "12-29", "Product Added", product_id="q", price="80"),
        did("ann-1", "12-31", "Product Viewed", "ann", product_id="p"),
    ]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Tables]:
    """What is told of the two: as one, parted since a decision, and as never one."""
    folder = tmp_path_factory.mktemp("two people")
    mixed, never = (Settings(PROJECT_DIR, folder / name) for name in ("one", "never"))
    found = {
        "one": _built(mixed, people(are_mixed_up=True), 0),
        "parted": _built(mixed, [APART], 1),
        "never": _built(never, people(are_mixed_up=False), 0),
    }
    return found.__getitem__


def _built(settings: Settings, lines: list[Line], load: int) -> Tables:
    """Land these lines too, build, and read every table that has to follow."""
    land(settings, lines, load)
    shop.build(settings, MODELS)
    rows = {name: shop.table(settings, name) for name in FOLLOWING}
    assert all(rows.values())
    return {
        name: shop.counted(found, sorted(found[0].keys() - OWN))
        for name, found in rows.items()
    }


@pytest.mark.parametrize("name", FOLLOWING)
def test_what_was_one_is_two(name: str, told: Callable[[str], Tables]) -> None:
    assert told("parted")[name] != told("one")[name]
    assert told("parted")[name] == told("never")[name]
