"""Whether the ids of one source are those of another: to be linked, or told twice."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

from warehouse.checks import Finding, Level
from warehouse.contract import Contract, Place, told_once, vocabulary
from warehouse.sampling import Sample, sample_of

# Where a visitor who is known carries the id of a customer.
WEB_IDS = {
    ("web", "events"): "userId",
    ("segment", "tracks"): "user_id",
    ("segment", "identifies"): "user_id",
    ("ga4", "events"): "user_id",
    ("snowplow", "events"): "user_id",
}
CUSTOMERS = (("shop", "customers"), ("shopify", "customers"))
# So many customers of a file are compared; with more, a share would say too little.
MOST_CUSTOMERS = 50_000
LEAST_SHARE = 0.5


def check_ids(
    samples: Mapping[Place, list[Sample]],
    paths: Mapping[Place, list[Path]],
    contract: Contract,
) -> Iterator[Finding]:
    """The share of the web's user ids that the shop knows, where both are there."""
    asked = [place for place in WEB_IDS if place in samples]
    if not asked or not any(place in paths for place in CUSTOMERS):
        return
    customers, are_all = _customers(paths, contract)
    for place in asked:
        ids = {
            str(row[WEB_IDS[place]])
            for one in samples[place]
            for row in (*one.first, *one.last)
            if row.get(WEB_IDS[place])
        }
        if not ids:
            text = (
                "no event that was looked at names a customer: visitors stay nameless"
            )
            yield Finding(Level.WARNING, "/".join(place), "no_user_ids", text)
            continue
        known = len(ids & customers)
        text = (
            f"{known} of {len(ids)} user ids that were looked at are ids of the shop's"
            f" customers{'' if are_all else ', of whom only some were looked at'}"
        )
        is_low = are_all and known < LEAST_SHARE * len(ids)
        level = Level.WARNING if is_low else Level.NOTE
        yield Finding(level, "/".join(place), "user_ids", text)


def check_twice(samples: Mapping[Place, list[Sample]]) -> Iterator[Finding]:
    """Ids that two exports of the shop tell: the records of the first stand back."""
    for table in told_once():
        places = [place for place in vocabulary()[table] if place in samples]
        for first, later in combinations(places, 2):
            ids = _ids(samples[first])
            both = ids & _ids(samples[later])
            if first[1] == later[1] and both:
                text = (
                    f"{len(both)} of {len(ids)} ids that were looked at are told by"
                    f" {'/'.join(later)}, too: those count, and these stand back"
                )
                yield Finding(Level.WARNING, "/".join(first), "told_twice", text)


def _ids(samples: list[Sample]) -> set[str]:
    rows = (row for one in samples for row in (*one.first, *one.last))
    return {str(row["id"]) for row in rows if row.get("id")}


def _customers(
    paths: Mapping[Place, list[Path]], contract: Contract
) -> tuple[set[str], bool]:
    """The ids of the shop's customers, and whether those are all."""
    ids: set[str] = set()
    left = MOST_CUSTOMERS
    files = [(place, path) for place in CUSTOMERS for path in paths.get(place, [])]
    for place, path in files:
        if left <= 0:
            return ids, False
        sample = sample_of(path, contract[place], left)
        ids.update(str(row["id"]) for row in sample.first if row.get("id"))
        left -= sample.records_read
        if sample.line_count is None or sample.line_count > sample.records_read:
            return ids, False
    return ids, True
