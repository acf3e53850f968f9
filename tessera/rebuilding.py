"""The proof by rebuilding: all tables anew from the raw files, beside the standing."""

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from tessera.output import console
from tessera.watching import watched
from warehouse.comparing import differences
from warehouse.settings import Settings

if TYPE_CHECKING:
    from orchestration.execution import Options

REBUILD = "rebuild"


def rebuild_and_compare(settings: Settings, options: "Options") -> list[str]:
    """Rebuild into a folder of its own; one sentence for each table that differs.

    The rebuilt tables stay only where there is a difference to look into.
    """
    from orchestration.execution import rebuild
    from warehouse.tables import as_of

    beside = replace(settings, build_name=REBUILD)
    shutil.rmtree(beside.build_dir, ignore_errors=True)
    console.print("\nRebuilding everything beside the standing tables.")
    moment = as_of(settings).isoformat(sep=" ")
    # What attached tables tell meanwhile is not in the standing ones.
    # And whom training has let score is known by now.
    same = replace(
        options, variables={**options.variables, "attached": {}}, retrain=False
    )
    with watched():
        rebuild(settings, replace(same, build_name=REBUILD, as_of=moment))
    found = differences(settings.build_path, beside.build_path)
    if found:
        console.print(f"[dim]The rebuilt tables: {beside.build_path}[/]")
    else:
        shutil.rmtree(beside.build_dir)
    return found
