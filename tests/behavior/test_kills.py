"""A build that was killed costs nothing: the next one makes good."""

from tests.behavior import shop
from tests.behavior.killing import killed_build
from tests.behavior.loads import many_lines, take_in, troubles
from warehouse.settings import Settings

LAST = 3
UP_TO_BASE = ("+stg_web__events", "+stg_esp__events")


def test_kill(settings: Settings) -> None:
    lines = many_lines(150, seed=3)
    take_in(settings, lines, 0)
    for load, model in enumerate(("sessions", "email_engagement"), start=1):
        shop.land(settings, lines, load)
        killed_build(settings, model)
    take_in(settings, lines, LAST)
    assert troubles(settings, lines) == []
