"""What starting dbt costs: as a process of its own, and in the process of a run.

The work itself is small (the three reference lists), so that the start is what counts.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.figures import Figure, tell

SEEDS = "resource_type:seed"


def main() -> None:
    """Build the seeds three times and tell the seconds of each."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TESSERA_DATA"] = folder
        tell(Figure("dbt.process.seconds", _seconds(_as_process)))
        # The first step of a run loads dbt and parses the project; the second does not.
        tell(Figure("dbt.first_in_process.seconds", _seconds(_in_process)))
        tell(Figure("dbt.next_in_process.seconds", _seconds(_in_process)))


def _as_process() -> None:
    from warehouse.settings import load_settings

    settings = load_settings()
    command = [str(Path(sys.executable).with_name("dbt")), "build", "--select", SEEDS]
    target = settings.data_dir / "process"
    folders = ["--project-dir", settings.project_dir, "--target-path", target]
    environment = {**os.environ, "TESSERA_BUILD_PATH": str(settings.build_path)}
    subprocess.run(
        [*command, *map(str, folders)],
        cwd=settings.data_dir,
        env={**environment, "DBT_PROFILES_DIR": str(settings.project_dir)},
        check=True,
        capture_output=True,
    )


def _in_process() -> None:
    from warehouse.dbt import dbt_build
    from warehouse.settings import load_settings

    dbt_build(load_settings(), select=[SEEDS])


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
