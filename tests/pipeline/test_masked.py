"""What is personal is tagged, and `customers_masked` has none of it."""

import hashlib
import json
from typing import Any

import pytest

from warehouse.connection import connect
from warehouse.masking import masking_salt
from warehouse.settings import Settings

# Whom a row is of, and how to reach them; hashes can be tried. A city is of many.
PERSONAL = {
    *("email", "phone", "first_name", "last_name", "birth_on", "street", "postcode"),
    *("customer_id", "record_id", "visitor_id", "alias_id", "attribute_value"),
    "evidence_hash",
}
ONLY_MASKED = {"masked_customer_id"}


def columns(settings: Settings) -> dict[str, dict[str, bool]]:
    """Of each mart: its columns, and whether the tag `pii` is on them."""
    manifest = json.loads((settings.target_dir / "manifest.json").read_text())
    return {
        node["name"].removeprefix("mart_"): {
            name: "pii" in column["tags"] for name, column in node["columns"].items()
        }
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"].startswith("mart_")
    }


def test_what_is_personal_is_tagged(small_shop: Settings) -> None:
    marts = columns(small_shop)
    assert len(marts) > 20
    untagged = [
        f"{mart}.{name}"
        for mart, tags in marts.items()
        for name, is_tagged in tags.items()
        if name in PERSONAL and not is_tagged
    ]
    assert untagged == []


def test_the_masked_mart_has_every_other_column(small_shop: Settings) -> None:
    marts = columns(small_shop)
    kept = {name for name, is_tagged in marts["customers"].items() if not is_tagged}
    assert {"email", "customer_id", "street"} & kept == set()
    assert set(marts["customers_masked"]) == kept | ONLY_MASKED
    with connect(small_shop.build_path, read_only=True) as connection:
        found = connection.execute("from marts.customers_masked").description
    assert {column[0] for column in found} == kept | ONLY_MASKED


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with connect(settings.build_path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_nobody_is_named_in_it_nor_by_a_hash_of_theirs(small_shop: Settings) -> None:
    shown = {
        str(value).lower()
        for row in rows(small_shop, "from marts.customers_masked")
        for value in row
    }
    personal = ", ".join(
        name
        for name, is_tagged in columns(small_shop)["customers"].items()
        if is_tagged
    )
    known = {
        str(value).lower()
        for row in rows(small_shop, f"select {personal} from marts.customers")
        for value in row
        if value is not None
    }
    records = {
        row[0] for row in rows(small_shop, "select record_id from identity.records")
    }
    assert len(known) > 1000
    tried = known | records
    hashed = {
        digest(value.encode()).hexdigest()
        for value in tried
        for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256)
    }
    assert shown & (tried | hashed) == set()


def test_each_customer_has_one_name_there_that_only_the_salt_tells(
    small_shop: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSERA_DATA", str(small_shop.data_dir))
    salt = masking_salt()
    ids = [
        row[0] for row in rows(small_shop, "select customer_id from marts.customers")
    ]
    masked = {hashlib.sha256(f"{salt}{one}".encode()).hexdigest() for one in ids}
    found = rows(small_shop, "select masked_customer_id from marts.customers_masked")
    assert {row[0] for row in found} == masked
    assert len(found) == len(masked) == len(ids)
    assert masking_salt() == salt
    assert (small_shop.data_dir / "masking.salt").stat().st_mode & 0o077 == 0
