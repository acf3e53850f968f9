"""The judge of what no human did: bots among visitors, machines among openers."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from tests.behavior.oracle import Event
from tests.behavior.oracle_sessions import by_visitor
from warehouse.settings import PROJECT_DIR

BOT_EVENTS_PER_MINUTE = 30
HASTE = timedelta(seconds=10)


def exclusions(events: list[Event]) -> dict[str, str]:
    """Why an event is no human's, by its id; humans' events are not named."""
    bots, machines = bot_reasons(events), machine_reasons(events)
    found = {key: f"machine: {reason}" for key, reason in machines.items()}
    for event in events:
        if event.line.source == "web" and event.visitor in bots:
            found[event.event_id] = f"bot: {bots[event.visitor]}"
    return found


def bot_reasons(events: Iterable[Event]) -> dict[str, str]:
    """Bots by visitor: by their agent, or because nobody reads that fast."""
    found = {}
    for visitor, history in by_visitor(events).items():
        if any(_matches("bot_agents", e.call["context"]["userAgent"]) for e in history):
            found[visitor] = "agent"
        elif _pages_a_minute(history) >= BOT_EVENTS_PER_MINUTE:
            found[visitor] = "rate"
    return found


def machine_reasons(events: Iterable[Event]) -> dict[str, str]:
    """Opens and clicks of machines by event id, by what had arrived before them."""
    deliveries: dict[tuple[str, str], list[Event]] = defaultdict(list)
    acts = []
    for event in events:
        if event.name == "email_delivered" and message(event):
            deliveries[_mail(event)].append(event)
        elif event.name in ("email_opened", "email_link_clicked"):
            acts.append(event)
    found = {}
    for act in acts:
        if _matches("machine_agents", act.call["useragent"]):
            found[act.event_id] = "agent"
        elif any(_is_hasty(act, delivery) for delivery in deliveries[_mail(act)]):
            found[act.event_id] = "seconds after delivery"
    return found


def message(event: Event) -> str | None:
    """The message that an email event is about."""
    told: str | None = event.call.get("sg_message_id")
    return told


def _mail(event: Event) -> tuple[str, str]:
    return str(event.call["email"]).strip().lower(), str(message(event))


def _is_hasty(act: Event, delivery: Event) -> bool:
    waited = act.occurred_at - delivery.occurred_at
    known = delivery.received_at <= act.received_at
    return known and timedelta() <= waited <= HASTE


def _pages_a_minute(history: list[Event]) -> int:
    minutes: dict[object, int] = defaultdict(int)
    for event in history:
        minutes[event.occurred_at.replace(second=0, microsecond=0)] += 1
    return max(minutes.values())


def _matches(seed: str, agent: str) -> bool:
    """Whether a pattern of a seed (`%` for anything) names this agent."""
    return any(
        re.fullmatch(re.escape(pattern).replace("%", ".*"), agent.lower())
        for pattern in _patterns(seed)
    )


def _patterns(seed: str) -> list[str]:
    with (PROJECT_DIR / "seeds" / f"{seed}.csv").open(encoding="utf-8") as file:
        return [row["agent_pattern"] for row in csv.DictReader(file)]
