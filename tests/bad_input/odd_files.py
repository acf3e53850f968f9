"""Odd files as shops send them: of each, what is taken in and what is set aside."""

import json
from dataclasses import dataclass
from typing import Any

HEADER = "id,email,first_name,created_at,updated_at\n"
MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Odd:
    """A file; the names of its accepted records; of the others line and reason."""

    name: str
    content: bytes
    accepted: tuple[str, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()


def person(name: str, first_name: str = "Ann", at: str = "2025-01-01 10:00:00") -> str:
    """A line of shop/customers."""
    return f"{name},{name}@shop.example,{first_name},{at},{at}\n"


def call(name: str, **parts: Any) -> str:
    """A line of web/events."""
    usual = {
        "type": "track",
        "event": "Product Viewed",
        "messageId": name,
        "anonymousId": f"device-{name}",
        "timestamp": "2025-01-02T10:00:00Z",
        "receivedAt": "2025-01-02T10:00:01Z",
    }
    return json.dumps(usual | parts) + "\n"


def crlf(text: str) -> str:
    """The same lines with the line ends of another system."""
    return text.replace("\n", "\r\n")


CSV = [
    Odd(
        "unknown_column",
        b"id,shoe_size,created_at\nunknown,42,2025-01-01\n",
        ("unknown",),
    ),
    Odd("missing_columns", b"id,created_at\nmissing,2025-01-01\n", ("missing",)),
    Odd("reordered", b"created_at,email,id\n2025-01-01,a@b.example,reo\n", ("reo",)),
    Odd("other_case", b"ID,Email,CREATED_AT\ncase,a@b.example,2025-01-01\n", ("case",)),
    Odd(
        "wrong_type",
        (
            HEADER
            + person("type-1")
            + person("type-2", at="yesterday")
            + person("type-3")
            + person("type-4", at="2025-13-45 10:00:00")
        ).encode(),
        ("type-1", "type-3"),
        ((3, "bad_timestamp"), (5, "bad_timestamp")),
    ),
    Odd(
        "ragged",
        (
            HEADER + person("rag-1") + "rag-2,a\n" + person("rag-3") + "a,b,c,d,e,f\n"
        ).encode(),
        ("rag-1", "rag-3"),
        ((3, "malformed_line"), (5, "malformed_line")),
    ),
    Odd(
        "unclosed_quote",
        (HEADER + person("quo-1") + person("quo-2", '"Ann') + person("quo-3")).encode(),
        ("quo-1", "quo-3"),
        ((3, "malformed_line"),),
    ),
    Odd(
        "unclosed_quote_before_a_quoted_name",
        (HEADER + person("clo-1", '"Ann') + person("clo-2", '"Bob"')).encode(),
        ("clo-2",),
        ((2, "malformed_line"),),
    ),
    Odd(
        "quote_inside",
        (HEADER + person("ins-1", '"An"n') + person("ins-2")).encode(),
        ("ins-2",),
        ((2, "malformed_line"),),
    ),
    Odd(
        "text_over_lines",
        (
            HEADER + person("txt-1", '"An\nna"') + person("txt-2", '"a ""b"", c"')
        ).encode(),
        ("txt-1", "txt-2"),
    ),
    Odd(
        "text_over_lines_in_a_broken_file",
        (HEADER + person("bro-1", '"An\nna"') + "x\n" + person("bro-2")).encode(),
        ("bro-1", "bro-2"),
        ((4, "malformed_line"),),
    ),
    Odd(
        "garbage",
        b"\x89PNG\r\n\x1a\n" + b"\x00\x01\xc8\xff\n" * 3,
        (),
        (
            (2, "unknown_header"),
            (3, "invalid_encoding"),
            (4, "invalid_encoding"),
            (5, "invalid_encoding"),
        ),
    ),
    Odd("empty", b""),
    Odd("header_only", HEADER.encode()),
    Odd("blank_lines", f"{HEADER}\n{person('bla')}\n  \n".encode(), ("bla",)),
    Odd(
        "latin_1",
        (HEADER + person("lat-1")).encode()
        + person("lat-2", "Jürgen").encode("latin-1")
        + person("lat-3").encode(),
        ("lat-1", "lat-3"),
        ((3, "invalid_encoding"),),
    ),
    Odd("crlf", crlf(HEADER + person("crl-1")).encode(), ("crl-1",)),
    Odd(
        "mixed_line_ends",
        (
            crlf(HEADER + person("mix-1")) + person("mix-2") + crlf(person("mix-3"))
        ).encode(),
        ("mix-1", "mix-2", "mix-3"),
    ),
    Odd(
        "lone_carriage_returns",
        (HEADER + person("car-1") + person("car-2")).replace("\n", "\r").encode(),
        ("car-1", "car-2"),
    ),
    Odd("byte_order_mark", MARK + (HEADER + person("bom-1")).encode(), ("bom-1",)),
    Odd(
        "byte_order_mark_and_quotes",
        MARK + b'"id","created_at"\n"bom-2","2025-01-01"\n',
        ("bom-2",),
    ),
    Odd("no_last_line_end", (HEADER + person("end-1")).encode().strip(), ("end-1",)),
    Odd(
        "semicolons",
        (HEADER + person("semi")).replace(",", ";").encode(),
        ("semi",),
    ),
    Odd(
        "one_name_twice",
        b"id,email,Email,created_at\ntwice,a,b,2025-01-01\n",
        (),
        ((2, "ambiguous_header"),),
    ),
    Odd("nameless_column", b"id,,created_at\nnameless,x,2025-01-01\n", ("nameless",)),
    Odd(
        "long_field",
        (HEADER + person("long-1", "x" * 3_000_000) + person("long-2")).encode(),
        ("long-1", "long-2"),
    ),
    Odd(
        "no_id_and_bad_consent",
        b"id,accepts_email,created_at\n,true,2025-01-01\ncons,perhaps,2025-01-01\n",
        (),
        ((2, "missing_id"), (3, "bad_consent")),
    ),
]

JSON = [
    Odd(
        "malformed",
        (call("mal-1") + '{"type": \n' + call("mal-2") + "hello\n").encode(),
        ("mal-1", "mal-2"),
        ((2, "malformed_json"), (4, "malformed_json")),
    ),
    Odd(
        "truncated",
        (call("tru-1") + call("tru-2")[:40]).encode(),
        ("tru-1",),
        ((2, "malformed_json"),),
    ),
    Odd(
        "no_objects",
        b'[]\n3\n"x"\nnull\n[{}]\n',
        (),
        tuple((line, "not_an_object") for line in range(1, 6)),
    ),
    Odd(
        "other_structure",
        (
            call("str-1", context="text")
            + call("str-2", properties=[1, 2])
            + call("str-3", traits=3)
            + call("str-4", properties={"products": "many"})
            + call("str-5", context=None, properties={"deep": {"er": [1]}})
        ).encode(),
        ("str-5",),
        tuple((line, "bad_structure") for line in range(1, 5)),
    ),
    Odd(
        "wrong_type",
        (
            call("num-1", properties={"price": "cheap"})
            + call("num-2", properties={"price": "9.95", "quantity": 2})
            + call("num-3", properties={"quantity": "two"})
        ).encode(),
        ("num-2",),
        ((1, "bad_number"), (3, "bad_number")),
    ),
    Odd(
        "huge_line",
        (call("hug-1", properties={"x": "y" * 17_000_000}) + call("hug-2")).encode(),
        ("hug-2",),
        ((1, "too_long"),),
    ),
    Odd(
        "long_line",
        (call("big-1", properties={"x": "y" * 4_000_000}) + call("big-2")).encode(),
        ("big-1", "big-2"),
    ),
    Odd("empty", b""),
    Odd("blank_lines", f"\n{call('bla-1')}  \n\t\n".encode(), ("bla-1",)),
    Odd(
        "mixed_line_ends",
        (crlf(call("mix-1")) + call("mix-2") + crlf(call("mix-3"))).encode(),
        ("mix-1", "mix-2", "mix-3"),
    ),
    Odd(
        "lone_carriage_returns",
        (call("car-1") + call("car-2")).replace("\n", "\r").encode(),
        ("car-1", "car-2"),
    ),
    Odd("byte_order_mark", MARK + call("bom-1").encode(), ("bom-1",)),
    Odd(
        "latin_1",
        call("lat-1").encode() + b'{"event": "\xfc"}\n' + call("lat-2").encode(),
        ("lat-1", "lat-2"),
        ((2, "invalid_encoding"),),
    ),
    Odd(
        "zero_bytes",
        (call("nul-1") + call("nul-2").strip() + "\0\n").encode(),
        ("nul-1",),
        ((2, "malformed_json"),),
    ),
    Odd(
        "two_on_a_line",
        (call("two-1").strip() + call("two-2") + call("two-3")).encode(),
        ("two-3",),
        ((1, "malformed_json"),),
    ),
    Odd(
        "half_a_character",
        b'{"type": "track", "event": "\\ud800"}\n' + call("sur-1").encode(),
        ("sur-1",),
        ((1, "malformed_json"),),
    ),
    Odd(
        "deep",
        call("dee-1").encode()
        + call("dee-2").strip().encode()[:-1]
        + b', "a": '
        + b"[" * 5_000
        + b"]" * 5_000
        + b"}\n",
        ("dee-1", "dee-2"),
    ),
    Odd(
        "other_calls",
        (
            call("oth-1", type="alias") + call("oth-2", event="") + call("oth-3")
        ).encode(),
        ("oth-3",),
        ((1, "unknown_type"), (2, "missing_event_name")),
    ),
    Odd(
        "moments",
        (
            call("mom-1", timestamp="2025-01-02T11:00:00+02:00", receivedAt=None)
            + call("mom-2", timestamp="2025-01-02 11:00:00 +0200")
            + call("mom-3", timestamp="2025-01-02 09:00")
            + call("mom-4", timestamp="next week")
            + call("mom-5", timestamp="infinity")
            + call("mom-6", timestamp="0001-01-01T00:00:00Z")
            + call("mom-7", timestamp="2025-01-02 10:00:00 PST")
            + call("mom-8", timestamp=17)
            + call("mom-9", timestamp=None)
            + call("mom-10", receivedAt="soon")
            + call("mom-11", timestamp="2025-01-02T11:00:00+99:99")
        ).encode(),
        ("mom-1", "mom-2", "mom-3"),
        (
            *((line, "bad_timestamp") for line in range(4, 9)),
            (9, "missing_timestamp"),
            (10, "bad_timestamp"),
            (11, "bad_timestamp"),
        ),
    ),
    Odd(
        "odd_blanks",
        (call("odd-1") + "\u00a0\n\u3000\n" + call("odd-2")).encode(),
        ("odd-1", "odd-2"),
        ((2, "malformed_json"), (3, "malformed_json")),
    ),
    Odd(
        "wrong_clocks",
        (
            call("clo-1", timestamp="2025-01-02T10:59:00Z")
            + call("clo-2", timestamp="2025-01-02T11:02:00Z")
            + call("clo-3", receivedAt="2999-01-01T00:00:00Z")
            + call("clo-4", timestamp="2999-01-01T00:00:00Z", receivedAt=None)
        ).encode(),
        ("clo-1",),
        ((2, "wrong_clock"), (3, "wrong_clock"), (4, "wrong_clock")),
    ),
]
