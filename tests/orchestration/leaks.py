"""Whose address or phone is in a file: how tests look for personal data.

The tables hold personal data, and are for those who may read them. Logs, errors, Data
Docs, dbt's artifacts and Dagster's storage are read by whoever looks after the runs.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from warehouse.settings import PROJECT_DIR, Settings

AROUND = re.compile(rb"([\w.+-]{1,64})@([\w-]+(?:\.[\w-]+)+)")
DIGITS = re.compile(rb"\d[\d ()/.-]{6,22}\d")
CONTACTS = ("crm/contacts", "shop/customers", "esp/subscribers")


def addresses(content: bytes) -> Iterator[str]:
    """Every address in a file of any kind; quick in files that have none."""
    start = content.find(b"@")
    while start >= 0:
        for local, domain in AROUND.findall(content[max(0, start - 64) : start + 256]):
            yield f"{local.decode()}@{domain.decode()}".lower()
        start = content.find(b"@", start + 1)


def numbers(content: bytes) -> Iterator[str]:
    """Every row of digits that may be a phone, without what stands between them."""
    for written in DIGITS.findall(content):
        yield re.sub(r"\D", "", written.decode())


def people(shop: Settings) -> tuple[set[str], set[str]]:
    """Addresses and phones of all simulated people, as their records tell them."""
    emails, phones = set(), set()
    for entity in CONTACTS:
        for file in (shop.raw_dir / entity).glob("*.csv"):
            with file.open(encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines):
                    emails.add((row.get("email") or "").strip().lower())
                    phones.add(re.sub(r"\D", "", row.get("phone") or ""))
    with (PROJECT_DIR / "seeds" / "junk_identifiers.csv").open() as lines:
        junk = {row["identifier_value"] for row in csv.DictReader(lines)}
    national = {re.sub(r"^(49|0)", "", phone) for phone in phones}
    spelled = {prefix + one for one in national for prefix in ("", "0", "49", "0049")}
    return {one for one in emails - junk if "@" in one}, {
        one for one in spelled if len(one) >= 9
    }


def found_in(folder: Path, emails: set[str], phones: set[str]) -> dict[str, int]:
    """Of each file below a folder that names anybody: how many people."""
    named = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        hits = set(addresses(content)) & emails | set(numbers(content)) & phones
        if hits:
            named[str(file.relative_to(folder))] = len(hits)
    return named


def left(shop: Settings) -> list[Path]:
    """The folders of what runs leave beside tables."""
    return [
        *(shop.build_dir / "logs", shop.target_dir, shop.reports_dir),
        shop.data_dir / "dagster",
    ]
