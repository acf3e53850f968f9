"""Who withdraws consent is reached no more, and stays known: that is no erasure."""

import pytest

from tests.erasure.people import WITHDREW
from warehouse.connection import connect
from warehouse.settings import Settings

PERSON = """
    select has_email_consent, is_email_reachable, order_count, record_count
    from marts.customers where email = $email
"""


@pytest.mark.parametrize(("name", "where"), WITHDREW.items())
def test_a_withdrawal_suppresses_and_erases_nothing(
    shop_once: Settings, name: str, where: str
) -> None:
    with connect(shop_once.build_path, read_only=True) as tables:
        told = tables.execute(PERSON, {"email": f"{name}@mail.example"}).fetchall()
    assert told == [(not where, not where, 1, 3)]
