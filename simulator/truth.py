"""What is really so: kept apart from the exports, and never read by a model.

`records` (source, entity, record_key, person_id): which records and devices are one
person; passers-by are people too. `persons` (person_id, latent_type, is_seasonal,
household_id). `purchase_probability` (person_id, as_of_at, p_true, p_observable,
has_bought), see `outlook` and `watching`; `has_bought` is what then happened, partly
beyond the window.
`machine_opens` (sg_event_id) and `bot_devices` (anonymous_id).
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulator import outlook, watching
from simulator.calendar import DAY, OUTLOOK_DAYS
from simulator.devices import visible_shares
from simulator.logins import LOGGING_IN
from simulator.seasons import SEASONAL, TYPES
from simulator.story import Story
from simulator.text import Text, take
from simulator.world import MOMENTS, World

PASSER_BY: Final = "passer_by"


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
    listed = story.mailing_list
    parts = [
        ("shop", "customers", story.shop.ids, story.shop.records.person),
        ("crm", "contacts", story.crm.ids, story.crm.records.person),
        ("esp", "subscribers", listed.ids, listed.records.person),
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
    """Return the probabilities of all who were customers at each moment.

    Six decimals: those beyond may differ from machine to machine.
    """
    who, lives, table = story.who, story.lives, world.chances
    sights = [sight_of(world, story, offset) for offset in MOMENTS]
    parts = []
    for offset, sight, belief in zip(
        MOMENTS, sights, watching.beliefs(who, lives, table, sights), strict=True
    ):
        day, moment = sight.day, world.history.end_ms + offset * DAY
        rows = np.flatnonzero(story.shop.created[: who.count] < moment)
        alone = world.survival[day]
        columns = {
            "p_true": outlook.true_probability(who, lives, day, alone).round(6),
            "p_observable": outlook.best_guess(who, lives, belief, day, alone).round(6),
            "has_bought": lives.has_order[:, day : day + OUTLOOK_DAYS].max(axis=1),
        }
        at = pa.array(np.full(len(rows), moment), pa.timestamp("ms", "UTC"))
        names = {"person_id": story.people.number[rows], "as_of_at": at}
        parts.append(
            pa.table(names | {name: values[rows] for name, values in columns.items()})
        )
    return pa.concat_tables(parts)


def sight_of(world: World, story: Story, offset: int) -> watching.Sight:
    """Return what devices that had logged in by a moment show."""
    visits, devices, people = story.visits, story.devices, story.people.count
    moment = world.history.end_ms + offset * DAY
    logins = (visits.start < moment) & (story.logins.state == LOGGING_IN)
    linked = np.zeros(len(devices.owner), np.bool_)
    linked[visits.device[logins]] = True
    views = np.zeros(story.lives.views.shape, np.int64)
    shown = linked[visits.device] & (visits.person < people)
    person, day = visits.person[shown], visits.day[shown]
    views[person, day] = story.lives.views[person, day]
    count = np.bincount(devices.owner[linked], minlength=people)[:people]
    visible = np.zeros(views.shape, np.int64)
    visible[:, world.history.window.start :] = count[:, None]
    return watching.Sight(
        world.history.window.stop + offset, views, visible, visible_shares()
    )


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
