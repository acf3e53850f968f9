"""What dbt tells of its work, made into a message only where somebody hears it.

dbt makes a message of each line of debugging, thousands a step, and asks afterwards who
listens: a tenth of a step on a small shop.
"""

from typing import Any

from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager


class Heard(EventManager):
    """dbt's own manager, but for lines of debugging that no log keeps."""

    def fire_event(
        self, e: BaseEvent, level: EventLevel | None = None, *rest: Any, **named: Any
    ) -> None:
        """Tell of this event, unless it is of debugging and nobody does that."""
        debug = EventLevel.DEBUG
        if (level or e.level_tag()) != debug or debug in self._kept_levels():
            super().fire_event(e, level, *rest, **named)

    def _kept_levels(self) -> list[EventLevel]:
        return [logger.level for logger in self.loggers]
