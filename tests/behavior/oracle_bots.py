"""The judge of bots: visitors whose agent says so, or who read as nobody reads."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from tests.behavior.agents import confidences
from tests.behavior.oracle import Event
from tests.behavior.oracle_sessions import by_visitor

EVENTS_A_MINUTE = 30
RATE_CONFIDENCE = Decimal("0.90")
ENOUGH = Decimal("0.5")


class Sign(NamedTuple):
    """What speaks for a bot, how much, and since when it is known."""

    confidence: Decimal
    reason: str
    known_since_at: datetime


def bot_visitors(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The whole table, in no order: the strongest sign, known since the first."""
    found = []
    for visitor, history in by_visitor(events).items():
        signs = [sign for sign in _signs(history) if sign.confidence >= ENOUGH]
        if signs:
            strongest = min(signs, key=lambda sign: (-sign.confidence, sign.reason))
            found.append(
                {
                    "record_id": visitor,
                    "reason": strongest.reason,
                    "confidence": strongest.confidence,
                    "known_since_at": min(sign.known_since_at for sign in signs),
                }
            )
    return found


def _signs(history: list[Event]) -> list[Sign]:
    agents: dict[Decimal, list[datetime]] = defaultdict(list)
    minutes: dict[datetime, list[datetime]] = defaultdict(list)
    for event in history:
        minute = event.occurred_at.replace(second=0, microsecond=0)
        minutes[minute].append(event.received_at)
        told = confidences("bot_agents", event.call["context"]["userAgent"])
        # A pattern of no confidence spares the agent, whatever else it says.
        if told and min(told) > 0:
            agents[max(told)].append(event.received_at)
    signs = [Sign(known, "agent", min(times)) for known, times in agents.items()]
    full = [
        sorted(times) for times in minutes.values() if len(times) >= EVENTS_A_MINUTE
    ]
    return signs + [
        Sign(RATE_CONFIDENCE, "rate", times[EVENTS_A_MINUTE - 1]) for times in full
    ]
