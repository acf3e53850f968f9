"""What the email service reports: deliveries, opens by people and machines, clicks."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from simulator.behavior import Lives, Souls
from simulator.calendar import HOUR, MINUTE, SECOND, History, Ints
from simulator.catalog import Catalog
from simulator.difficulty import MACHINE_OPEN_SHARE
from simulator.latent import CLICKED, NOT_OPENED
from simulator.visits import Visits
from simulator.wares import HUMAN_AGENTS, PREFETCH_AGENT, PROXY_AGENT

Flags = npt.NDArray[np.bool_]
NAMES = ("delivered", "open", "click", "reply", "bounce", "unsubscribe", "spamreport")
DELIVERED, OPEN, CLICK, REPLY, BOUNCE, UNSUBSCRIBE, SPAM = range(len(NAMES))
AGENTS = ("", *(agent for agent, _ in HUMAN_AGENTS[:-1]), PROXY_AGENT, PREFETCH_AGENT)
_PROXY, _PREFETCH = len(AGENTS) - 2, len(AGENTS) - 1


@dataclass(frozen=True)
class MailEvents:
    """One row a report of the email service, before its journey."""

    person: Ints
    newsletter: Ints
    kind: Ints
    moment: Ints
    agent: Ints
    is_machine: Flags

    @property
    def count(self) -> int:
        """Return the number of reports."""
        return len(self.kind)


@dataclass(frozen=True)
class _Sent:
    """One row a newsletter that went out to a person."""

    person: Ints
    newsletter: Ints
    moment: Ints
    reaction: Ints
    bounced: Flags

    def reports(
        self, rows: Ints, kind: int, moment: Ints, agent: Ints, machine: bool = False
    ) -> MailEvents:
        return MailEvents(
            person=self.person[rows],
            newsletter=self.newsletter[rows],
            kind=np.full(len(rows), kind),
            moment=moment,
            agent=agent,
            is_machine=np.full(len(rows), machine),
        )


def correspond(
    who: Souls,
    lives: Lives,
    visits: Visits,
    catalog: Catalog,
    history: History,
    rng: np.random.Generator,
) -> MailEvents:
    """Return what became of every newsletter in the window."""
    sent = _send(lives, catalog, history, rng)
    silent = np.zeros(len(sent.person), np.int64)
    away, there = np.flatnonzero(sent.bounced), np.flatnonzero(~sent.bounced)
    parts = [
        sent.reports(there, DELIVERED, sent.moment[there], silent[there]),
        sent.reports(away, BOUNCE, sent.moment[away], silent[away]),
        *_human(sent, visits, rng),
        _machine(sent, rng),
        _farewell(who, catalog, history, rng),
    ]
    return MailEvents(
        **{
            f.name: np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(MailEvents)
        }
    )


def _send(
    lives: Lives, catalog: Catalog, history: History, rng: np.random.Generator
) -> _Sent:
    person, number = np.nonzero(lives.is_mailed[:, catalog.mail_days])
    day = catalog.mail_days[number]
    reaction = lives.reaction[person, day].astype(np.int64)
    sent = history.midnight_ms(day) + 8 * HOUR
    return _Sent(
        person=person,
        newsletter=number,
        moment=sent + rng.integers(0, 90 * SECOND, len(person)),
        reaction=reaction,
        bounced=(reaction == NOT_OPENED) & (rng.random(len(person)) < 0.006),
    )


def _human(sent: _Sent, visits: Visits, rng: np.random.Generator) -> list[MailEvents]:
    """Return opens a minute or more after delivery, clicks just before the visit."""
    opened = np.flatnonzero(sent.reaction != NOT_OPENED)
    clicked = np.flatnonzero(sent.reaction == CLICKED)
    click_at = visits.start[visits.newsletter >= 0] - 2 * SECOND
    pause = np.minimum(60 + np.exp(rng.normal(8.0, 1.5, len(opened))), 30 * 3_600)
    open_at = sent.moment[opened] + (pause * SECOND).astype(np.int64)
    before = np.searchsorted(opened, clicked)
    lead = np.minimum(open_at[before], click_at - 5 * SECOND)
    open_at[before] = np.maximum(lead, sent.moment[clicked] + 40 * SECOND)
    replied = np.flatnonzero(rng.random(len(opened)) < 0.004)
    agent = 1 + sent.person % len(HUMAN_AGENTS[:-1])
    reader = np.where(sent.person % 4 == 0, _PROXY, agent)
    nobody = np.zeros(len(replied), np.int64)
    return [
        sent.reports(opened, OPEN, open_at, reader[opened]),
        sent.reports(clicked, CLICK, click_at, agent[clicked]),
        sent.reports(opened[replied], REPLY, open_at[replied] + 9 * MINUTE, nobody),
    ]


def _machine(sent: _Sent, rng: np.random.Generator) -> MailEvents:
    """Return opens by machines: prefetching clients, and scanners within seconds."""
    humans = int((sent.reaction != NOT_OPENED).sum())
    wanted = round(humans * MACHINE_OPEN_SHARE / (1 - MACHINE_OPEN_SHARE))
    people = 1 + sent.person.max(initial=0)
    guarded = (rng.random(people) < 0.5)[sent.person] & ~sent.bounced
    rows = np.sort(rng.permutation(np.flatnonzero(guarded))[:wanted])
    prefetched = rng.random(len(rows)) < 0.6
    hours = rng.integers(2 * SECOND, 5 * HOUR, len(rows))
    seconds = rng.integers(1 * SECOND, 9 * SECOND, len(rows))
    agent = np.where(prefetched, _PREFETCH, 1 + rows % len(HUMAN_AGENTS[:-1]))
    moment = sent.moment[rows] + np.where(prefetched, hours, seconds)
    return sent.reports(rows, OPEN, moment, agent, machine=True)


def _farewell(
    who: Souls, catalog: Catalog, history: History, rng: np.random.Generator
) -> MailEvents:
    """Return the unsubscribing, some of it by a complaint, after the last email."""
    number = np.searchsorted(catalog.mail_days, who.unsubscribed) - 1
    leaves = (
        who.is_subscriber & (who.unsubscribed < history.window.stop) & (number >= 0)
    )
    leaves &= who.arrival <= catalog.mail_days[number]
    rows = np.flatnonzero(leaves)
    kind = np.where(rng.random(len(rows)) < 0.12, SPAM, UNSUBSCRIBE)
    day = history.midnight_ms(who.unsubscribed[rows])
    return MailEvents(
        person=rows,
        newsletter=number[rows],
        kind=kind,
        moment=day - rng.integers(1, 10 * HOUR, len(rows)),
        agent=np.zeros(len(rows), np.int64),
        is_machine=np.zeros(len(rows), np.bool_),
    )
