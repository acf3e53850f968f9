"""A web call of the simulated shop, told again as other trackers would export it."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

Call = Mapping[str, Any]

GA4_EVENTS: Final = {
    "Product Viewed": "view_item",
    "Product List Viewed": "view_item_list",
    "Products Searched": "search",
    "Product Added": "add_to_cart",
    "Product Removed": "remove_from_cart",
    "Cart Viewed": "view_cart",
    "Checkout Started": "begin_checkout",
    "Order Completed": "purchase",
}
SNOWPLOW_ACTIONS: Final[dict[str, dict[str, object]]] = {
    "Product Viewed": {"type": "product_view"},
    "Product List Viewed": {"type": "list_view"},
    "Product Added": {"type": "add_to_cart"},
    "Product Removed": {"type": "remove_from_cart"},
    "Checkout Started": {"type": "checkout_step", "step": 1},
    "Order Completed": {"type": "transaction"},
}
COUNTRIES: Final = {
    "AT": "Austria",
    "BE": "Belgium",
    "CH": "Switzerland",
    "DE": "Germany",
    "DK": "Denmark",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "IT": "Italy",
    "NL": "Netherlands",
    "PL": "Poland",
    "SE": "Sweden",
    "US": "United States",
}


def as_ga4(calls: Iterable[Call]) -> str:
    """The calls as lines of the BigQuery export of Google Analytics 4.

    Raises:
        KeyError: a call comes from a country that has no name here.
    """
    return "".join(json.dumps(_ga4_row(call)) + "\n" for call in calls)


def as_snowplow(calls: Iterable[Call]) -> str:
    """The calls as a CSV file of Snowplow's enriched events."""
    return _csv([_snowplow_row(call) for call in calls])


