"""The lists of agents: data that people edit, held to what is known of real agents."""

import csv
from decimal import Decimal
from typing import Final

import pytest

from simulator.wares import HUMAN_AGENTS
from warehouse.connection import connect
from warehouse.settings import PROJECT_DIR

LISTS: Final = ("bot_agents", "machine_agents")
ENOUGH: Final = Decimal("0.5")
WINDOWS: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/138.0.0.0"


def entries(name: str) -> list[dict[str, str]]:
    """The rows of a list."""
    with (PROJECT_DIR / "seeds" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def confidences(name: str, agent: str) -> list[Decimal]:
    """What the patterns say that this agent matches."""
    with connect() as connection:
        return [
            Decimal(entry["confidence"])
            for entry in entries(name)
            if connection.execute(
                "select lower($agent) like $pattern",
                {"agent": agent, "pattern": entry["agent_pattern"]},
            ).fetchall()[0][0]
        ]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_well_kept(name: str) -> None:
    kept = entries(name)
    patterns = [entry["agent_pattern"] for entry in kept]
    assert [p for p in patterns if p != p.lower().strip()] == []
    assert len(set(patterns)) == len(patterns)
    assert [e for e in kept if not 0 <= Decimal(e["confidence"]) <= 1] == []
    assert [e for e in kept if not e["comment"].strip()] == []


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; AhrefsSiteAudit/6.1; +http://example.com/site-audit)",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/126.0.0.0 Safari/537.36",
        "python-requests/2.32.3",
        "curl/8.5.0",
    ],
)
def test_robots_are_known(agent: str) -> None:
    assert max(confidences("bot_agents", agent)) >= ENOUGH


@pytest.mark.parametrize("agent", [agent for agent, _ in HUMAN_AGENTS])
def test_people_are_no_robots(agent: str) -> None:
    for name in LISTS:
        assert confidences(name, agent) == []


def test_a_phone_that_sounds_like_a_robot_is_spared() -> None:
    agent = "Mozilla/5.0 (Linux; Android 9; CUBOT X20 PRO) Chrome/138.0.0.0 Mobile"
    assert min(confidences("bot_agents", agent)) == 0


@pytest.mark.parametrize(
    ("agent", "is_machine"),
    [
        ("Mozilla/5.0", True),
        (WINDOWS, False),
        (f"{WINDOWS} (via ggpht.com GoogleImageProxy)", False),
        ("Barracuda Sentinel (EE)", True),
        ("Mozilla/5.0 (compatible; Mimecast)", True),
    ],
)
def test_who_opens_by_itself_is_told_from_who_fetches_for_a_person(
    agent: str, is_machine: bool
) -> None:
    known = confidences("machine_agents", agent)
    assert (max(known, default=Decimal(0)) >= ENOUGH) == is_machine
