"""How numbers read: the same in what Python says and in what a rule's SQL says."""

from expectations.engine.rules import Unit


def shown(value: float | None, unit: Unit) -> str:
    """A number as a person reads it."""
    if value is None:
        return "no value"
    if unit == "share":
        return f"{f'{100 * value:.2f}'.rstrip('0').rstrip('.')} %"
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}"
    return number if unit == "number" else f"{number} {unit}"


def several(count: int, noun: str) -> str:
    """So many of something, in the singular where it is one."""
    return f"{count:,} {noun if count == 1 else noun + 's'}"


def sentence(text: str) -> str:
    """With its full stop."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def percent(share: str) -> str:
    """SQL: a share as `shown` writes it."""
    return f"(rtrim(rtrim(printf('%.2f', 100.0 * ({share})), '0'), '.') || ' %')"


def number(count: str) -> str:
    """SQL: a whole number as `shown` writes it."""
    return f"printf('%,d', ({count})::bigint)"
