"""The scenarios of SCENARIOS.md as lines; each has people of its own."""

from tests.identity.landing import (
    Line,
    account,
    contact,
    decided,
    order,
    seen,
    subscriber,
)

# So small that a scenario can reach it.
LARGEST = 24
CAP = 20


def mail(name: str) -> str:
    """An address that one scenario alone uses."""
    return f"{name}@example.org"


def capped(count: int, name: str) -> list[Line]:
    """So many devices tell one address, one a day; each has an address of its own."""
    days = [f"{3 + n // 28:02}-{1 + n % 28:02}" for n in range(count)]
    return [seen(f"{name}-{n}", on, email=mail(name)) for n, on in enumerate(days)]


def long_chain(count: int) -> list[Line]:
    """Devices, each with an address of the one before and one of its own."""
    lines = []
    for number in range(count):
        on = f"04-{1 + number % 28:02}"
        for step in (number, number + 1):
            lines.append(seen(f"long-{number}", on, email=mail(f"long{step}")))
    return lines


HANS = {"phone": "+49 170 1230004", "first_name": "Hans"}
GRETA = {"phone": "+49 170 1230005", "first_name": "Greta"}
ANN = {"first_name": "Ann", "last_name": "Ortlin", "postcode": "1010"}


def denied(name: str) -> list[Line]:
    """An account and a mailing list have one address; it is not the account's."""
    return [
        account(name, "01-01", email=mail(name), accepts_email="true"),
        subscriber(mail(name), "02-01", agrees=True),
        decided("cannot_link", f"email {mail(name)}", f"user_id {name}", "07-01"),
    ]


