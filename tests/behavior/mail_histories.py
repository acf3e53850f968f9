"""Histories of messages as Hypothesis draws them: opens told before deliveries."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.behavior.histories import Telling, told
from tests.behavior.lines import Call, Line, days_apart, epoch

KINDS = ("delivered", "open", "open", "click", "click", "click", "reply", "bounce")
RARE = ("unsubscribe", "spamreport", "processed")
# Seconds since what happened before: within the haste of a machine, at it, past it.
GAPS = (0, 0, 1, 1, 5, 6, 9, 10, 11, 3600, 86_400)
STARTS = (
    datetime(2019, 3, 30, 22, 59, 55),
    datetime(2019, 6, 1, 21, 59, 58),
    datetime(2019, 6, 2, 0, 0),
)
DELAYS = (0, 0, 1, 10, 86_400, 126_230_400, None, -3599, -3660)
AGENTS = ("Mail/7", "Mail/7", "Mail/7", "Prefetch/1", "GoogleImageProxy", "ZScaler/6")


@dataclass(frozen=True)
class MailEvent:
    """One thing that happened to a message, and each time that we were told of it."""

    gap: int
    kind: str
    tellings: tuple[Telling, ...]
    message: str | None
    id_of: str
    agent: str
    link: str | None
    dwell: int | None


@dataclass(frozen=True)
class MailHistory:
    """All that happened to the messages of one recipient, from `start`."""

    start: datetime
    events: tuple[MailEvent, ...]


mail_events = st.builds(
    MailEvent,
    gap=st.sampled_from(GAPS),
    kind=st.sampled_from(KINDS * 3 + RARE),
    tellings=told(DELAYS),
    message=st.sampled_from(("m", "m", "m", "n", None)),
    id_of=st.sampled_from(("own",) * 5 + ("before", "none")),
    agent=st.sampled_from(AGENTS),
    link=st.sampled_from((None, "p", "q", "r", "s")),
    dwell=st.sampled_from((None, 7)),
)
mail_histories = st.builds(
    MailHistory,
    start=st.sampled_from(STARTS),
    events=st.lists(mail_events, min_size=1, max_size=9).map(tuple),
)


def unmasked(act: MailEvent, loads: tuple[int, int], days_late: int) -> MailHistory:
    """An act that looks human until a later load tells of the delivery before it."""
    act = replace(act, gap=5, message="m", id_of="own", agent=AGENTS[0])
    hasty = replace(act, tellings=(_on_time(loads[0], days_late * 86_400),))
    delivery = replace(act, kind="delivered", tellings=(_on_time(loads[1], 0),))
    return MailHistory(STARTS[1], (delivery, hasty))


def _on_time(load: int, delay: int) -> Telling:
    return Telling(load, delay, "compact")


unmaskings = st.builds(
    unmasked,
    st.builds(replace, mail_events, kind=st.sampled_from(("open", "click"))),
    loads=st.sampled_from(((0, 1), (0, 2), (1, 3), (2, 3))),
    days_late=st.sampled_from((0, 1, 2)),
)


def mail_lines(history: MailHistory, number: int) -> list[Line]:
    """The lines of a history; `number` tells its recipient from all others."""
    lines: list[Line] = []
    moment = history.start + days_apart(number)
    for place, event in enumerate(history.events):
        moment += timedelta(seconds=event.gap)
        said = _call(event, moment, f"r{number}", place)
        for telling in event.tellings:
            arrival = _arrival(moment, telling.delay)
            lines.append(Line("esp", telling.load, said | arrival, telling.style))
    return lines


def _arrival(moment: datetime, delay: float | None) -> Call:
    if delay is None:
        return {}
    return {"received_at": epoch(moment + timedelta(seconds=delay))}


def _call(event: MailEvent, moment: datetime, name: str, place: int) -> Call:
    """What is said of one event, without the stamp of arrival."""
    numbers = {"own": place, "before": max(place - 1, 0)}
    said: Call = {
        "event": event.kind,
        "email": f"{name}@Example.test",
        "timestamp": epoch(moment),
        "campaign_id": f"c{place % 2}",
        "useragent": f"{event.agent} {name}e{place}",
        "url": event.link and f"https://shop.example/products/{event.link}?x=1",
        "dwell_seconds": event.dwell,
        "sg_message_id": event.message and f"{name}{event.message}",
    }
    if event.id_of in numbers:
        said["sg_event_id"] = f"{name}s{numbers[event.id_of]}"
    return {key: value for key, value in said.items() if value is not None}
