"""Since when a customer is in a segment, or was until when, and what moved them."""

from dataclasses import dataclass
from datetime import datetime

from warehouse.publications import Publication
from warehouse.segments.published import opened

NEWEST = """
    select segment_name, is_exact, is_open, moved_at, clause, event_id, timer, cause
    from (
        select
            segment_name,
            precision = 'exact' as is_exact,
            left_at is null as is_open,
            coalesce(left_at, entered_at) as moved_at,
            case when left_at is null then entered_by_clause else left_by_clause end
                as clause,
            case when left_at is null then entered_by_event_id else left_by_event_id end
                as event_id,
            case when left_at is null then entered_by_timer else left_by_timer end
                as timer,
            cause,
            row_number() over (
                partition by segment_name order by entered_at desc
            ) as place
        from segment_history
        where customer_id = $1 and superseded_at is null
    )
    where place = 1
"""


@dataclass(frozen=True)
class Stay:
    """The newest move of a customer and a segment, as it is believed now."""

    segment: str
    is_exact: bool
    is_open: bool
    moved_at: datetime
    clause: str | None
    event_id: str | None
    timer: str | None
    cause: str

    def __str__(self) -> str:
        """In one sentence, with the second where the moment is a true one."""
        if self.is_exact:
            moment = f"{self.moved_at:%Y-%m-%d %H:%M:%S}"
        else:
            moment = f"the run of {self.moved_at:%Y-%m-%d %H:%M}"
        verb = "since" if self.is_open else "left at" if self.is_exact else "left with"
        return f"{verb} {moment}: {self._why()}"

    def _why(self) -> str:
        by = f"event {self.event_id}" if self.event_id else ""
        if self.timer == "midnight":
            by = "a day of its window ended"
        elif self.timer:
            by = f"{self.timer}{f', {by}' if by else ''}"
        told = f"{self.clause}{'' if self.is_open else ' no more'}"
        why = told if self.clause else self.cause
        return f"{why} ({by})" if by else why


def stays(publication: Publication, customer_id: str) -> dict[str, Stay]:
    """By segment, the newest stay of a customer; none where there never was one.

    Raises:
        TesseraError: the publication is too old.
    """
    with opened(publication) as connection:
        rows = connection.execute(NEWEST, [customer_id]).fetchall()
    return {stay.segment: stay for stay in (Stay(*row) for row in rows)}
