"""Who withdraws consent is reached no more, and stays known: that is no erasure."""

from typing import Any

from tests.erasure.people import BOB, build, land, land_all, mail
from warehouse.connection import connect
from warehouse.settings import Settings

WITHDRAWALS = {
    "unsubscribe": ("esp/events/july.jsonl", mail("unsubscribe", BOB, 999)),
    "spamreport": ("esp/events/july.jsonl", mail("spamreport", BOB, 999)),
    "status": (
        "esp/subscribers/july.csv",
        "email,status,email_consent,created_at,updated_at\n"
        f"{BOB},unsubscribed,true,2025-01-01,2025-07-01\n",
    ),
    "account": (
        "shop/customers/july.csv",
        "id,email,accepts_email,created_at,updated_at\n"
        f"7000000043,{BOB},false,2025-01-03,2025-07-01\n",
    ),
    "contact": (
        "crm/contacts/july.csv",
        "contact_id,email,do_not_email,created_at,updated_at\n"
        f"c-bob-9,{BOB},true,2025-01-05,2025-07-01\n",
    ),
}
PERSON = """
    select email, has_email_consent, is_email_reachable, order_count, record_count
    from marts.customers where email = $email
"""


def customer(settings: Settings, email: str) -> list[Any]:
    """What is published of somebody."""
    with connect(settings.build_path, read_only=True) as tables:
        return tables.execute(PERSON, {"email": email}).fetchall()


def lasting(settings: Settings) -> None:
    """The shop before Bob had said anything."""
    land_all(settings)
    june = settings.raw_dir / "esp" / "events" / "june.jsonl"
    june.write_text(mail("delivered", BOB, 1))


def test_each_withdrawal_suppresses_and_erases_nothing(settings: Settings) -> None:
    lasting(settings)
    build(settings)
    assert customer(settings, BOB) == [(BOB, True, True, 1, 4)]
    for path, text in WITHDRAWALS.values():
        file = land(settings, path, text.encode())
        build(settings)
        assert customer(settings, BOB) == [(BOB, False, False, 1, 4)], path
        file.write_text(text.split("\n")[0] + "\n" if path.endswith("csv") else "")
        build(settings)
        assert customer(settings, BOB) == [(BOB, True, True, 1, 4)], path
