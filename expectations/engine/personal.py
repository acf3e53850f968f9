"""Keeps personal data out of results and Data Docs, whatever a rule selects."""

from typing import Any

from expectations.engine.rules import Rule, Standard
from warehouse.errors import TesseraError

PERSONAL = frozenset(
    [
        "email",
        "phone",
        "first_name",
        "last_name",
        "name",
        "birth_on",
        "birth_date",
        "street",
        "city",
        "postcode",
        "raw_text",
        "row_key",
        "user_agent",
        "ip",
        "page_url",
        "link_url",
    ]
)
WITHHELD = "(withheld)"


def shown_value(column: str, value: Any) -> Any:
    """The value, or a word in its place where it may tell who somebody is."""
    is_personal = column in PERSONAL or "@" in str(value)
    return WITHHELD if is_personal else value


def refuse_personal_columns(rule: Rule) -> None:
    """Great Expectations' own rules list values: they may not look at such columns.

    Raises:
        TesseraError: the rule names a column of personal data.
    """
    if not isinstance(rule, Standard):
        return
    named = [value for value in rule.arguments.values() if isinstance(value, str)]
    lists = [value for value in rule.arguments.values() if isinstance(value, list)]
    columns = {*named, *(str(one) for values in lists for one in values)}
    if columns & PERSONAL:
        raise TesseraError(
            "a standard rule would show personal data in Data Docs",
            where=f"rule `{rule.entry}`",
            given=", ".join(sorted(columns & PERSONAL)),
            remedy="Write it as NoOffenders and select ids only",
        )
