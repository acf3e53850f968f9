"""`tessera erase`: people leave for good, and a table proves it."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from rich.markup import escape
from rich.table import Table
from typer import Exit, Option, confirm

from tessera.output import console, count
from warehouse.erasure.erasing import Outcome, Sighting, erase, finish_erasure, look
from warehouse.erasure.identifiers import Identifier, Kind, by_kind, identifier
from warehouse.erasure.person import NotOnePersonError, find
from warehouse.erasure.requests import read_requests
from warehouse.errors import TesseraError
from warehouse.folders import readable_lines
from warehouse.locking import run_lock
from warehouse.settings import Settings, load_settings

KINDS = (Kind.EMAIL, Kind.PHONE, Kind.USER_ID)
SHOWN_FILES = 5


def erase_people(
    email: Annotated[
        list[str] | None, Option(help="An address of the person (may be repeated).")
    ] = None,
    phone: Annotated[list[str] | None, Option(help="A phone of theirs.")] = None,
    user_id: Annotated[
        list[str] | None, Option(help="Their customer id in the shop.")
    ] = None,
    record: Annotated[
        list[str] | None, Option(help="A record of theirs, as `tessera explain` says.")
    ] = None,
    people: Annotated[
        Path | None,
        Option("--from", help="A CSV file: email, phone, user_id; a row a person."),
    ] = None,
    requested: Annotated[
        bool, Option("--requested", help="Whoever asked in data/raw/identity/erasures.")
    ] = False,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Say what would go, and change nothing.")
    ] = False,
    yes: Annotated[bool, Option("--yes", help="Do not ask.")] = False,
    finish: Annotated[
        bool, Option("--finish", help="Finish an erasure that was broken off.")
    ] = False,
    no_run: Annotated[
        bool, Option("--no-run", help="Leave the rebuild to `tessera run`.")
    ] = False,
) -> None:
    """Take a person out of everything that is kept, and prove it."""
    settings = load_settings()
    given = [*_typed(email, phone, user_id), *(_listed(people) if people else ())]
    given += [_identifier(Kind.RECORD, value, "--record") for value in record or ()]
    if requested:
        given += _requested(settings)
    if not given and requested and not finish:
        console.print("Nobody asks to be erased.")
        return
    if not given and not finish:
        raise TesseraError(
            "nobody was named",
            where="tessera erase",
            allowed="--email, --phone, --user-id, --record, --from FILE or --requested;"
            " or --finish",
        )
    with run_lock(settings):
        done = [None if dry_run else _finish_former(settings)]
        done.append(_erase(settings, given, dry_run, yes) if given else None)
    outcomes = [outcome for outcome in done if outcome]
    if finish and not outcomes:
        console.print("No erasure was broken off.")
    if outcomes and not no_run:
        _run(settings)
    if not all(outcome.is_clean for outcome in outcomes):
        raise Exit(1)


def _typed(
    email: list[str] | None, phone: list[str] | None, user_id: list[str] | None
) -> Iterator[Identifier]:
    for kind, values in zip(KINDS, (email, phone, user_id), strict=True):
        for value in values or ():
            yield _identifier(kind, value, f"--{kind}".replace("_", "-"))


def _listed(people: Path) -> Iterator[Identifier]:
    """The identifiers of each row; a row that names nobody is refused."""
    rows = csv.DictReader(readable_lines(people))
    columns = [str(kind) for kind in KINDS]
    if not set(columns) & set(rows.fieldnames or ()):
        raise TesseraError(
            "this file names nobody",
            where=str(people),
            given=f"{len(rows.fieldnames or ())} other columns",
            allowed=columns,
            remedy="Give it a header with one of these columns, or several",
        )
    for row in rows:
        yield from _of_row(row, f"{people}, line {rows.line_num}")


def _requested(settings: Settings) -> list[Identifier]:
    """Whom the requests that have landed name; those that name no one person are told.

    They stay where they are, and keep nobody else from being erased.
    """
    requests = read_requests(settings)
    console.print(f"{count(len(requests.people))} requests to be erased.")
    if requests.nameless_count:
        console.print(
            f"[yellow]{count(requests.nameless_count)} more name nobody: after a run"
            " `tessera quarantine` shows them.[/]"
        )
    found: dict[Identifier, None] = {}
    for request in requests.people:
        try:
            find(settings, request.named)
        except NotOnePersonError as error:
            console.print(f"[yellow]{escape(request.place)}: {escape(str(error))}[/]")
        else:
            found |= dict.fromkeys(request.named)
    return list(found)


def _of_row(row: Mapping[str, str | None], where: str) -> Iterator[Identifier]:
    told = [(kind, (row.get(kind) or "").strip()) for kind in KINDS]
    if not any(value for _, value in told):
        raise TesseraError("this row names nobody", where=where)
    for kind, value in told:
        if value:
            yield _identifier(kind, value, where)


def _identifier(kind: Kind, value: str, where: str) -> Identifier:
    found = identifier(kind, value)
    if found is None:
        raise TesseraError(
            f"this is no {kind.replace('_', ' ')}",
            where=where,
            allowed={
                Kind.EMAIL: "an address, such as ann@example.com, or its hash",
                Kind.PHONE: "a phone of eight digits or more",
            }.get(kind, "an id"),
        )
    return found


def _erase(
    settings: Settings, given: list[Identifier], dry_run: bool, yes: bool
) -> Outcome | None:
    with console.status("Looking for them ..."):
        sighting = look(settings, given)
    _tell(sighting)
    if dry_run:
        console.print("Nothing was changed: this was a dry run.")
        return None
    if not yes and not confirm("Erase all this for good?"):
        console.print("Nothing was changed.")
        return None
    with console.status("Erasing ...") as status:
        outcome = erase(
            settings, sighting.found, lambda step: status.update(f"Erasing: {step} ...")
        )
    _tell_outcome(outcome)
    return outcome


def _tell(sighting: Sighting) -> None:
    """What was found, in counts: no value of a person."""
    found, lines = sighting.found, sighting.lines
    for moment in sighting.erased_before:
        console.print(f"Erased before, on {moment:%Y-%m-%d %H:%M} UTC.")
    records = ", ".join(f"{n} of {name}" for name, n in found.record_counts.items())
    console.print(
        f"{count(len(found.customers))} customers with {count(len(found.records))}"
        f" records{f' ({records})' if records else ''}."
    )
    # Records were told already.
    told = (one for one in found.identifiers if one.kind is not Kind.RECORD)
    kinds = by_kind(told).items()
    names = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in sorted(kinds))
    console.print(f"What names them and nobody else: {names}.")
    if found.shared_count:
        console.print(
            f"{count(found.shared_count)} more values are shared with other customers,"
            " and stay with these."
        )
    console.print(
        f"{count(sum(lines.values()))} records in {count(len(lines))} raw files."
    )
    if not (found.customers or lines or sighting.erased_before):
        console.print("[yellow]Nobody is known by that: is it spelled right?[/]")


def _tell_outcome(outcome: Outcome) -> None:
    table = Table("Place", title="The proof", title_justify="left", box=None)
    for heading in ("Files searched", "Taken out", "Left"):
        table.add_column(heading, justify="right")
    for proof in outcome.proofs:
        left = count(proof.left_count)
        table.add_row(
            proof.place,
            count(proof.file_count),
            count(proof.taken_count),
            f"[red]{left}[/]" if proof.left_count else left,
        )
    console.print(table)
    for name in outcome.withdrawn:
        console.print(f"[yellow]Publication {name} could not be rewritten: removed.[/]")
    for proof in outcome.proofs:
        for name in proof.left_files[:SHOWN_FILES]:
            console.print(f"[red]left in[/] {escape(name)}", soft_wrap=True)
    if outcome.is_clean:
        console.print(
            "[green]Nothing of them is left.[/] An export that brings them"
            " back is taken in without them."
        )


def _finish_former(settings: Settings) -> Outcome | None:
    """An erasure that was broken off comes first."""
    with console.status("Looking for an erasure that was broken off ..."):
        outcome = finish_erasure(settings)
    if outcome:
        console.print("An erasure that had been broken off was finished.")
        _tell_outcome(outcome)
    return outcome


def _run(settings: Settings) -> None:
    """Build the tables anew without them, and publish."""
    from orchestration.execution import Options
    from tessera.pipeline import run_pipeline

    if not run_pipeline(settings, Options()).succeeded:
        raise Exit(1)
