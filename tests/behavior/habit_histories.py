"""Seasons of mail as Hypothesis draws them: habits that change, told at their edges."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.behavior.histories import LOADS
from tests.behavior.lines import Call, Line, epoch

# No other history has news that late: it is the clock of the run that has it all.
NOW = datetime(2025, 6, 2)
DAY = 86_400
RECENT = (3 * DAY, 4 * DAY, 10 * DAY, 20 * DAY, 30 * DAY, 31 * DAY - 1)
BEFORE = (31 * DAY, 32 * DAY, 60 * DAY, 84 * DAY, 90 * DAY, 115 * DAY - 1)
ODD = (-1800, 0, 3 * DAY - 1, 84 * DAY - 1, 115 * DAY, 200 * DAY)
REACTIONS = ("open", "click", "reply")
# Seconds from delivery to reaction; machines open within ten, habits want three days.
PAUSES = (11, 60, DAY, 3 * DAY, 3 * DAY + 1)
# Of four messages, so many find a reaction; none at all is a habit too.
SHARES = (2, 0, 4, 3, 0, 1)
RARE = ("bounce", "unsubscribe", "spamreport")


@dataclass(frozen=True)
class Mailing:
    """A message, so many seconds before now, and the loads that tell of it."""

    age: int
    reaction: str | None
    pause: int
    loads: tuple[int, int]
    is_delivery_told: bool = True


@dataclass(frozen=True)
class Season:
    """All messages to one recipient: recent ones, those before, and others."""

    recent: tuple[Mailing, ...]
    before: tuple[Mailing, ...]
    others: tuple[Mailing, ...]


def mailings(ages: tuple[int, ...], share: int) -> st.SearchStrategy[Mailing]:
    """Messages of which so many of four find a reaction."""
    reactions = [True] * share + [False] * (4 - share)
    return st.builds(
        Mailing,
        age=st.sampled_from(ages),
        reaction=st.sampled_from(reactions).flatmap(
            lambda found: st.sampled_from(REACTIONS) if found else st.none()
        ),
        pause=st.sampled_from(PAUSES),
        loads=st.tuples(st.integers(0, LOADS - 1), st.integers(0, LOADS - 1)),
    )


def some(
    ages: tuple[int, ...], counts: tuple[int, ...]
) -> st.SearchStrategy[tuple[Mailing, ...]]:
    """So many messages, all, none or some of which find a reaction."""
    return st.tuples(st.sampled_from(counts), st.sampled_from(SHARES)).flatmap(
        lambda drawn: st.tuples(*[mailings(ages, drawn[1])] * drawn[0])
    )


others = st.builds(
    Mailing,
    age=st.sampled_from(ODD),
    reaction=st.sampled_from((None, *REACTIONS, *RARE)),
    pause=st.sampled_from((0, 5, *PAUSES)),
    loads=st.tuples(st.integers(0, LOADS - 1), st.integers(0, LOADS - 1)),
    is_delivery_told=st.booleans(),
)
seasons = st.builds(
    Season,
    recent=some(RECENT, (8, 3, 2, 10, 4)),
    before=some(BEFORE, (8, 6, 5, 12)),
    others=st.lists(others, max_size=3).map(tuple),
)


def season_lines(season: Season, number: int) -> list[Line]:
    """The lines of a season; `number` tells its recipient from all others."""
    lines = []
    mailed = season.recent + season.before + season.others
    for place, mailing in enumerate(mailed):
        sent_at = NOW - timedelta(seconds=mailing.age)
        delivery_load, reaction_load = mailing.loads
        name = f"s{number}m{place}"
        if mailing.is_delivery_told:
            said = _call("delivered", sent_at, f"s{number}", name)
            lines.append(Line("esp", delivery_load, said))
        if mailing.reaction:
            reacted_at = sent_at + timedelta(seconds=mailing.pause)
            said = _call(mailing.reaction, reacted_at, f"s{number}", name)
            lines.append(Line("esp", reaction_load, said))
    return lines


def last_line() -> Line:
    """What the last load tells at last: then it is now."""
    return Line("esp", LOADS - 1, _call("delivered", NOW, "now", "now"))


def _call(kind: str, moment: datetime, name: str, message: str) -> Call:
    return {
        "event": kind,
        "email": f"{name}@example.test",
        "timestamp": epoch(moment),
        "received_at": epoch(min(moment, NOW)),
        "campaign_id": "c",
        "useragent": f"Mail/7 {message}{kind}",
        "sg_message_id": message,
        "sg_event_id": f"{message}{kind}",
    }
