"""What each entity of the raw contract is for: where its moments are, and what it means
for the segments that it is missing."""

from typing import NamedTuple

from warehouse.contract import Place


class Meaning(NamedTuple):
    """What a person should know of an entity before the first run."""

    without: str
    """What its absence means, as the rest of a sentence that begins with "no ...:"."""
    moments: tuple[str, ...] = ()
    """The columns that say when; the first of them that is filled counts."""
    is_optional: bool = False
    """Whether nobody has to wonder where it is missing."""


NO_VIEWS = (
    "nobody is seen to view or to put into a cart; recently active, cart abandoner and"
    " the other segments of the web say not applicable"
)
NO_BUYERS = "every buyer stays a prospect: nobody is new, repeat buyer or lapsed"
NO_MAIL = "nobody engages by email; highly engaged says not applicable"
NO_ACCOUNTS = "orders stand without names, and nobody has agreed to be reached"
NO_CATALOGUE = "no view or click is known to be of a valuable product by its price"
NO_PARTS = "orders have totals, and no products"
NO_REFUNDS = "what was paid back still counts as revenue"

MEANINGS: dict[Place, Meaning] = {
    ("web", "events"): Meaning(NO_VIEWS, ("timestamp",)),
    ("shop", "customers"): Meaning(NO_ACCOUNTS, ("created_at",)),
    ("shop", "products"): Meaning(NO_CATALOGUE, ("updated_at", "created_at")),
    ("shop", "orders"): Meaning(NO_BUYERS, ("created_at",)),
    ("shop", "order_lines"): Meaning(NO_PARTS),
    ("shop", "refunds"): Meaning(NO_REFUNDS, ("created_at",)),
    ("esp", "events"): Meaning(NO_MAIL, ("timestamp",)),
    ("esp", "subscribers"): Meaning(
        "emails have no consent of the list; only the shop's accounts are reachable",
        ("created_at",),
    ),
    ("crm", "contacts"): Meaning(
        "nobody is held back from email or calls by what they told the staff, and"
        " people are linked by fewer marks",
        ("created_at",),
    ),
    ("identity", "decisions"): Meaning(
        "nobody has decided who is or is not one person; the rules alone decide",
        ("decided_at",),
        is_optional=True,
    ),
    ("identity", "erasures"): Meaning(
        "nobody has asked in a file to be erased", ("requested_at",), is_optional=True
    ),
    ("segment", "tracks"): Meaning(NO_VIEWS, ("timestamp", "original_timestamp")),
    ("segment", "pages"): Meaning(
        "visits begin at the first thing that was done, and know less of where people"
        " came from",
        ("timestamp", "original_timestamp"),
    ),
    ("segment", "screens"): Meaning(
        "what is seen in an app is no activity", ("timestamp",), is_optional=True
    ),
    ("segment", "identifies"): Meaning(
        "visitors are linked to people by user_id alone, not by email or phone",
        ("timestamp",),
    ),
    ("ga4", "events"): Meaning(NO_VIEWS, ("event_timestamp",)),
    ("snowplow", "events"): Meaning(NO_VIEWS, ("derived_tstamp", "collector_tstamp")),
    ("shopify", "customers"): Meaning(NO_ACCOUNTS, ("created_at",)),
    ("shopify", "customer_addresses"): Meaning(
        "accounts have no city, postcode or country, by which people are linked"
    ),
    ("shopify", "products"): Meaning(NO_CATALOGUE, ("updated_at",)),
    ("shopify", "product_variants"): Meaning(
        "products have no price and no sku; " + NO_CATALOGUE, ("updated_at",)
    ),
    ("shopify", "orders"): Meaning(NO_BUYERS, ("processed_at", "created_at")),
    ("shopify", "order_lines"): Meaning(NO_PARTS),
    ("shopify", "refunds"): Meaning(NO_REFUNDS, ("processed_at", "created_at")),
    ("shopify", "order_line_refunds"): Meaning(
        "refunds without a transaction have no amount of their lines"
    ),
    ("shopify", "order_adjustments"): Meaning(
        "refunds without a transaction lack shipping and discrepancies"
    ),
    ("shopify", "transactions"): Meaning(
        "refunds are reckoned from their lines, not from what was paid back"
    ),
    ("klaviyo", "events"): Meaning(NO_MAIL, ("timestamp", "datetime")),
    ("klaviyo", "persons"): Meaning(
        "emails have no address and no consent, and nobody is reachable", ("created",)
    ),
    ("klaviyo", "metrics"): Meaning(
        "what is no email event is counted without a name",
        ("created",),
        is_optional=True,
    ),
    ("klaviyo", "campaigns"): Meaning(
        "campaigns are known by id, not by name", ("created",), is_optional=True
    ),
    ("klaviyo", "flows"): Meaning(
        "flows are known by id, not by name", ("created",), is_optional=True
    ),
}
