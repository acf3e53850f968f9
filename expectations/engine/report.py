"""One page for a person: what each gate said last, readable without a network."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expectations.engine.gate import Gate, GateResult

RESULTS_FILE = "results.json"
COLUMNS = ("state", "entry", "observed", "allowed", "message")
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:72em}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;vertical-align:top;padding:.3em .6em;"
    "border-bottom:1px solid #ddd}"
    ".passed{color:#176b3a}.failed{color:#b00020;font-weight:bold}"
    ".warned{color:#8a5a00}.not{color:#666}"
)


def write_report(
    gate: Gate, gates_dir: Path, profile: str, results: Sequence[GateResult]
) -> None:
    """Keep what this gate said, and write `index.html` of what all gates said last.

    Raises:
        OSError: the folder cannot be written.
    """
    own_dir = gates_dir / gate.name
    own_dir.mkdir(parents=True, exist_ok=True)
    said = {
        "name": gate.name,
        "stage": gate.stage,
        "title": gate.title,
        "description": gate.description,
        "profile": profile,
        "judged_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "results": [asdict(result) for result in results],
    }
    (own_dir / RESULTS_FILE).write_text(json.dumps(said, indent=1), encoding="utf-8")
    (gates_dir / "index.html").write_text(_page(gates_dir), encoding="utf-8")


def _page(gates_dir: Path) -> str:
    files = gates_dir.glob(f"*/{RESULTS_FILE}")
    told = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    ordered = sorted(told, key=lambda gate: (gate["stage"] == "after_ml", gate["name"]))
    sections = "".join(_section(gate, gates_dir) for gate in ordered)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Gates</title>'
        f"<style>{STYLE}</style><h1>What the gates say</h1>{sections}</html>"
    )


def _section(gate: dict[str, Any], gates_dir: Path) -> str:
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    rows = "".join(_row(result) for result in gate["results"])
    return (
        f"<h2>{escape(gate['title'])} <small>{escape(gate['name'])}</small></h2>"
        f"<p>{escape(gate['description'])}</p>"
        f"<p>Profile {escape(gate['profile'])}, judged {escape(gate['judged_at'])}."
        f" {_links(gate['name'], gates_dir)}</p>"
        f"<table><tr>{head}</tr>{rows}</table>"
    )


def _row(result: dict[str, str]) -> str:
    kind = result["state"].split()[0]
    cells = "".join(f"<td>{escape(result[name])}</td>" for name in COLUMNS)
    return f'<tr class="{kind}">{cells}</tr>'


def _links(gate_name: str, gates_dir: Path) -> str:
    """To the Data Docs page of each table, which needs no index and no script."""
    pages = sorted((gates_dir / gate_name / "validations").rglob("*.html"))
    links = [
        f'<a href="{quote(page.relative_to(gates_dir).as_posix())}">'
        f"{escape(page.stem.removeprefix('build-'))}</a>"
        for page in pages
    ]
    return f"Data Docs: {', '.join(links)}." if links else ""
