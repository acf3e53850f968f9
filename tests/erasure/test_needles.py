"""What is looked for is found as people and systems spell it, and nothing else is."""

import random
import time
from pathlib import Path

import pytest

from warehouse.connection import connect
from warehouse.erasure.databases import judge
from warehouse.erasure.identifiers import (
    Identifier,
    Kind,
    email_key,
    emails_in,
    identifier,
    named_by,
    phone_key,
)
from warehouse.erasure.needles import Needles, Text
from warehouse.erasure.spellings import is_telling, needles_of
from warehouse.erasure.traces import (
    AT_ONCE,
    Described,
    PersonSearch,
    hits_in,
)
from warehouse.formats import Form

ANN = Identifier(Kind.EMAIL, "ann@mail.example")
BRIEN = Identifier(Kind.EMAIL, "brien@mail.example")
PHONE = Identifier(Kind.PHONE, "1712345678")
SHORT_PHONE = Identifier(Kind.PHONE, "12345678")
DEVICE = Identifier(Kind.DEVICE, "d-7f3a99")
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
    (PHONE, "0049 171 2345678"),
    (PHONE, "u=%2B491712345678"),
    (PHONE, "(0)171/2345678"),
    (PHONE, '{"note":"call\\n01712345678"}'),
    (SHORT_PHONE, "012-34-56-78"),
    (ANN, "?m=ann%2Bjune%40mail.example"),
    (ANN, "ann\\u002bjune\\u0040mail.example"),
    (BRIEN, "'brien@mail.example'"),
    (BRIEN, "a note\\n'brien@mail.example'"),
    (Identifier(Kind.EMAIL, "o'brien@mail.example"), '"O%27Brien@mail.example"'),
    (Identifier(Kind.EMAIL, "иван@почта.рф"), '"иван+x@почта.рф"'),
    (ANN, "ann@mail.example_old and more"),
    (ANN, "ann@mail.example-2025"),
    (ANN, "ann@mail.example-open-1,x"),
    (Identifier(Kind.EMAIL, "g@mail.example"), "g@mail.example_2025"),
    (PHONE, "49 171 2345678"),
    (PHONE, "+49 171\u2011234\u202f56\u20097\u20138"),
    (DEVICE, '{"anonymousId":"d-7f3a99"}'),
    (DEVICE, "/visits/d-7f3a99/open"),
    (DEVICE, "see d-7f3a99."),
    (DEVICE, "web:d-7f3a99"),
    (DEVICE, "D-7F3A99"),
    (UMLAUT, "jürgen@mail.example"),
    (UMLAUT, "JÜRGEN@mail.example"),
    (UMLAUT, '"j\\u00fcrgen@mail.example"'),
    (UMLAUT, "j%C3%BCrgen@mail.example"),
]
OTHERS = [
    (ANN, "ann@mail.example-shop.org"),
    (DEVICE, "d-7f3a99@mail.example"),
    (DEVICE, "d-7f3a99%40mail.example"),
    (DEVICE, "d-7f3a99.5"),
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
    (PHONE, '{"ts":1712345678}'),
    (PHONE, "17.12345678"),
    (PHONE, "0.1712345678"),
    (PHONE, "2.01712345678"),
    (PHONE, "ean 9991712345678"),
    (PHONE, "status 0 1712345678"),
    (SHORT_PHONE, "9912345678"),
    (SHORT_PHONE, "12345678"),
    (BRIEN, "o'brien@mail.example"),
    (BRIEN, "o%27brien@mail.example"),
    (BRIEN, "jo%2Bbrien@mail.example"),
    (BRIEN, "brien+x,bob@mail.example"),
    (DEVICE, "d-7f3a99b"),
    (DEVICE, "ad-7f3a99"),
    (DEVICE, "d-7f3a99-2"),
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


@pytest.mark.parametrize(("one", "text"), OTHERS)
def test_the_database_finds_nothing_else(one: Identifier, text: str) -> None:
    assert not found_by_duckdb(needles_of([one]), text)


def found_by_duckdb(needles: Needles, text: str) -> bool:
    """What a query says."""
    with connect() as connection:
        judge(connection, needles)
        query = "select names_her($text)"
        [(found,)] = connection.execute(query, {"text": text}).fetchall()
    return bool(found)


def test_names_of_tables_are_looked_for_too() -> None:
    needles = needles_of([], ["c_0123456789abcdef", "shop:42"])
    assert needles.are_in(b"customer c_0123456789abcdef")
    assert needles.are_in(b"shop:42")
    assert not needles.are_in(b"shop:421")
    assert not needles_of([]).are_in(b"anything")


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("42", False),
        ("700000004", False),
        ("7000000042", True),
        ("1234567890", False),
        ("1712345678901", False),
        ("0301234567", False),
        ("491712345678", False),
        ("martin", False),
        ("christopher", False),
        ("u-12345", False),
        ("u-123456", True),
        ("c-201234567", False),
        ("peter2019", False),
        ("summer2024", False),
        ("black-friday-20241125", False),
        ("SO-2024-77", False),
        ("R5000003218", True),
        ("d-7f3a99", True),
        ("7f8d4428f3b9788ee7d6", True),
    ],
)
def test_an_id_that_could_be_anything_is_not_looked_for_anywhere(
    value: str, is_one: bool
) -> None:
    one = Identifier(Kind.USER_ID, value)
    assert is_telling(one) is is_one
    needles = needles_of([one])
    assert needles.are_in(f"id {value}".encode()) is is_one


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (" Ann+tag@Mail.Example ", "ann@mail.example"),
        ("Ann.Alder+x@GoogleMail.com", "annalder@gmail.com"),
        ("a_nn.alder@pm.me", "annalder@proton.me"),
        ("ann.alder@icloud.com", "ann.alder@icloud.com"),
        ("O'Brien@mail.example", "o'brien@mail.example"),
        ("a/b=x@mail.example", "a/b=x@mail.example"),
        ("ann@mail.xn--p1ai", "ann@mail.xn--p1ai"),
        ("ann@bob@mail.example", ""),
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
        ("+49 30 7654321", "307654321"),
        ("030 7654321", "307654321"),
        ("0049307654321", "307654321"),
        ("+49 (0)30/765 43 21", "307654321"),
        ("491712345678", "1712345678"),
        ("+33 6 12 34 56 78", "612345678"),
        ("+1 415 555 2671", "4155552671"),
        ("12345678", "12345678"),
        ("1234567", ""),
        ("+49 0000 1234", ""),
    ],
)
def test_a_phone_has_one_spelling(value: str, key: str) -> None:
    assert phone_key(value) == key


