"""One page for a person: what each gate said last, readable without a network."""

from __future__ import annotations

import json
import re
from collections import Counter
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
# The gates and entries in which something is wrong come first.
WRONG = ("failed", "warned")
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:76em;"
    "padding:0 1em}"
    "table{border-collapse:collapse;width:100%;table-layout:fixed}"
    "td,th{text-align:left;vertical-align:top;padding:.3em .6em;"
    "border-bottom:1px solid #ddd;overflow-wrap:anywhere}"
    "th:nth-child(1){width:5.5em}th:nth-child(2){width:12em}"
    "th:nth-child(3),th:nth-child(4){width:6.5em}"
    "h2{margin-top:2em}small{color:#666;font-weight:normal}"
    "code{background:#f3f3f3;padding:0 .2em}summary{cursor:pointer;color:#444}"
    ".passed b{color:#176b3a}.failed b{color:#b00020}.warned b{color:#8a5a00}"
    ".not b{color:#666;font-weight:normal}.failed td{background:#fdf2f3}"
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
    ordered = sorted(told, key=_urgency)
    sections = "".join(_section(gate, gates_dir) for gate in ordered)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Gates</title>'
        f"<style>{STYLE}</style><h1>What the gates say</h1>"
        f"<p>{_verdict(told)}</p>{sections}</html>"
    )


def _urgency(gate: dict[str, Any]) -> tuple[int, bool, str]:
    ranks = [_rank(result) for result in gate["results"]]
    return min(ranks, default=0), gate["stage"] == "after_ml", gate["name"]


def _rank(result: dict[str, Any]) -> int:
    state = result["state"]
    return WRONG.index(state) if state in WRONG else len(WRONG)


def _verdict(told: Sequence[dict[str, Any]]) -> str:
    """What it comes to, and what one can do."""
    failed = [one for gate in told for one in gate["results"] if _rank(one) == 0]
    if not failed:
        return "Nothing failed: what these gates judged may be published."
    first = f"{failed[0]['gate']}:{failed[0]['entry']}"
    return (
        f"<b>{len(failed)} failed.</b> The former publication stands until they are "
        "mended, or until a person lets them through once, with a reason: "
        f"<code>tessera run --accept {escape(first)} --reason &quot;...&quot;</code>"
    )


def _section(gate: dict[str, Any], gates_dir: Path) -> str:
    ordered = sorted(gate["results"], key=_rank)
    wrong = [result for result in ordered if result["state"] in WRONG]
    right = ordered[len(wrong) :]
    judged_at = f"{datetime.fromisoformat(gate['judged_at']):%Y-%m-%d %H:%M}"
    return (
        f"<h2>{escape(gate['title'])} <small>{escape(gate['name'])}: "
        f"{_tally(ordered)}</small></h2><p>{escape(gate['description'])}</p>"
        f"{_table(wrong)}{_folded(right)}"
        f"<p><small>Profile {escape(gate['profile'])}, judged {judged_at} UTC."
        f" {_links(gate['name'], gates_dir)}</small></p>"
    )


def _tally(results: Sequence[dict[str, Any]]) -> str:
    counted = Counter(result["state"] for result in results)
    return ", ".join(f"{count} {state}" for state, count in counted.items())


def _folded(results: Sequence[dict[str, Any]]) -> str:
    """What is in order opens at a click."""
    if not results:
        return ""
    return f"<details><summary>{_tally(results)}</summary>{_table(results)}</details>"


def _table(results: Sequence[dict[str, Any]]) -> str:
    if not results:
        return ""
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    return f"<table><tr>{head}</tr>{''.join(map(_row, results))}</table>"


def _row(result: dict[str, str]) -> str:
    kind = result["state"].split()[0]
    state, entry, *others = (_marked(result[name]) for name in COLUMNS)
    shown = (f"<b>{state}</b>", entry.replace(":", ":<wbr>"), *others)
    cells = "".join(f"<td>{cell}</td>" for cell in shown)
    return f'<tr class="{kind}">{cells}</tr>'


def _marked(text: str) -> str:
    """Escaped, and names between backticks set apart."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _links(gate_name: str, gates_dir: Path) -> str:
    """To the Data Docs page of each table, which needs no index and no script."""
    pages = sorted((gates_dir / gate_name / "validations").rglob("*.html"))
    links = [
        f'<a href="{quote(page.relative_to(gates_dir).as_posix())}">'
        f"{escape(page.stem.removeprefix('build-'))}</a>"
        for page in pages
    ]
    return f"Data Docs: {', '.join(links)}." if links else ""
