"""People who do not exist, as the matching sees their records."""

import pandas as pd

FIRST = ("ada", "bruno", "clara", "david", "edda", "fritz", "greta", "hugo", "ines")
LAST = ("adler", "brandt", "conrad", "dorn", "ebert", "falk", "gross", "horn", "imhof")
STREETS = ("hauptstr", "gartenweg", "rosenweg", "amsee", "lindenallee")
KNOWN = pd.Timestamp("2025-01-01")


def person(number: int) -> dict[str, object]:
    """Somebody with a phone, an address and a date of birth of their own."""
    first, last = FIRST[number % 9], LAST[number // 9 % 9]
    return {
        "record_id": f"shop:{number:04d}",
        "known_since_at": KNOWN,
        "email": f"{first}.{last}{1000 + 7 * number}@mail.example",
        "phone": f"+49154{number * 7919 % 1_000_000:07d}",
        "first_name": first,
        "last_name": last,
        "birth_on": str((KNOWN - pd.Timedelta(days=9000 + number * 37)).date()),
        "street": f"{STREETS[number % 5]}{number % 83}",
        "city": f"town{number % 40}",
        "postcode": str(10_000 + number % 40),
    }


def again(number: int, **changes: object) -> dict[str, object]:
    """The same person once more, in the CRM, told a bit otherwise."""
    return person(number) | {"record_id": f"crm:{number:04d}"} | changes


def records() -> pd.DataFrame:
    """300 people; a third has a contact too, of which some tell little."""
    rows = [person(number) for number in range(300)]
    for number in range(0, 300, 3):
        other = {"email": f"other{number}@web.example", "birth_on": None}
        changes = ({}, {"phone": None}, {"email": None}, other)[number % 4]
        rows.append(again(number, **changes))
    rows.append(again(1, email=None, phone=None, known_since_at=KNOWN.replace(day=9)))
    wife = {"first_name": "zoe", "email": "zoe@web.example", "birth_on": "1971-03-04"}
    rows.append(again(2, record_id="crm:wife", **wife))
    names = {"first_name": LAST[0], "last_name": FIRST[4]}
    rows.append(again(4, record_id="crm:swapped", email=None, birth_on=None, **names))
    return pd.DataFrame(rows)
