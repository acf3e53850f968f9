"""What a run came to, told so that a person enjoys it."""

import json
from typing import Any

from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from tessera.output import console, count, share
from tessera.segments.listing import segment_table
from tessera.watching import TITLES
from warehouse.connection import connect
from warehouse.history import run_steps
from warehouse.ledger import current_files
from warehouse.publications import Publication, current
from warehouse.settings import Settings

# Who scored; of a model without one, why: the newest that was tried.
MODELS = """
    select model_name, state, reason, metrics from ml.models
    where state = 'champion' or (reason <> '' and model_name not in (
        select model_name from ml.models where state = 'champion'
    ))
    qualify row_number() over (
        partition by model_name order by as_of_at desc, recorded_at desc
    ) = 1
    order by all
"""
FIGURES = ("roc_auc", "pr_auc", "silhouette", "ndcg", "popularity_ndcg", "skill")


def tell_publication(settings: Settings) -> None:
    """Tell of the current publication: people, segments, models, gates, places."""
    publication = current(settings)
    if publication is None:
        return
    console.print()
    console.print(_funnel(settings, publication))
    console.print(segment_table(publication))
    console.print()
    console.print(_models(settings))
    console.print(_gates(publication))
    console.print(_times(settings, publication))
    console.print(_places(settings, publication))


def _funnel(settings: Settings, publication: Publication) -> Panel:
    """How many raw records became how many people, sessions and events."""
    lines = sum(file.line_count for file in current_files(settings))
    with connect(settings.build_path, read_only=True) as connection:
        events = connection.execute("select count(*) from behavior.events").fetchall()
    with connect(publication.database, read_only=True) as connection:
        people, known = connection.execute(
            "select count(*), count(*) filter (is_identified) from customers"
        ).fetchall()[0]
        sessions = connection.execute("select count(*) from sessions").fetchall()
    text = (
        f"[bold]{count(lines)}[/] raw records became [bold]{count(people)}[/] people"
        f" ({count(known)} of them known by name), with"
        f" [bold]{count(sessions[0][0])}[/] sessions and"
        f" [bold]{count(events[0][0])}[/] events."
    )
    title = f"Published {publication.id}, as of {publication.as_of:%Y-%m-%d %H:%M} UTC"
    return Panel(text, title=title, title_align="left", expand=False)


def _models(settings: Settings) -> Table:
    table = _plain("Models", "Model", "State", "How good")
    with connect(settings.build_path, read_only=True) as connection:
        rows = connection.execute(MODELS).fetchall()
    for name, state, reason, card in rows:
        said = _figures(json.loads(card)) if state == "champion" else reason
        table.add_row(TITLES.get(name, name), state.replace("_", " "), escape(said))
    return table


def _figures(card: dict[str, Any]) -> str:
    metrics = card.get("metrics", {})
    said = [
        f"{name.upper()} {metrics[name]:.3f}" for name in FIGURES if name in metrics
    ]
    if "base_rate" in card:
        said.append(f"base rate {share(card['base_rate'])}")
    if "k" in card:
        said.insert(0, f"{card['k']} clusters")
    told = ", ".join(said).replace("_", " ")
    return f"{told}. {card['remark']}" if card.get("remark") else told


def _gates(publication: Publication) -> Table:
    table = _plain("Gates", "Gate", "Result")
    for name in sorted({str(gate["gate"]) for gate in publication.gates}):
        states = [g["state"] for g in publication.gates if g["gate"] == name]
        tally = [f"{states.count(s)} {s}" for s in sorted(set(states), reverse=True)]
        table.add_row(name, ", ".join(tally))
    return table


def _times(settings: Settings, publication: Publication) -> Table:
    """Seconds by step of the run that made this publication."""
    table = _plain("Time", "Step", "Seconds")
    table.columns[1].justify = "right"
    run_id = publication.gates[0]["run_id"] if publication.gates else ""
    for step in run_steps(settings, run_id):
        title = TITLES.get(step["step"], step["step"])
        table.add_row(title, f"{step['seconds']:.1f}")
    return table


def _places(settings: Settings, publication: Publication) -> Panel:
    link = settings.published_link
    lines = [
        f"tables     {link / 'tessera.duckdb'}",
        f"files      {link / 'parquet'}/",
        f"gates      {settings.reports_dir / 'gates'}/",
        "segments   tessera segments, and models/segments/segments.yml",
        "pipeline   make dev, then http://127.0.0.1:3000",
    ]
    return Panel("\n".join(lines), title="Where to look next", title_align="left")


def _plain(title: str, *headings: str) -> Table:
    return Table(*headings, title=title, title_justify="left", box=None)