@pytest.mark.parametrize("is_alone", [True, False], ids=["one", "all"])
def test_a_line_is_found_among_many(tmp_path: Path, is_alone: bool) -> None:
    """Lines are dismissed many at a time, and none for what stands beside it."""
    told = [[one] for one in SPELLED] if is_alone else [SPELLED]
    for number, spelled in enumerate(told):
        looked_for = frozenset(one for one, _ in spelled)
        search = PersonSearch(needles_of(looked_for), looked_for)
        others = [text for one, text in OTHERS if {one} == looked_for]
        fillers = ['{"url":"/a?b=100%"}', "0", *others]
        lines = [fillers[n % len(fillers)] for n in range(AT_ONCE)]
        for _, text in spelled:
            lines += [text, *lines[: AT_ONCE - 1]]
        path = tmp_path / f"{number}.jsonl"
        path.write_text("\n".join(lines) + "\n")
        with connect() as connection:
            hits = hits_in(path, Form.LINES, Described({}, {}), search, connection)
        places = {AT_ONCE * n + 1 for n, _ in enumerate(spelled, start=1)}
        assert hits.lines == places, spelled


def test_addresses_are_found_in_any_text() -> None:
    found = list(emails_in('{"a": "Ann+x@mail.example", "b": "<bob@mail.example>"'))
    assert [one.key for one in found] == ["ann@mail.example", "bob@mail.example"]


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.example/?u=ann%40mail.example&x=1",
        "https://shop.example/?u=ann%2Bjune%40mail.example",
        '{"note":"ann\\u002bjune\\u0040mail.example',
        '{"note":"write to\\nann@mail.example',
        "mailto='ann@mail.example'",
    ],
)
def test_escaped_addresses_are_found_in_any_text(text: str) -> None:
    assert ANN in set(emails_in(text))


def test_the_end_of_an_address_is_none() -> None:
    assert BRIEN not in set(
        emails_in("to o'brien@mail.example and o%27brien@x.example")
    )


@pytest.mark.parametrize(
    "name",
    [
        "ann@mail.example",
        "ann@mail.example.txt",
        "ann@mail.example.tar.gz",
        "ANN@mail.example.TXT",
    ],
)
def test_a_name_of_a_file_tells_before_its_endings(name: str) -> None:
    assert needles_of([ANN]).are_in_name(name)
    assert not needles_of([BRIEN]).are_in_name(name)


def test_however_many_there_are_a_text_is_read_once() -> None:
    """Thousands are no pattern any more that an engine has to take."""
    people = [
        Identifier(Kind.EMAIL, f"person.no{i}@many{i % 9}.example") for i in range(6000)
    ]
    needles = needles_of(people, [f"c_{i:016x}" for i in range(6000)])
    text = ("x person.no5999@many5.example " * 50).encode()
    begun = time.process_time()
    assert all(needles.are_in(text) for _ in range(100))
    assert time.process_time() - begun < 5
    assert found_by_duckdb(needles, "to person.no77@many5.example")
    assert not found_by_duckdb(needles, "to person.no77@many6.example")


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


def test_the_few_that_are_compared_are_all_that_could_stand_there() -> None:
    """Against each needle compared with the whole of texts put together at random."""
    chance = random.Random(5)
    people = [ANN, DOTTED, UMLAUT, BRIEN, DEVICE, Identifier(Kind.EMAIL, "x=@pm.me")]
    needles = needles_of(people, ["shop:42", "c_0f"])
    known = [
        "ann",
        "Ann.Alder",
        "annalder",
        "j\u00fcrgen",
        "j%C3%BCrgen",
        "brien",
        "x=",
    ]
    known += ["mail.example", "gmail.com", "googlemail.com", "pm.me", "+tag", "%2Btag"]
    known += ["@", "%40", "\\u0040", "\\u002b", "d-7f3a99", "shop:42", "c_0f"]
    known += [
        ".",
        "-",
        "_",
        "'",
        '"',
        " ",
        "%3d",
        "\\n",
        "\\u003c",
        "%",
        "a",
        "7",
        "\n",
    ]
    found = 0
    for _ in range(20_000):
        words = chance.choices(known, k=chance.randint(2, 9))
        data = "".join(words).encode()
        text = Text(data.lower())
        spans = {
            span for one in needles.needles for span in one.spans(text, len(data) // 2)
        }
        found += bool(spans)
        assert set(needles.spans(data)) == spans, data
    assert found > 300
