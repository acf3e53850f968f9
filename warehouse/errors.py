"""One kind of error for whatever the user can mend: a sentence, never a stack trace."""

import errno
from collections.abc import Iterable, Iterator
from difflib import get_close_matches


class TesseraError(Exception):
    """A mistake or mishap the user can act on.

    The parts are kept as attributes, so that a caller can show them apart:
    what happened, where, what was given, what is allowed, and what to do.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        given: str | None = None,
        allowed: str | Iterable[str] | None = None,
        remedy: str | None = None,
    ) -> None:
        """Keep the parts; `allowed` may be a phrase or the known values."""
        self.what = what
        self.where = where
        self.given = given
        self.allowed = allowed if allowed is None else _phrase(allowed)
        self.remedy = remedy
        super().__init__(str(self))

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild from the parts, so that the error survives another process."""
        parts = self.what, self.where, self.given, self.allowed, self.remedy
        return _rebuild, (type(self), *parts)

    def __str__(self) -> str:
        """The parts as one good sentence (and its remedy as a second)."""
        given = f" (given: {self.given})" if self.given else ""
        allowed = f" Allowed: {self.allowed.rstrip('.')}." if self.allowed else ""
        remedy = f" {_sentence(self.remedy)}" if self.remedy else ""
        where = f"{self.where}: " if self.where else ""
        return f"{where}{_sentence(self.what.rstrip('.') + given)}{allowed}{remedy}"


class PassingError(TesseraError):
    """A mishap that may pass by itself: a lock, a database that does not answer."""


# What the system may refuse now and grant in a moment, network drives above all.
PASSING = frozenset(
    {
        *(errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE),
        *(errno.ETIMEDOUT, errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTUNREACH),
    }
)


def may_pass(error: BaseException) -> bool:
    """Whether to try again makes sense before a person looks at it."""
    is_of_system = isinstance(error, OSError) and error.errno in PASSING
    return is_of_system or isinstance(error, PassingError)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that led to it, the last one first."""
    # Wrappings may go round in a circle.
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def nearest(name: str, known: Iterable[str]) -> str | None:
    """A "Did you mean `x`?" for a misspelt name, or None where nothing is close."""
    matches = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"Did you mean `{matches[0]}`?" if matches else None


def _phrase(allowed: str | Iterable[str]) -> str:
    if isinstance(allowed, str):
        return allowed
    return ", ".join(f"`{value}`" for value in allowed)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _rebuild(
    kind: type[TesseraError],
    what: str,
    where: str | None,
    given: str | None,
    allowed: str | None,
    remedy: str | None,
) -> TesseraError:
    return kind(what, where=where, given=given, allowed=allowed, remedy=remedy)
