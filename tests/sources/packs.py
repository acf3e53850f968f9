"""The packs as they lie in the project, with their fixtures: found, never listed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import yaml

from warehouse.settings import PROJECT_DIR

FIXTURES = Path(__file__).parent
STAGING = PROJECT_DIR / "models" / "staging"
VOCABULARY = STAGING / "vocabulary"
PAGES = PROJECT_DIR / "docs" / "sources"

# The event names that the models above the staging give a meaning.
KNOWN_EVENTS = frozenset(
    {
        *("page_viewed", "screen_viewed", "identified"),
        *("product_viewed", "product_list_viewed", "products_searched"),
        *("product_added", "product_removed", "cart_viewed"),
        *("checkout_started", "order_completed"),
        *("email_delivered", "email_opened", "email_link_clicked", "email_replied"),
        *("email_bounced", "unsubscribed", "email_marked_as_spam"),
    }
)


def packs() -> list[str]:
    """Every folder of models/staging that has models of its own sources."""
    folders = (path for path in STAGING.iterdir() if path.is_dir())
    names = {path.name for path in folders if any(path.glob("*.sql"))}
    return sorted(names - {VOCABULARY.name})


@cache
def declared(macro: str) -> dict[str, Any]:
    """What a macro of macros/raw_contract.sql that needs no project hands back."""
    source = (PROJECT_DIR / "macros" / "raw_contract.sql").read_text(encoding="utf-8")
    handed: list[dict[str, Any]] = []
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals["return"] = handed.append
    environment.from_string(f"{source}{{% do {macro}() %}}").render()
    return handed[0]


def switches(pack: str) -> list[str]:
    """The names that the var `sources` has for a pack: those whose models lie in it."""
    folder = STAGING / pack
    return [
        name
        for name, sources in declared("packs").items()
        if any([*folder.glob(f"base_{source}__*.sql")] for source in sources)
    ]


def columns_of(pack: str) -> dict[str, list[str]]:
    """Every entity (`source/entity`) that a pack reads, with its declared columns."""
    sources = declared("all_sources")
    return {
        f"{source}/{entity}": list(columns)
        for name in switches(pack)
        for source in declared("packs")[name]
        for entity, columns in sources[source].items()
    }


def vocabulary() -> list[str]:
    """The tables that all packs end in."""
    return sorted(path.stem for path in VOCABULARY.glob("*.sql"))


@dataclass(frozen=True)
class Account:
    """What becomes of an entity's lines."""

    accepted: int
    duplicates: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """Each line ends in one place."""
        return self.accepted + self.duplicates + sum(self.quarantined.values())


@dataclass(frozen=True)
class Expected:
    """What a pack's fixtures become, as its author says."""

    accounts: dict[str, Account]
    told: dict[str, int]
    events: dict[str, int]
    values: list[dict[str, Any]]


def expected(pack: str) -> Expected:
    """Read `expected.yml`; a key that it should not have is refused."""
    text = (FIXTURES / pack / "expected.yml").read_text(encoding="utf-8")
    said = yaml.safe_load(text)
    accounts = {path: Account(**one) for path, one in said.pop("accounts").items()}
    told, events = said.pop("told"), said.pop("events", {})
    return Expected(accounts, told, events, said.pop("values", []), **said)


@dataclass(frozen=True)
class Fixture:
    """A file of a pack's fixtures, and where it lands below the raw folder."""

    path: str
    content: bytes

    @property
    def entity(self) -> str:
        """Its `source/entity`."""
        return "/".join(self.path.split("/")[:2])

    def named(self, mark: str, content: bytes) -> "Fixture":
        """The same place under another name."""
        folder, name = self.path.rsplit("/", 1)
        return Fixture(f"{folder}/{mark}-{name}", content)


def fixtures(pack: str) -> list[Fixture]:
    """Every file of the pack that lands, by path."""
    folder = FIXTURES / pack
    files = sorted(path for path in folder.glob("*/*/*") if path.is_file())
    return [Fixture(p.relative_to(folder).as_posix(), p.read_bytes()) for p in files]


def backwards(files: list[Fixture]) -> tuple[list[Fixture], list[Fixture]]:
    """The same lines in two loads, the last line first."""
    loads: tuple[list[Fixture], list[Fixture]] = ([], [])
    for file in files:
        if file.path.endswith((".csv", ".jsonl")):
            first, second = _halves(file)
            loads[0].append(file.named("first", second))
            loads[1].append(file.named("second", first))
    whole = [file for file in files if not file.path.endswith((".csv", ".jsonl"))]
    for entity in sorted({file.entity for file in whole}):
        *earlier, last = [file for file in whole if file.entity == entity]
        loads[0].append(last)
        loads[1].extend(earlier)
    return loads


def _halves(file: Fixture) -> tuple[bytes, bytes]:
    """Both halves of a file's lines, each backwards and below the header."""
    lines = file.content.splitlines()
    header, rows = (
        ([], lines) if file.path.endswith(".jsonl") else (lines[:1], lines[1:])
    )
    middle = (len(rows) + 1) // 2
    first, second = (
        b"".join(line + b"\n" for line in [*header, *reversed(half)])
        for half in (rows[:middle], rows[middle:])
    )
    return first, second


def unique_columns(folder: Path) -> Iterator[tuple[str, str]]:
    """Each model and column that a folder's descriptions call unique."""
    for path in sorted(folder.glob("*.yml")):
        models = yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
        for model in models:
            for column in model.get("columns", []):
                if "unique" in column.get("data_tests", []):
                    yield model["name"], column["name"]


def page_words(pack: str) -> set[str]:
    """The words of a pack's page, `source/entity` being one."""
    text = (PAGES / f"{pack}.md").read_text(encoding="utf-8")
    return set(re.findall(r"[\w/]+", text)) | set(re.findall(r"\w+", text))
