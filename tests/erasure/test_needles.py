"""What is looked for is found as people and systems spell it, and nothing else is."""

import pytest

from warehouse.connection import connect
from warehouse.erasure.identifiers import (
    Identifier,
    Kind,
    email_key,
    emails_in,
    identifier,
    named_by,
    phone_key,
)
from warehouse.erasure.needles import Needles, is_telling, needles_of

ANN = Identifier(Kind.EMAIL, "ann@mail.example")
PHONE = Identifier(Kind.PHONE, "1712345678")
SHORT_PHONE = Identifier(Kind.PHONE, "12345678")
DEVICE = Identifier(Kind.DEVICE, "d-7f3a")
UMLAUT = Identifier(Kind.EMAIL, "jürgen@mail.example")

DOTTED = Identifier(Kind.EMAIL, "annalder@gmail.com")

SPELLED = [
    (ANN, "ann@mail.example"),
    (ANN, "ANN@Mail.Example"),
    (ANN, '{"email":"ann+news@mail.example"}'),
    (ANN, "a,ann@mail.example,b"),
    (ANN, "https://shop.example/?email%3Dann%40mail.example&x=1"),
    (ANN, '{"note":"write to\\nann@mail.example."}'),
    (ANN, '{"a":"\\u003cann\\u0040mail.example\\u003e"}'),
    (ANN, "esp:4f8ff8bf0bbc8ca0c3f9bd3a3d3c2c13 " + "ann@mail.example"),
    (DOTTED, "annalder@gmail.com"),
    (DOTTED, '{"email":"Ann.Alder+news@GoogleMail.com"}'),
    (DOTTED, "?m=a.n.n.alder%40gmail.com"),
    (PHONE, "+491712345678"),
    (PHONE, "+49 (0)171 234 56-78"),
    (PHONE, "0171/2345678"),
    (PHONE, '{"phone":491712345678}'),
    (PHONE, "0171\u00a02345678"),
    (SHORT_PHONE, "12-34-56-78"),
    (DEVICE, '{"anonymousId":"d-7f3a"}'),
    (DEVICE, "web:d-7f3a"),
    (DEVICE, "D-7F3A"),
    (UMLAUT, "jürgen@mail.example"),
    (UMLAUT, "JÜRGEN@mail.example"),
    (UMLAUT, '"j\\u00fcrgen@mail.example"'),
    (UMLAUT, "j%C3%BCrgen@mail.example"),
]
OTHERS = [
    (ANN, "joann@mail.example"),
    (ANN, "ann@mail.example.org"),
    (ANN, "ann@mail.examples"),
    (ANN, "j.ann@mail.example"),
    (ANN, "ann@other.example"),
    (ANN, "a.nn@mail.example"),
    (DOTTED, "j.ann.alder@gmail.com"),
    (DOTTED, "ann.alder@gmail.example"),
    (DOTTED, "annalde.r2@gmail.com"),
    (PHONE, "17123456789"),
    (PHONE, "1712345679"),
    (PHONE, "12345671712345678"),
    (SHORT_PHONE, "9912345678"),
    (DEVICE, "d-7f3ab"),
    (DEVICE, "ad-7f3a"),
    (DEVICE, "d-7f3a-2"),
]


@pytest.mark.parametrize(("one", "text"), SPELLED)
def test_it_is_found_as_it_is_spelled(one: Identifier, text: str) -> None:
    needles = needles_of([one])
    data = text.encode()
    assert needles.may_be_in(data.lower())
    assert needles.are_in(data)
    scrubbed = needles.scrubbed(data)
    assert b"(erased)" in scrubbed
    assert not needles.are_in(scrubbed)


@pytest.mark.parametrize(("one", "text"), OTHERS)
def test_nothing_else_is_found(one: Identifier, text: str) -> None:
    needles = needles_of([one])
    assert not needles.are_in(text.encode())
    assert needles.scrubbed(text.encode()) == text.encode()


@pytest.mark.parametrize(("one", "text"), SPELLED)
def test_the_database_finds_it_too(one: Identifier, text: str) -> None:
    assert found_by_duckdb(needles_of([one]), text)


@pytest.mark.parametrize(
    ("one", "text"), [pair for pair in OTHERS if "12345671" not in pair[1]]
)
def test_the_database_finds_nothing_else(one: Identifier, text: str) -> None:
    assert not found_by_duckdb(needles_of([one]), text)


def found_by_duckdb(needles: Needles, text: str) -> bool:
    """What a pattern in SQL says."""
    with connect() as connection:
        values = {"text": text, "pattern": needles.sql}
        query = "select regexp_matches($text, $pattern)"
        [(found,)] = connection.execute(query, values).fetchall()
    return bool(found)


def test_names_of_tables_are_looked_for_too() -> None:
    needles = needles_of([], ["c_0123456789abcdef", "shop:42"])
    assert needles.are_in(b"customer c_0123456789abcdef")
    assert needles.are_in(b"shop:42")
    assert not needles.are_in(b"shop:421")
    assert needles_of([]).sql == ""
    assert not needles_of([]).are_in(b"anything")


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("42", False),
        ("123456789", False),
        ("1234567890", True),
        ("u-123", False),
        ("u-1234", True),
    ],
)
def test_an_id_that_could_be_anything_is_not_looked_for_anywhere(
    value: str, is_one: bool
) -> None:
    assert is_telling(value) is is_one
    needles = needles_of([Identifier(Kind.USER_ID, value)])
    assert needles.are_in(f"id {value}".encode()) is is_one


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (" Ann+tag@Mail.Example ", "ann@mail.example"),
        ("Ann.Alder+x@GoogleMail.com", "annalder@gmail.com"),
        ("a_nn.alder@pm.me", "annalder@proton.me"),
        ("ann.alder@icloud.com", "ann.alder@icloud.com"),
        ("ann@mail", ""),
        ("nobody", ""),
        ("AB" * 16, "ab" * 16),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(value: str, key: str) -> None:
    assert email_key(value) == key
    assert (identifier(Kind.EMAIL, value) is None) is (key == "")


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("+49 171 2345678", "1712345678"),
        ("12345678", "12345678"),
        ("1234567", ""),
    ],
)
def test_a_phone_has_one_spelling(value: str, key: str) -> None:
    assert phone_key(value) == key


def test_addresses_are_found_in_any_text() -> None:
    found = list(emails_in('{"a": "Ann+x@mail.example", "b": "<bob@mail.example>"'))
    assert [one.key for one in found] == ["ann@mail.example", "bob@mail.example"]


def test_a_record_names_whom_its_columns_name() -> None:
    values = {
        "userId": 42,
        "anonymousId": " d-1 ",
        "traits": {"email": "Ann@mail.example", "phone": None},
        "user": '[{"id": "u1"}, {"id": "u2"}]',
        "broken": "[{",
    }
    columns = {
        "user_id": ["userId", "user.id", "broken.id"],
        "device": ["anonymousId"],
        "email": ["traits.email"],
        "phone": ["traits.phone"],
    }
    assert {(str(one.kind), one.key) for one in named_by(values, columns)} == {
        ("user_id", "42"),
        ("user_id", "u1"),
        ("user_id", "u2"),
        ("device", "d-1"),
        ("email", "ann@mail.example"),
    }
