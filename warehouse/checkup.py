"""Looks over a raw folder, and attached tables, before the first run: what is there,
and what is missing.

No value of a person is told: counts, names of columns and of files only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from warehouse.attached import look_into
from warehouse.attaching import Table, attached_tables
from warehouse.checks import (
    Finding,
    Level,
    check_columns,
    check_moments,
    check_text,
    span_of,
)
from warehouse.contract import (
    Contract,
    Entity,
    Place,
    packs,
    read_contract,
    vocabulary,
)
from warehouse.errors import TesseraError
from warehouse.formats import Form
from warehouse.landing import landed_paths, strangers
from warehouse.matching import check_ids, check_twice
from warehouse.meanings import MEANINGS
from warehouse.sampling import FIRST_RECORDS, Sample, by_column, sample_of
from warehouse.settings import Settings
from warehouse.variables import variables

# So many files of an entity are looked into: the first, the last, and some between.
FILES = 40


class Verdict(StrEnum):
    """What a look at the raw folder ends in."""

    READY = "ready"
    WARNINGS = "ready with warnings"
    NOT_READY = "not ready"


@dataclass(frozen=True)
class Landed:
    """What lies there of an entity."""

    entity: str
    forms: list[str]
    file_count: int
    sampled_count: int
    size: int
    line_count: int | None
    """Records, of the sampled files where they could be counted; else an estimate."""
    is_estimate: bool
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True)
class Report:
    """All that was found, and the verdict."""

    landed: list[Landed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings decides."""
        levels = {finding.level for finding in self.findings}
        if Level.PROBLEM in levels:
            return Verdict.NOT_READY
        return Verdict.WARNINGS if Level.WARNING in levels else Verdict.READY


def check_up(
    settings: Settings,
    given: Mapping[str, object] | None = None,
    now: datetime | None = None,
) -> Report:
    """Look over the raw folder under the project's vars, or those given instead."""
    values = {**variables(settings.project_dir), **(given or {})}
    contract = read_contract(given, settings.project_dir)
    paths: dict[Place, list[Path]] = {}
    for path in landed_paths(settings.raw_dir, contract):
        source, entity = path.relative_to(settings.raw_dir).parts[:2]
        paths.setdefault((source, entity), []).append(path)
    tables = attached_tables(given, settings.project_dir)
    chosen = [str(name) for name in _listed(values["sources"])]
    there = {*paths, *(table.place for table in tables)}
    report = Report(findings=_missing(contract, there, chosen))
    zones = values["source_zones"]
    assert isinstance(zones, dict)
    samples: dict[Place, list[Sample]] = {}
    for place, files in paths.items():
        samples[place] = [sample_of(path, contract[place]) for path in _some(files)]
        zone = str(zones.get(place[0], "UTC"))
        report.landed.append(_landed(place, files, samples[place], zone))
        report.findings.extend(
            _looked_over(
                place, contract[place], samples[place], zone, now or datetime.now(UTC)
            )
        )
    for table in tables:
        zone = str(zones.get(table.place[0], "UTC"))
        _look_over_table(
            report,
            settings,
            table,
            contract[table.place],
            zone,
            now or datetime.now(UTC),
        )
    report.findings.extend(check_ids(samples, paths, contract))
    report.findings.extend(check_twice(samples))
    for sentence in strangers(settings.raw_dir, contract):
        report.findings.append(Finding(Level.WARNING, "", "not_read", sentence))
    return report


def _look_over_table(
    report: Report,
    settings: Settings,
    table: Table,
    entity: Entity,
    zone: str,
    now: datetime,
) -> None:
    """What is found in a table, as if it were a file of its name."""
    place, name = table.place, "/".join(table.place)
    try:
        look = look_into(settings, table, FIRST_RECORDS)
    except TesseraError as error:
        found = Finding(Level.PROBLEM, name, "unreadable_table", str(error))
        report.findings.append(found)
        return
    sample = Sample(
        Path(table.name),
        Form.PARQUET,
        0,
        look.columns,
        first=[by_column(row, entity) for row in look.first],
        last=[by_column(row, entity) for row in look.last],
        line_count=look.row_count,
    )
    span = span_of(place, [sample], zone)
    report.landed.append(Landed(name, ["table"], 0, 0, 0, look.row_count, False, *span))
    report.findings.extend(_looked_over(place, entity, [sample], zone, now))
    if look.unplaced_count:
        said = (
            f"{look.unplaced_count} row(s) of {table.name} have no {table.cursor}:"
            " every run reads them again, to see whether they are new"
        )
        report.findings.append(Finding(Level.NOTE, name, "no_cursor", said))


def _looked_over(
    place: Place, entity: Entity, samples: list[Sample], zone: str, now: datetime
) -> list[Finding]:
    return [
        *check_text(place, samples),
        *check_columns(place, entity, samples),
        *check_moments(place, samples, zone, now),
    ]


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []


def _some(files: list[Path]) -> list[Path]:
    """At most `FILES` of them, evenly, the first and the last among them."""
    if len(files) <= FILES:
        return files
    steps = FILES - 1
    return [files[at * (len(files) - 1) // steps] for at in range(FILES)]


def _landed(
    place: Place, files: list[Path], samples: list[Sample], zone: str
) -> Landed:
    size = sum(path.stat().st_size for path in files)
    counted = [one for one in samples if one.line_count is not None]
    known = sum(one.line_count or 0 for one in counted)
    is_estimate = len(counted) < len(files)
    line_count: int | None = known
    if is_estimate:
        # What the first records weigh tells the rest, where the text is not packed.
        weighed = sum(one.bytes_read for one in samples)
        records = sum(one.records_read for one in samples)
        line_count = round(size * records / weighed) if weighed else None
    first_at, last_at = span_of(place, samples, zone)
    forms = sorted({"".join(path.suffixes[-2:]) for path in files})
    name = "/".join(place)
    return Landed(
        name,
        forms,
        len(files),
        len(samples),
        size,
        line_count,
        is_estimate,
        first_at,
        last_at,
    )


def _missing(
    contract: Contract, there: set[Place], chosen: Sequence[str]
) -> list[Finding]:
    """What has no file, unless another entity tells the same."""
    if not there:
        return [Finding(Level.PROBLEM, "", "nothing_landed", "no file has landed yet")]
    found = []
    sources = {source for source, _ in there}
    known = packs()
    for pack in chosen:
        if not sources & set(known[pack]):
            text = f"the pack {pack} is switched on, and none of its files is there"
            found.append(Finding(Level.WARNING, "", "pack_without_files", text))
    wanted = {source for pack in chosen for source in known[pack]}
    silent = _nobody_tells(contract, there, wanted)
    for place in contract:
        is_part = place[0] in sources and place not in there
        if is_part or place in silent or (place[0] == "crm" and place not in there):
            meaning = MEANINGS[place]
            is_note = meaning.is_optional or place[0] not in sources | wanted
            level = Level.NOTE if is_note and place not in silent else Level.WARNING
            text = f"no {'/'.join(place)}: {meaning.without}"
            found.append(Finding(level, "/".join(place), "missing_entity", text))
    return found


def _nobody_tells(
    contract: Contract, there: set[Place], wanted: set[str]
) -> set[Place]:
    """For each table of the vocabulary that nothing tells, one entity that could."""
    silent = set()
    for places in vocabulary().values():
        read = [place for place in places if place in contract]
        if read and not there & set(read):
            silent.add(min(read, key=lambda place: place[0] not in wanted))
    return silent
