"""What is really so: kept apart from the exports, and never read by a model.

`records` (source, entity, record_key, person_id): which records and devices are one
person; passers-by are people too. `persons` (person_id, latent_type, is_seasonal,
household_id). `purchase_probability` (person_id, as_of_at, p_true, p_observable, has_bought):
see `outlook`; `has_bought` is what then happened, partly beyond the window.
`machine_opens` (sg_event_id) and `bot_devices` (anonymous_id).
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulator import outlook
from simulator.calendar import DAY, OUTLOOK_DAYS
from simulator.devices import visible_share
from simulator.latent import SEASONAL, TYPES
from simulator.logins import LOGGING_IN
from simulator.story import Story, World
from simulator.text import Text, take

PASSER_BY: Final = "passer_by"
MOMENTS: Final = (-60, -30, 0)
"""Days before the window's end at which the truth about the future is told."""


def truth_of(world: World, story: Story, mail_ids: Text) -> dict[str, pa.Table]:
    """Return a chunk's rows of each table."""
    machine = np.flatnonzero(story.mail.is_machine)
    return {
        "records": _records(story),
        "persons": _persons(story),
        "purchase_probability": _probabilities(world, story),
        "machine_opens": pa.table({"sg_event_id": take(mail_ids, machine)}),
        "bot_devices": pa.table({"anonymous_id": story.bots.names}),
    }


def _records(story: Story) -> pa.Table:
    """Return which record, and which device, is which person."""
    number = np.append(story.people.number, story.stranger_numbers)
    parts = [
        ("shop", "customers", story.shop.ids, story.shop.records.person),
        ("crm", "contacts", story.crm.ids, story.crm.records.person),
        ("esp", "subscribers", story.mailing_list.ids, story.mailing_list.records.person),
        ("web", "devices", story.devices.name, story.devices.owner),
    ]
    return pa.concat_tables(
        pa.table(
            {
                "source": pa.repeat(source, len(keys)),
                "entity": pa.repeat(entity, len(keys)),
                "record_key": keys,
                "person_id": number[person],
            }
        )
        for source, entity, keys, person in parts
    )


def _persons(story: Story) -> pa.Table:
    kind = np.append(story.who.kind, np.full(len(story.stranger_numbers), len(TYPES)))
    number = np.append(story.people.number, story.stranger_numbers)
    household = np.append(story.people.household, story.stranger_numbers)
    return pa.table(
        {
            "person_id": number,
            "latent_type": take([*TYPES, PASSER_BY], kind),
            "is_seasonal": kind == SEASONAL,
            "household_id": household,
        }
    )


def _probabilities(world: World, story: Story) -> pa.Table:
    """Return the probabilities of all who were customers at each moment."""
    parts = []
    for offset in MOMENTS:
        day = world.history.window.stop + offset
        if day - OUTLOOK_DAYS < world.history.window.start:
            continue
        moment = world.history.end_ms + offset * DAY
        rows = np.flatnonzero(story.shop.created[: story.people.count] < moment)
        alone = outlook.survival(world.chances, day)
        true = outlook.true_probability(story.who, story.lives, day, alone)
        seen = _seen(story, world.history.window.start, moment)
        best = outlook.observable_probability(
            story.who, story.lives, seen, world.chances, day, alone
        )
        bought = story.lives.has_order[:, day : day + OUTLOOK_DAYS].any(axis=1)
        parts.append(
            pa.table(
                {
                    "person_id": story.people.number[rows],
                    "as_of_at": pa.array(np.full(len(rows), moment), pa.timestamp("ms", "UTC")),
                    "p_true": true[rows],
                    "p_observable": best[rows],
                    "has_bought": bought[rows],
                }
            )
        )
    return pa.concat_tables(parts)


def _seen(story: Story, first_day: int, moment: int) -> outlook.Seen:
    """Return what devices that had logged in by a moment show."""
    visits, devices, people = story.visits, story.devices, story.people.count
    logins = (visits.start < moment) & (story.logins.state == LOGGING_IN)
    linked = np.zeros(len(devices.owner), np.bool_)
    linked[visits.device[logins]] = True
    count = np.bincount(devices.owner[linked], minlength=people)[:people]
    views = np.zeros(story.lives.views.shape, np.int64)
    shown = linked[visits.device] & (visits.person < people)
    person, day = visits.person[shown], visits.day[shown]
    views[person, day] = story.lives.views[person, day]
    visible = np.zeros(views.shape, np.float32)
    visible[:, first_day:] = visible_share(count)[:, None]
    return outlook.Seen(views, visible)


@contextmanager
def keep(folder: Path) -> Iterator[Callable[[dict[str, pa.Table]], None]]:
    """Open the truth's files, and give a function that adds the rows of a chunk."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        writers: dict[str, pq.ParquetWriter] = {}

        def add(tables: dict[str, pa.Table]) -> None:
            for name, table in tables.items():
                if name not in writers:
                    file = pq.ParquetWriter(folder / f"{name}.parquet", table.schema)
                    writers[name] = stack.enter_context(file)
                writers[name].write_table(table)

        yield add
