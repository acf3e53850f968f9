"""`tessera dev`: the Dagster UI with its daemon, on this machine only."""

import os
import sys
from typing import Annotated

from typer import Option

from tessera.output import console
from warehouse.settings import load_settings


def dev(
    port: Annotated[int, Option(min=1, max=65535, help="The UI's port.")] = 3000,
) -> None:
    """Open the Dagster UI with its daemon: runs, schedules, sensor, assets."""
    from orchestration.instance import prepare

    settings = load_settings()
    prepare(settings)
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(settings.dagster_home),
        "TESSERA_DATA": str(settings.data_dir),
    }
    console.print(f"The Dagster UI opens at http://127.0.0.1:{port} (Ctrl-C ends it).")
    os.chdir(settings.project_dir)
    arguments = ["dev", "-m", "orchestration.definitions", "-h", "127.0.0.1"]
    command = [sys.executable, "-m", "dagster", *arguments, "-p", str(port)]
    os.execve(sys.executable, command, environment)
