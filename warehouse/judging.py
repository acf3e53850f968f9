"""Whether the lines set aside would be judged otherwise today."""

import duckdb

from warehouse.connection import connect
from warehouse.rules import fingerprint
from warehouse.settings import Settings

# Whose marks say under which rules the lines stand that are read once.
JUDGES = ("base_web__events", "base_esp__events")


def rules_have_changed(settings: Settings) -> bool:
    """Whether code, seeds or vars changed since the lines of the build were judged.

    Raises:
        TesseraError: nothing was built yet, or a run has the database open.
    """
    query = "select fingerprint from ops.high_water_marks where model in (?, ?)"
    with connect(settings.build_path, read_only=True) as build:
        try:
            marks = build.execute(query, list(JUDGES)).fetchall()
        except duckdb.CatalogException:
            return True
    return {mark for (mark,) in marks} != {fingerprint("{}", settings.project_dir)}
