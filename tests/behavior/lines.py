"""Raw lines as the tests land them: what a source said, and what brought it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Call = dict[str, Any]
# Stamps of arrival: a client that retries sends them anew.
ARRIVAL = {"web": ("receivedAt", "sentAt"), "esp": ("received_at",)}
STYLES = ("compact",) * 6 + ("spaced", "spaced", "stamps first", "escaped", "torn")


@dataclass(frozen=True)
class Line:
    """One line that a load brought, of the source `web` or `esp`."""

    source: str
    load: int
    call: Call
    style: str = "compact"

    @property
    def path(self) -> str:
        """The file that it lands in; names run against the order of the loads."""
        return f"{self.source}/events/{9 - self.load}.jsonl"

    @property
    def text(self) -> str:
        """The line as its client writes it; all whole ones say the same."""
        if self.style == "spaced":
            return json.dumps(self.call, ensure_ascii=False)
        call = self.call
        if self.style == "stamps first":
            stamps = {k: call[k] for k in ARRIVAL[self.source] if k in call}
            call = stamps | call
        escaped = self.style == "escaped"
        text = json.dumps(call, separators=(",", ":"), ensure_ascii=escaped)
        return text[: len(text) // 2] if self.is_torn else text

    @property
    def is_torn(self) -> bool:
        """Whether only half of it arrived, which no one can read."""
        return self.style == "torn"

    @property
    def tag(self) -> str:
        """The mark that its author gave to this content; no two contents share it."""
        if self.source == "web":
            return str(self.call["context"]["page"]["title"])
        return str(self.call["useragent"]).split()[-1]

    @property
    def content(self) -> str:
        """All that it says, stamps of arrival apart."""
        kept = {k: v for k, v in self.call.items() if k not in ARRIVAL[self.source]}
        return json.dumps(kept, sort_keys=True)


def days_apart(number: int) -> timedelta:
    """Days by which every other history stands alone: none else touches its days."""
    return timedelta(days=number % 2 * number)


def stamp(moment: datetime) -> str:
    """A moment (UTC, without zone) as the web stream writes it."""
    return moment.isoformat(timespec="milliseconds") + "Z"


def epoch(moment: datetime) -> int:
    """A moment (UTC, without zone) as the email service writes it: whole seconds."""
    return int(moment.replace(tzinfo=UTC).timestamp())
