"""Which publications stay: a former one is shown again, and the oldest make room."""

import shutil

from warehouse.errors import TesseraError, nearest
from warehouse.locking import run_lock
from warehouse.publications import (
    UNFINISHED_SUFFIX,
    Publication,
    current,
    publications,
)
from warehouse.publishing import show
from warehouse.settings import Settings

LISTED = 5


def roll_back(settings: Settings, publication_id: str) -> Publication:
    """Show a kept publication again; readers change over in one step.

    Raises:
        TesseraError: there is none of this id, it has lost a file, or a run is at work.
    """
    with run_lock(settings):
        kept = {one.id: one for one in publications(settings)}
        if publication_id not in kept:
            raise _unknown(settings, publication_id, list(kept))
        publication = kept[publication_id]
        _require_whole(publication)
        show(settings, publication)
    return publication


def prune(settings: Settings, keep: int) -> list[str]:
    """Remove all but the newest publications; the one that stands always stays.

    Whoever has a removed one open reads on. Gives back the ids of those that went,
    oldest first. The caller holds the run lock; `keep` is one or more.
    """
    standing = current(settings)
    gone = []
    for publication in publications(settings)[:-keep]:
        if standing is None or publication.id != standing.id:
            # Under this name nobody takes what is left for a publication.
            leaving = publication.path.with_suffix(UNFINISHED_SUFFIX)
            publication.path.rename(leaving)
            shutil.rmtree(leaving)
            gone.append(publication.id)
    return gone


def _require_whole(publication: Publication) -> None:
    files = [publication.database, *map(publication.parquet, publication.rows)]
    lost = [file.name for file in files if not file.exists()]
    if lost:
        raise TesseraError(
            "this publication has lost files",
            where=str(publication.path),
            given=", ".join(lost[:LISTED]),
            remedy="Choose another; `tessera publications` lists them. What readers get"
            " has not changed",
        )


def _unknown(settings: Settings, given: str, kept: list[str]) -> TesseraError:
    return TesseraError(
        "there is no such publication",
        where=str(settings.publications_dir),
        given=f"`{given}`",
        allowed=list(reversed(kept))[:LISTED],
        remedy=f"{nearest(given, kept) or ''} `tessera publications` lists all".strip(),
    )
