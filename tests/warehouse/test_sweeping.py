"""No data folder grows for ever by what runs leave beside the tables."""

import os
import time
from pathlib import Path

from warehouse.settings import Settings
from warehouse.sweeping import DAY_SECONDS, sweep


def leave(path: Path, days: float) -> Path:
    """A file that was written so many days ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("left")
    moment = time.time() - days * DAY_SECONDS
    os.utime(path, (moment, moment))
    return path


def test_what_no_run_has_written_for_long_goes(settings: Settings) -> None:
    places = [
        settings.target_dir / "compiled" / "tessera" / "models",
        settings.target_dir / "run" / "tessera" / "models",
        settings.build_dir / "logs",
        settings.reports_dir / "gates" / "scores" / "validations",
    ]
    old = [leave(place / "of a former rule" / "old.sql", 31) for place in places]
    young = [leave(place / "new.sql", 29) for place in places]
    assert sweep(settings, 30) == len(old)
    assert [path.exists() for path in young] == [True] * 4
    assert not any(path.parent.exists() for path in old)
    assert sweep(settings, 30) == 0


def test_what_a_killed_run_left_goes_at_once(settings: Settings) -> None:
    left = leave(settings.build_dir / "tessera.duckdb.tmp" / "block-0.tmp", 0)
    sweep(settings, 30)
    assert not left.parent.exists()


def test_all_else_stays_however_old(settings: Settings) -> None:
    kept = [
        leave(settings.raw_dir / "web" / "events" / "a.jsonl", 900),
        leave(settings.build_path, 900),
        leave(settings.target_dir / "manifest.json", 900),
        leave(settings.publications_dir / "1" / "manifest.json", 900),
        leave(settings.reports_dir / "of a person.html", 900),
        leave(settings.dagster_home / "history" / "runs" / "index.db", 900),
    ]
    assert sweep(settings, 1) == 0
    assert all(path.exists() for path in kept)


def test_a_folder_without_runs_is_no_error(settings: Settings) -> None:
    assert sweep(settings, 30) == 0
