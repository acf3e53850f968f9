"""What the judge says of lines: each set aside, a copy, or the one of its event."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from tests.behavior.compare import differences
from tests.behavior.oracle_lines import Verdict
from tests.behavior.shop import Row, table
from warehouse.settings import Settings

Ids = Mapping[str, Sequence[str]]
LINES = (
    "(select path, quarantine_reason, duplicate_since_load_seq is not null"
    " as is_duplicate from staging.base_{source}__events"
    " inner join staging.landed_files using (load_seq))"
)
COLUMNS = ("path", "quarantine_reason", "is_duplicate")
TAGS = {"web": "page_title", "esp": "user_agent"}


def staged_ids(settings: Settings) -> Ids:
    """The ids that the models gave to each content, by the content's tag."""
    found: dict[str, list[str]] = defaultdict(list)
    for source, column in TAGS.items():
        for row in table(settings, f"staging.stg_{source}__events"):
            tag = str(row[column]).split()[-1]
            found[tag].append(str(row["event_id"]))
    return found


def misjudged(settings: Settings, found: Sequence[Verdict]) -> list[str]:
    """Lines that were set aside, or counted as copies, as the rules do not say."""
    return [
        sentence
        for source in TAGS
        for sentence in differences(
            f"lines of {source}",
            table(settings, LINES.format(source=source)),
            [_row(verdict) for verdict in found if verdict.line.source == source],
            COLUMNS,
        )
    ]


def misnamed(staged: Ids, found: Sequence[Verdict]) -> list[str]:
    """Contents that are not exactly one event."""
    wanted = {verdict.line.tag for verdict in found if verdict.counts}
    shared = Counter(event_id for ids in staged.values() for event_id in ids)
    many = [tag for tag, ids in staged.items() if len(ids) > 1]
    return [
        *(f"{tag} is one content and more than one event" for tag in many),
        *(f"{tag} was accepted and is no event" for tag in wanted - set(staged)),
        *(f"{tag} was not accepted and is one" for tag in set(staged) - wanted),
        *(f"{many} contents share {key}" for key, many in shared.items() if many > 1),
    ]


def _row(verdict: Verdict) -> Row:
    cells = (verdict.line.path, verdict.reason, verdict.is_duplicate)
    return dict(zip(COLUMNS, cells, strict=True))