def as_tables(calls: Iterable[Call]) -> dict[str, str]:
    """The calls as CSV files of Segment's warehouse tables, by the table's name."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for call in calls:
        table = "identifies" if call["type"] == "identify" else call["type"] + "s"
        rows.setdefault(table, []).append(_table_row(call))
    return {table: _csv(told) for table, told in rows.items()}


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _table_row(call: Call) -> dict[str, Any]:
    context, properties = call.get("context", {}), call.get("properties", {})
    page, campaign = context.get("page", {}), context.get("campaign", {})
    traits = call.get("traits", {})
    return {
        "id": call["messageId"],
        "anonymous_id": call.get("anonymousId"),
        "user_id": call.get("userId"),
        "timestamp": _bare(call["timestamp"]),
        "received_at": _bare(call["receivedAt"]),
        **{f"context_page_{name}": value for name, value in page.items()},
        **{f"context_campaign_{name}": value for name, value in campaign.items()},
        "context_device_type": context.get("device", {}).get("type"),
        "context_location_country": context.get("location", {}).get("country"),
        "context_user_agent": context.get("userAgent"),
        "event_text": call.get("event"),
        "event": call.get("event", "").lower().replace(" ", "_"),
        **properties,
        "products": _list(properties.get("products", [])),
        "email": traits.get("email"),
        "first_name": traits.get("firstName"),
    }


def _ga4_row(call: Call) -> dict[str, Any]:
    context, properties = call.get("context", {}), call.get("properties", {})
    page, campaign = context.get("page", {}), context.get("campaign", {})
    said = {
        "page_location": page.get("url"),
        "page_referrer": page.get("referrer"),
        "page_title": page.get("title"),
        "currency": properties.get("currency"),
        "search_term": properties.get("query"),
    }
    purchase = "order_id" in properties
    return {
        "event_date": call["timestamp"][:10].replace("-", ""),
        "event_timestamp": str(_microseconds(call["timestamp"])),
        "event_name": _ga4_name(call),
        "event_params": [
            {"key": key, "value": {"string_value": value}}
            for key, value in said.items()
            if value is not None
        ],
        # The tracker numbers what it sends: copies are alike, other calls are not.
        "event_bundle_sequence_id": str(_number(call["messageId"])),
        "user_pseudo_id": call.get("anonymousId"),
        "user_id": call.get("userId"),
        "device": {"category": context.get("device", {}).get("type")},
        "geo": {"country": _country(context)},
        "collected_traffic_source": {
            "manual_source": campaign.get("source"),
            "manual_medium": campaign.get("medium"),
            "manual_campaign_name": campaign.get("name"),
        },
        "ecommerce": {
            "transaction_id": properties["order_id"],
            "purchase_revenue": properties["total"],
        }
        if purchase
        else {},
        "items": [
            {
                "item_id": item["product_id"],
                "item_category": item.get("category"),
                "price": item.get("price"),
                "quantity": item.get("quantity"),
            }
            for item in _items(properties)
        ],
    }


def _ga4_name(call: Call) -> str:
    names = {"page": "page_view", "screen": "screen_view", "identify": "login"}
    return names.get(call["type"]) or GA4_EVENTS[call["event"]]


def _snowplow_row(call: Call) -> dict[str, Any]:
    context, properties = call.get("context", {}), call.get("properties", {})
    page, campaign = context.get("page", {}), context.get("campaign", {})
    traits = call.get("traits", {})
    action = SNOWPLOW_ACTIONS.get(call.get("event", ""))
    return {
        "event_id": call["messageId"],
        "event": "page_view" if call["type"] == "page" else "unstruct",
        "event_name": _snowplow_name(call, action),
        "collector_tstamp": _bare(call["receivedAt"]),
        "derived_tstamp": _bare(call["timestamp"]),
        "domain_userid": call.get("anonymousId"),
        "user_id": call.get("userId"),
        "page_url": page.get("url"),
        "page_urlpath": page.get("path"),
        "page_title": page.get("title"),
        "page_referrer": page.get("referrer"),
        "mkt_source": campaign.get("source"),
        "mkt_medium": campaign.get("medium"),
        "mkt_campaign": campaign.get("name"),
        "useragent": context.get("userAgent"),
        "dvce_type": _snowplow_device(context),
        "geo_country": context.get("location", {}).get("country"),
        "contexts_ecommerce_product": _list(
            {
                "id": item["product_id"],
                "category": item.get("category"),
                "price": item.get("price"),
                "quantity": item.get("quantity"),
                "currency": properties.get("currency"),
            }
            for item in _items(properties)
        ),
        "contexts_ecommerce_cart": _list(
            {"cart_id": cart} for cart in [properties.get("cart_id")] if cart
        ),
        "contexts_ecommerce_transaction": _list(
            {
                "transaction_id": order,
                "revenue": properties["total"],
                "currency": properties["currency"],
            }
            for order in [properties.get("order_id")]
            if order
        ),
        "contexts_ecommerce_user": _list(
            {"id": call.get("userId"), "email": email}
            for email in [traits.get("email")]
            if email
        ),
        "unstruct_event_ecommerce_action": json.dumps(action) if action else None,
    }


def _snowplow_name(call: Call, action: Mapping[str, object] | None) -> str:
    if action:
        return "snowplow_ecommerce_action"
    names = {"page": "page_view", "screen": "screen_view", "identify": "login"}
    others = {"Products Searched": "site_search", "Cart Viewed": "cart_viewed"}
    return names.get(call["type"]) or others[call["event"]]


def _snowplow_device(context: Call) -> str | None:
    kind = context.get("device", {}).get("type")
    return "Computer" if kind == "desktop" else kind and str(kind).title()


def _items(properties: Call) -> list[Call]:
    if "products" in properties:
        return list(properties["products"])
    return [properties] if "product_id" in properties else []


def _list(parts: Iterable[Call]) -> str | None:
    told = list(parts)
    return json.dumps(told) if told else None


def _country(context: Call) -> str | None:
    code = context.get("location", {}).get("country")
    return COUNTRIES[code] if code else None


def _microseconds(stamp: str) -> int:
    moment = datetime.fromisoformat(stamp)
    return round(moment.timestamp() * 1000) * 1000


def _bare(stamp: str) -> str:
    """As a warehouse prints it: in UTC, and without saying so."""
    return stamp.replace("T", " ").removesuffix("Z")


def _number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)
