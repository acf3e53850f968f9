"""Hundreds of histories in a few loads, and the builds that take them in."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.behavior import shop
from tests.behavior.compare import differences
from tests.behavior.conftest import drawn
from tests.behavior.habit_histories import last_line, season_lines, seasons
from tests.behavior.histories import (
    LEFT_CART,
    LOADS,
    bursts,
    histories,
    retellings,
    shoppers,
)
from tests.behavior.judging import judgement
from tests.behavior.lines import Line
from tests.behavior.mail_histories import mail_histories, mail_lines, unmaskings
from tests.behavior.order_histories import LEFT
from tests.behavior.web_lines import web_lines
from warehouse.connection import connect
from warehouse.settings import Settings

COMPARED = ("staging", "identity", "behavior", "features")


def many_lines(count: int, seed: int) -> list[Line]:
    """The lines of so many visitors and as many recipients, over all loads."""
    visits = drawn(histories, count, seed) + drawn(bursts, 1 + count // 50, seed)
    visits += drawn(shoppers, count, seed) + drawn(retellings, 1 + count // 10, seed)
    mail = drawn(mail_histories, count, seed) + drawn(unmaskings, count // 10, seed)
    year = drawn(seasons, count // 3, seed)
    return [
        *(line for at, visit in enumerate(visits) for line in web_lines(visit, at)),
        *(line for at, told in enumerate(mail) for line in mail_lines(told, at)),
        *(line for at, one in enumerate(year) for line in season_lines(one, at)),
        *(line for number in LEFT for line in web_lines(LEFT_CART, number)),
        last_line(),
    ]


def landed(lines: Sequence[Line], load: int) -> list[Line]:
    """What has landed once this load has."""
    return [line for line in lines if line.load <= load]


def take_in(settings: Settings, lines: Sequence[Line], load: int) -> None:
    """Land one load and build everything that it changes."""
    shop.land(settings, lines, load)
    shop.build(settings)


def take_in_all(settings: Settings, lines: Sequence[Line]) -> None:
    """Land and build one load after the other."""
    for load in range(LOADS):
        take_in(settings, lines, load)


def troubles(settings: Settings, lines: Sequence[Line]) -> list[str]:
    """What the judge says of these tables, and what a full refresh would make else."""
    return [*judgement(settings, lines), *other_than_afresh(settings)]


def other_than_afresh(
    settings: Settings, variables: Mapping[str, object] | None = None
) -> list[str]:
    """Compare every relation of the build with a full refresh of the same ledger."""
    afresh = shop.rebuilt(settings, variables)
    names = shop.relations(settings, COMPARED)
    assert names == shop.relations(afresh, COMPARED)
    ours, theirs = _digests(settings, names), _digests(afresh, names)
    return [
        sentence
        for name in names
        if ours[name] != theirs[name]
        for sentence in _compared(name, settings, afresh)
    ]


def _digests(settings: Settings, names: Sequence[str]) -> dict[str, Any]:
    """Of each relation its columns, and what its rows come to in any order.

    Only those that differ in this are read row by row.
    """
    told: dict[str, Any] = {}
    with connect(settings.build_path, read_only=True) as connection:
        for name in names:
            columns = connection.execute(f"from {name} limit 0").description
            summed = connection.execute(
                "select count(*), sum(hash(whole_row)::hugeint)"
                f" from {name} as whole_row"
            ).fetchall()
            told[name] = [column[0] for column in columns or []], summed
    return told


def _compared(name: str, settings: Settings, afresh: Settings) -> list[str]:
    standing, wanted = shop.table(settings, name), shop.table(afresh, name)
    columns = sorted(wanted[0]) if wanted else []
    return differences(f"{name} (afresh)", standing, wanted, columns)
