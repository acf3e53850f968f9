"""The publication that commands look at, or a word on how to get one."""

from warehouse.errors import TesseraError
from warehouse.publications import Publication, current
from warehouse.settings import Settings


def published(settings: Settings) -> Publication:
    """The current publication of a data folder.

    Raises:
        TesseraError: nothing was published yet.
    """
    publication = current(settings)
    if publication is None:
        raise TesseraError(
            "nothing was published yet",
            where=str(settings.published_link),
            remedy="Run `tessera demo`, or `tessera run` on your own exports",
        )
    return publication
