"""`tessera status`: what ran, what stands, how fresh it is, what waits: one screen."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from rich.markup import escape
from rich.table import Table
from typer import Option, echo

from tessera.output import ExampleName, console, count
from tessera.screen import (
    LABEL_WIDTH,
    coloured,
    few,
    minute,
    others,
    short,
    shown,
    span,
)
from warehouse.locking import Holder
from warehouse.runs import Verdict
from warehouse.settings import settings_for
from warehouse.situation import Situation, Waiting, situation

# What is wrong may take so many lines, and a mishap so many.
LINES, MANY_LINES = 2, 4
STATES = ("passed", "not applicable", "accepted", "warned", "failed")
EXPECTED = "Expected: "
Lines = Iterator[str | Table]


def status(
    example: ExampleName = "",
    as_json: Annotated[
        bool, Option("--json", help="For programs: everything, as JSON.")
    ] = False,
) -> None:
    """Show the last runs, what stands, how fresh it is, its gates, and what waits."""
    seen = situation(settings_for(example))
    if as_json:
        echo(json.dumps(asdict(seen), default=datetime.isoformat, indent=2))
        return
    parts = {
        "Data": _data(seen),
        "Published": _published(seen),
        "Runs": _runs(seen),
        "Sources": _sources(seen),
        "Gates": _gates(seen.verdicts),
        "Accepted": _accepted(seen),
        "Waiting": _waiting(seen.waiting),
    }
    table = Table.grid(padding=(0, 1))
    table.add_column(width=LABEL_WIDTH - 1, style="bold")
    table.add_column()
    for label, lines in parts.items():
        for line in lines:
            table.add_row(label, line)
            label = ""
    console.print(table)


def _data(seen: Situation) -> Lines:
    yield f"{escape(seen.data_dir)}, {minute(seen.looked_at)} UTC"
    if seen.at_work:
        yield f"[cyan]{_work(seen, seen.at_work)}[/]"
    if seen.trouble:
        yield f"[red]{short(seen.trouble, MANY_LINES)}[/]"


def _work(seen: Situation, holder: Holder) -> str:
    if holder.since is None:
        return "A run has just started."
    since = f"{minute(holder.since)}, {span(_age(seen, holder.since))} ago"
    return f"A run is at work since {since} (process {holder.pid})."


def _published(seen: Situation) -> Lines:
    published = seen.published
    if published is None:
        yield "nothing yet: `tessera demo` or `tessera run`"
        return
    age = span(_age(seen, published.created_at))
    yield f"{published.id}, {age} ago, as of {minute(published.as_of)} UTC"


def _runs(seen: Situation) -> Lines:
    if not seen.runs:
        yield "none so far"
        return
    table = Table.grid(padding=(0, 2))
    for run in seen.runs[: few() + 1]:
        table.add_row(
            run.run_id[:8],
            minute(run.started_at),
            f"took {span(run.seconds)}",
            coloured(run.result),
        )
    yield table
    newest = seen.runs[0]
    is_told_below = newest.run_id in {one.run_id for one in seen.verdicts}
    if newest.reason and not (newest.result == "stopped by gates" and is_told_below):
        yield f"[red]{newest.run_id[:8]}: {short(newest.reason, LINES)}[/]"


def _sources(seen: Situation) -> Lines:
    if seen.arrivals is None:
        why = "a run is at work" if seen.at_work else "nothing was built that tells"
        yield f"[dim]not known: {why}[/]"
        return
    table = Table.grid(padding=(0, 2))
    few_of, left = shown(seen.arrivals, few() + 1)
    for one in few_of:
        behind = f"{span(one.age_seconds)} before as_of" if one.age_seconds else "now"
        table.add_row(one.source, minute(one.newest_at), behind)
    yield table
    yield from others(left, "with newer records")


def _gates(verdicts: Sequence[Verdict]) -> Lines:
    if not verdicts:
        yield "none was judged yet"
        return
    gates = sorted({one.gate for one in verdicts})
    table = Table.grid(padding=(0, 1))
    table.add_column()
    for _ in gates:
        table.add_column(justify="right")
    table.add_row(verdicts[0].run_id[:8], *gates)
    for state in STATES:
        counts = [_tally(verdicts, gate, state) for gate in gates]
        if any(counts):
            table.add_row(coloured(state), *(str(n or "") for n in counts))
    yield table
    wrong = [one for one in verdicts if one.state in ("failed", "warned")]
    wrong.sort(key=lambda one: one.state)
    few_of, left = shown(wrong, few())
    for one in few_of:
        said = f"{one.name}: {one.message.removeprefix(EXPECTED)}"
        yield f"{coloured(one.state)} {short(said, LINES)}"
    yield from others(left, "in the Data Docs")


def _accepted(seen: Situation) -> Lines:
    """What a person let pass in the publication that stands."""
    if seen.published is None:
        return
    accepted = seen.published.accepted
    few_of, left = shown(accepted, few())
    for one in few_of:
        reason = one.message.rpartition("Accepted: ")[2]
        said = f"{one.name} by run {one.run_id[:8]}: {reason}"
        yield f"[yellow]{short(said, LINES)}[/]"
    yield from others(left, "in its manifest")
    if not accepted:
        yield "no violation in what is published"


def _waiting(waiting: Waiting) -> Lines:
    yield (
        f"{count(waiting.waiting_file_count)} files to be taken in, beside"
        f" {count(waiting.file_count)} with {count(waiting.line_count)} records"
    )
    requests = waiting.erasure_request_count
    if requests:
        yield (
            f"[yellow]{count(requests)} requests to be erased wait:"
            " `tessera erase --requested`[/]"
        )
    if waiting.quarantine is None:
        yield "[dim]lines set aside: not known[/]"
    aside = waiting.quarantine or []
    few_of, left = shown(aside, few())
    for one in few_of:
        said = f"{count(one.open_count)} lines of {one.place} aside: {one.reason}"
        yield short(said, 1)
    yield from others(left, "reasons: `tessera quarantine`")
    strangers, left = shown(waiting.strangers, 1)
    for sentence in strangers:
        yield f"[yellow]{short(sentence, LINES)}[/]"
    yield from others(left, "files are not read")


def _tally(verdicts: Sequence[Verdict], gate: str, state: str) -> int:
    return sum((one.gate, one.state) == (gate, state) for one in verdicts)


def _age(seen: Situation, moment: datetime) -> float:
    return (seen.looked_at - moment).total_seconds()
