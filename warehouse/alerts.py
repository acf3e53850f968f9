"""Tells somebody that a run failed: a line in a file, and a command of the operator's.

Nothing here needs a network. What to do with an alert (mail, a pager, a light) is the
command's own matter: it gets the alert as one line of JSON on its standard input.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from warehouse.folders import make_folder, unwritable
from warehouse.journal import append, claim
from warehouse.settings import Settings
from warehouse.variables import variables

FILE_NAME = "alerts.jsonl"
COMMAND = "alert_command"
TIMEOUT_SECONDS = 30


def alerts_path(settings: Settings) -> Path:
    """One line of JSON for each alert, newest last."""
    return settings.reports_dir / FILE_NAME


def raise_alert(settings: Settings, alert: Mapping[str, object]) -> str:
    """Note an alert and hand it to the command; what came of that, in a sentence.

    A command that fails never hides the alert: it is noted before.

    Raises:
        TesseraError: the reports folder cannot be written.
    """
    path = alerts_path(settings)
    make_folder(path.parent)
    try:
        with path.open("ab") as file:
            claim(file, path)
            append(file, alert)
    except OSError as error:
        raise unwritable(path, error) from error
    return _handed_on(variables(settings.project_dir).get(COMMAND), alert)


def _handed_on(command: object, alert: Mapping[str, object]) -> str:
    if not command:
        return f"Noted in {FILE_NAME}; the var `{COMMAND}` names no command."
    if not isinstance(command, Sequence) or isinstance(command, str):
        return f"Not handed on: the var `{COMMAND}` is no list of words."
    words = [str(word) for word in command]
    try:
        # No shell: what an alert says is never a part of a command.
        ended = subprocess.run(
            words,
            input=json.dumps(dict(alert)) + "\n",
            text=True,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Not handed on: `{words[0]}` failed ({type(error).__name__})."
    if ended.returncode:
        return f"Not handed on: `{words[0]}` ended with {ended.returncode}."
    return f"Handed to `{words[0]}`."