SCENARIOS: dict[str, list[Line]] = {
    "chain": [
        seen("chain-1", "03-01", email=mail("chain.a")),
        seen("chain-2", "02-01", email=mail("chain.a")),
        seen("chain-2", "04-01", email=mail("chain.b")),
        seen("chain-3", "01-01", email=mail("chain.b")),
    ],
    "fan-in": [
        seen(f"fan-{n}", f"0{n}-01", email=mail("fan")) for n in (5, 3, 1, 2, 4)
    ],
    "diamond": [
        contact(
            "diamond",
            "01-01",
            first_name="Dia",
            phone="+49 170 1230001",
            email=mail("d.a"),
        ),
        seen("diamond-1", "02-01", email=mail("d.a")),
        seen("diamond-1", "02-02", email=mail("d.b")),
        seen("diamond-2", "03-01", phone="+49 170 1230001", firstName="Dia"),
        seen("diamond-2", "03-02", email=mail("d.b")),
    ],
    "shared device": [
        account("kiosk-a", "01-01", email=mail("kiosk.a")),
        account("kiosk-b", "01-02", email=mail("kiosk.b")),
        seen("kiosk", "02-01", user="kiosk-a", email=mail("kiosk.a")),
        seen("kiosk", "02-02", user="kiosk-b", email=mail("kiosk.b")),
        order("kiosk-1", "02-03", "kiosk-b", "kiosk"),
    ],
    "kiosk": [
        *(account(f"hall-{n}", "01-01") for n in range(1, 6)),
        *(seen("hall", f"02-0{n}", user=f"hall-{n}") for n in range(1, 6)),
    ],
    "late bridge": [
        seen("bridge-1", "01-01", email=mail("bridge.a")),
        contact("bridge", "01-02", email=mail("bridge.a")),
        seen("bridge-2", "02-01", email=mail("bridge.b")),
        seen("bridge-1", "06-01", email=mail("bridge.b")),
    ],
    "conflicting user ids": [
        account(
            "two-a", "01-01", first_name="Ann", last_name="Twolin", postcode="10117"
        ),
        account(
            "two-b", "01-02", first_name="Ann", last_name="Twolin", postcode="10117"
        ),
        seen("two", "02-01", user="two-b"),
    ],
    "one person, two accounts": [
        account("both-a", "01-01", email=mail("both")),
        account("both-b", "01-02", email=mail("both")),
        seen("both", "02-01", user="both-b"),
        seen("both", "02-02", user="both-a"),
    ],
    "older root arrives late": [
        seen("root-1", "02-01", email=mail("root")),
        seen("root-2", "03-01", email=mail("root")),
        contact("root", "2020-05-01", updated="06-01", email=mail("root")),
    ],
    "self-link": [
        seen("self", "01-01", email=mail("self")),
        seen("self", "02-01", email=mail("self").upper()),
        seen("self", "02-01", email=mail("self").upper()),
        decided("must_link", f"email {mail('self')}", "device self", "03-01"),
        decided("cannot_link", "record web:self", "record web:self", "03-01"),
    ],
    "junk hub": [
        seen(f"junk-{n}", f"01-0{n}", email="test@test.com") for n in (1, 2, 3)
    ],
    "split": [
        account("split", "01-01", email=mail("split.a")),
        seen("split-1", "02-01", email=mail("split.a")),
        seen("split-2", "03-01", email=mail("split.a")),
        seen("split-2", "03-02", email=mail("split.b")),
        seen("split-3", "04-01", email=mail("split.b")),
        decided("cannot_link", "device split-2", "user_id split", "07-01"),
    ],
    "re-merge": [
        seen("again-1", "01-01", email=mail("again.a")),
        seen("again-2", "02-01", email=mail("again.a")),
        decided("cannot_link", "record web:again-1", "record web:again-2", "05-01"),
        decided("withdrawn", "record web:again-2", "record web:again-1", "06-01"),
    ],
    "cap reached": capped(CAP, "full"),
    "cap reached later": capped(CAP + 1, "cap"),
    "told to be one": [
        account("one", "01-01", phone="+49 170 1230002", first_name="Una"),
        contact("one", "02-01", phone="0170 1230002", first_name="Una"),
        seen("one", "03-01", email=mail("one")),
        decided("must_link", "phone 0049 170 1230002", f"email {mail('one')}", "07-01"),
    ],
    "told what nobody has": [
        decided("cannot_link", f"email {mail('nobody')}", "user_id nobody", "07-01")
    ],
    "address denied": denied("denied"),
    "address denied and given back": [
        *denied("given"),
        decided("withdrawn", "user_id given", f"email {mail('given')}", "08-01"),
    ],
    # The account says no first name, by which phones link.
    "phone denied": [
        account("phone", "01-01", phone="0170 1230003", accepts_sms="true"),
        contact("phone", "02-01", phone="+49 170 1230003", first_name="Una"),
        decided("cannot_link", "phone 0049 170 1230003", "user_id phone", "07-01"),
    ],
    "account denied": [
        account("other", "01-01", email=mail("other")),
        seen("other", "02-01", user="other"),
        seen("other", "02-02", email=mail("own")),
        decided("cannot_link", "user_id other", "record web:other", "07-01"),
    ],
    "father and son": [
        contact("father", "01-01", **HANS, last_name="Rot", birth_date="1960-05-17"),
        contact("house", "02-01", **HANS, last_name="Rot"),
        account("son", "03-01", **HANS, last_name="Rot", birth_date="1991-05-17"),
    ],
    "a slip in the birthday": [
        contact("slip", "01-01", **GRETA, birth_date="1990-01-12"),
        account("slip", "02-01", **GRETA, birth_date="1990-01-21"),
    ],
    "one postcode in two countries": [
        contact("wien", "01-01", **ANN, country="Austria"),
        account("wien", "02-01", **ANN, country_code="AT"),
        contact("auckland", "03-01", **ANN, country="NZ"),
        contact("home", "04-01", **ANN),
        account("home", "05-01", **ANN, country_code="DE"),
    ],
    "too large": long_chain(LARGEST + 1),
    "the clock": [seen("clock", "12-31")],
}
