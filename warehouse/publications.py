"""What a publication is, and which ones stand: for whoever shows or compares them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.errors import TesseraError
from warehouse.settings import Settings

UNFINISHED_SUFFIX = ".tmp"


@dataclass(frozen=True)
class Publication:
    """One immutable snapshot of the marts.

    `rows` and `content` are by table: the number of rows, and a hash that is equal
    when the table's rows are. `gates` and `accepted` are as the run recorded them.
    """

    id: str
    path: Path
    as_of: datetime
    created_at: datetime
    rows: Mapping[str, int]
    content: Mapping[str, str]
    versions: Mapping[str, str]
    gates: Sequence[Mapping[str, Any]]
    accepted: Sequence[Mapping[str, Any]]

    @property
    def database(self) -> Path:
        """The DuckDB file; every mart is a table of its main schema."""
        return self.path / "tessera.duckdb"

    def parquet(self, table: str) -> Path:
        """The Parquet file of one table."""
        return self.path / "parquet" / f"{table}.parquet"

    def manifest(self) -> dict[str, Any]:
        """What manifest.json holds."""
        return {
            "id": self.id,
            "as_of": self.as_of.isoformat(),
            "created_at": self.created_at.isoformat(),
            "rows": dict(self.rows),
            "content": dict(self.content),
            "versions": dict(self.versions),
            "gates": list(self.gates),
            "accepted": list(self.accepted),
        }


def publications(settings: Settings) -> list[Publication]:
    """Every finished publication, oldest first."""
    manifests = sorted(settings.publications_dir.glob("*/manifest.json"))
    finished = (m for m in manifests if m.parent.suffix != UNFINISHED_SUFFIX)
    return [_read(manifest) for manifest in finished]


def current(settings: Settings) -> Publication | None:
    """The publication that readers get, or None where nothing was published yet.

    Raises:
        TesseraError: the link points to a publication that is gone.
    """
    link = settings.published_link
    if not link.is_symlink():
        return None
    manifest = link.resolve() / "manifest.json"
    if not manifest.exists():
        raise TesseraError(
            "the published link points to a publication that is gone",
            where=str(link),
            given=str(link.readlink()),
            remedy="Run `tessera run`: it publishes anew",
        )
    return _read(manifest)


def _read(manifest: Path) -> Publication:
    """A publication from its manifest; one of an older version may lack a part."""
    try:
        values = json.loads(manifest.read_text())
        return Publication(
            id=values["id"],
            path=manifest.parent,
            as_of=datetime.fromisoformat(values["as_of"]),
            created_at=datetime.fromisoformat(values["created_at"]),
            rows=values.get("rows", {}),
            content=values.get("content", {}),
            versions=values.get("versions", {}),
            gates=values.get("gates", []),
            accepted=values.get("accepted", []),
        )
    except (ValueError, KeyError, AttributeError) as error:
        raise TesseraError(
            "this is not the manifest of a publication",
            where=str(manifest),
            given=str(error),
            remedy="Remove the publication's folder, then run `tessera run`",
        ) from error
