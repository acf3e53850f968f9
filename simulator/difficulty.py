"""How hard the simulated shop is: fixed figures, so that no result comes from ease.

A change here is a change of the yardstick: it needs an entry in DECISIONS.md with the
results before and after. `tests/simulator` holds the output to these figures.
"""

from typing import Final

# Records of one source (shop customers, CRM contacts, ESP subscribers).
DUPLICATE_SHARE: Final = 0.12
"""Share of a source's records that are one more record of the same person."""
HARD_SHARE: Final = 1 / 3
"""Share of those duplicates that share no exact email or phone with their twin."""
HOUSEHOLD_PHONE_SHARE: Final = 0.03
"""Share of distinct phones that belong to two people of one household."""
JUNK_SHARE: Final = 0.005
"""Share of typed emails (shop, CRM) and phones (all three) that are junk."""

# Events on their way (web and ESP).
LATE_SHARE: Final = 0.05
"""Share of events that arrive five minutes to twenty days after they happened."""
REDELIVERED_SHARE: Final = 0.02
"""Share of events that arrive once more: same content, later stamps of arrival."""
MALFORMED_SHARE: Final = 0.001
"""Share of lines that are cut short or no JSON at all."""
WRONG_CLOCK_SHARE: Final = 0.0005
"""Share of events that claim to have happened days to years after they arrived."""
NAMELESS_SHARE: Final = 0.0025
"""Share of web events without a messageId."""
OWNERLESS_SHARE: Final = 0.0025
"""Share of web events without an anonymousId and a userId."""

# Who is not a human.
BOT_SHARE: Final = 0.08
"""Share of web events that a bot makes."""
HONEST_BOT_SHARE: Final = 0.8
"""Share of bots that say so in their agent; the others are only inhumanly quick."""
MACHINE_OPEN_SHARE: Final = 0.25
"""Share of email opens that a machine made."""

# Who the humans are.
SEASONAL_SHARE: Final = 0.06
"""Share of people who come alive in November and December, with noise elsewhere."""
SWISS_SHARE: Final = 0.03
"""Share of people who pay in CHF."""
PASSER_BY_RATIO: Final = 1.2
"""Visitors who never say who they are, for each customer."""
