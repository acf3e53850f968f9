"""Which files of the raw folder are ours to read, and which deserve a word."""

from collections.abc import Iterator
from pathlib import Path

# The raw contract: the entities of each source, and the suffix of their files.
ENTITIES = {
    ("web", "events"): ".jsonl",
    ("shop", "customers"): ".csv",
    ("shop", "products"): ".csv",
    ("shop", "orders"): ".csv",
    ("shop", "order_lines"): ".csv",
    ("shop", "refunds"): ".csv",
    ("esp", "events"): ".jsonl",
    ("esp", "subscribers"): ".csv",
    ("crm", "contacts"): ".csv",
    ("segment", "tracks"): ".csv",
    ("segment", "pages"): ".csv",
    ("segment", "screens"): ".csv",
    ("segment", "identifies"): ".csv",
    ("ga4", "events"): ".jsonl",
    ("snowplow", "events"): ".csv",
    ("shopify", "customers"): ".csv",
    ("shopify", "customer_addresses"): ".csv",
    ("shopify", "products"): ".csv",
    ("shopify", "product_variants"): ".csv",
    ("shopify", "orders"): ".csv",
    ("shopify", "order_lines"): ".csv",
    ("shopify", "refunds"): ".csv",
    ("shopify", "order_line_refunds"): ".csv",
    ("shopify", "order_adjustments"): ".csv",
    ("shopify", "transactions"): ".csv",
    ("klaviyo", "events"): ".csv",
    ("klaviyo", "persons"): ".csv",
    ("klaviyo", "metrics"): ".csv",
    ("klaviyo", "campaigns"): ".csv",
    ("klaviyo", "flows"): ".csv",
}
OPEN_SUFFIX = ".open"
# What lies beside the sources' folders and is ours.
RECORDS = ("ledger.jsonl", "replays.jsonl")


def landed_paths(raw_dir: Path) -> Iterator[Path]:
    """Every complete file of a known entity, by path; growing and hidden ones wait."""
    for (source, entity), suffix in sorted(ENTITIES.items()):
        folder = raw_dir / source / entity
        for path in sorted(folder.glob(f"*{suffix}")):
            if path.is_file() and not path.name.startswith("."):
                yield path


def strangers(raw_dir: Path) -> list[str]:
    """One sentence for each thing under the raw folder that no model would read."""
    known = set(landed_paths(raw_dir))
    found = [_stranger(raw_dir, path) for path in _visible_files(raw_dir, known)]
    return sorted(set(found))


def _visible_files(raw_dir: Path, known: set[Path]) -> Iterator[Path]:
    for path in raw_dir.rglob("*"):
        parts = path.relative_to(raw_dir).parts
        hidden = any(part.startswith(".") for part in parts)
        waiting = path.suffix == OPEN_SUFFIX
        ours = path in known or parts[0] in RECORDS
        if path.is_file() and not (hidden or waiting or ours):
            yield path


def _stranger(raw_dir: Path, path: Path) -> str:
    """Why the file is not read, and what would be."""
    parts = path.relative_to(raw_dir).parts
    if len(parts) == 3 and (parts[0], parts[1]) in ENTITIES:
        wanted = ENTITIES[parts[0], parts[1]]
        return f"{'/'.join(parts)} is not read: only `{wanted}` files are read there."
    folder = "/".join(parts[:2]) if len(parts) > 2 else parts[0]
    allowed = ", ".join("/".join(entity) for entity in ENTITIES)
    return f"{folder} is not read: it is none of the known entities ({allowed})."
