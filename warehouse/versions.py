"""Under which definitions a run works: what its tags say, whoever started it."""

import subprocess
from hashlib import sha256
from importlib.metadata import version

from warehouse.rules import fingerprint
from warehouse.settings import Settings

SEGMENTS = "models/segments/segments.yml"
SHOWN = 12


def definition_versions(settings: Settings) -> dict[str, str]:
    """The program, its commit where there is one, the segments and the rules.

    `segments` changes with `segments.yml`; `rules` with all that decides rows of the
    past (`warehouse.rules`).
    """
    segments = (settings.project_dir / SEGMENTS).read_bytes()
    known = {
        "version": version("tessera"),
        "commit": _commit(settings),
        "segments": sha256(segments).hexdigest()[:SHOWN],
        "rules": fingerprint("{}", settings.project_dir)[:SHOWN],
    }
    return {name: told for name, told in known.items() if told}


def _commit(settings: Settings) -> str:
    """The commit that is checked out; nothing where there is no git or no history."""
    asked = ["git", "-C", str(settings.project_dir), "rev-parse", "--short=12", "HEAD"]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""
