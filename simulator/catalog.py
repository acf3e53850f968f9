"""What the shop sells, its pages, and the newsletters that speak of them."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa

from simulator.calendar import DAY, HOUR, History, Ints, berlin
from simulator.text import Text, money, wall_clock
from simulator.wares import ADJECTIVES, CATEGORIES, QUERIES

BY_CATEGORY: Final = 40
PRODUCTS: Final = BY_CATEGORY * len(CATEGORIES)
CURRENCIES: Final = ("EUR", "CHF")
SITE: Final = "https://shop.example"
HOME, CART, CHECKOUT, THANKS, LOGIN, LISTS = range(6)
"""Pages by number: after LISTS come the categories, then products, then searches."""
FIRST_PRODUCT_PAGE: Final = LISTS + len(CATEGORIES)
FIRST_SEARCH_PAGE: Final = FIRST_PRODUCT_PAGE + PRODUCTS
INNER, DIRECT, SEARCH, ADS, SOCIAL, MAIL = range(6)
"""Where a page view came from; from MAIL on, one a newsletter."""


@dataclass(frozen=True)
class Catalog:
    """Products by number: category by category, the popular ones first."""

    titles: list[str]
    cents: Ints
    mail_days: Ints
    """Day of each newsletter; the newsletter's number is its place here."""
    mail_ids: list[str]
    mail_products: Ints
    """Five products a newsletter, [newsletter, 5]."""

    @cached_property
    def ids(self) -> list[str]:
        """Return the products' ids in the shop."""
        return [str(7_000_001 + 7 * n) for n in range(PRODUCTS)]

    @cached_property
    def skus(self) -> list[str]:
        """Return the products' stock keeping units."""
        return [f"{self.category(n)[:3].upper()}-{n:04d}" for n in range(PRODUCTS)]

    def category(self, product: int) -> str:
        """Return the name of a product's category."""
        return tuple(CATEGORIES)[product // BY_CATEGORY]

    @cached_property
    def details(self) -> Text:
        """Return each product as JSON members; all in EUR, then all in CHF."""
        return pa.array(
            [
                f'"product_id":"{self.ids[n]}","sku":"{self.skus[n]}",'
                f'"name":"{self.titles[n]}","category":"{self.category(n)}",'
                f'"price":{self.cents[n] / 100:.2f},"currency":"{currency}"'
                for currency in CURRENCIES
                for n in range(PRODUCTS)
            ]
        )

    @cached_property
    def pages(self) -> Text:
        """Return each page as the open JSON object of `context.page`."""
        paths = ["/", "/cart", "/checkout", "/thanks", "/login"]
        titles = ["Home", "Cart", "Checkout", "Thank you", "Sign in", *CATEGORIES]
        paths += [f"/collections/{name.lower()}" for name in CATEGORIES]
        paths += [f"/products/{name}" for name in self.ids]
        paths += [f"/search?q={query.replace(' ', '+')}" for query in QUERIES]
        titles += [*self.titles, *QUERIES]
        return pa.array(
            [
                f'"page":{{"url":"{SITE}{path}","path":"{path.split("?")[0]}",'
                f'"title":{json.dumps(title)}'
                for path, title in zip(paths, titles, strict=True)
            ]
        )

    @cached_property
    def sources(self) -> Text:
        """Return each origin of a page view: the rest of `page`, and the campaign."""
        outside = ["https://www.google.com/", "https://social.example/"]
        inner, google, friends = (
            f',"referrer":"{origin}"}}' for origin in (f"{SITE}/", *outside)
        )
        ads = ',"campaign":{"source":"google","medium":"cpc","name":"brand"}'
        social = ',"campaign":{"source":"social","medium":"paid","name":"friends"}'
        mails = [
            f'}},"campaign":{{"source":"newsletter","medium":"email","name":"{name}"}}'
            for name in self.mail_ids
        ]
        known = [inner, "}", google, google + ads, friends + social]
        return pa.array([*known, *mails])

    def table(self, history: History) -> pa.Table:
        """Return the export of the products."""
        created = np.full(PRODUCTS, history.start_ms - 700 * DAY) + 13 * HOUR
        numbers = np.arange(PRODUCTS)
        return pa.table(
            {
                "id": self.ids,
                "sku": self.skus,
                "title": self.titles,
                "category": [self.category(n) for n in range(PRODUCTS)],
                "price": money(self.cents),
                "currency": [CURRENCIES[0]] * PRODUCTS,
                "created_at": wall_clock(berlin(created + numbers * HOUR)),
                "updated_at": wall_clock(berlin(created + numbers * HOUR)),
            }
        )


def open_catalog(history: History, rng: np.random.Generator) -> Catalog:
    """Fill the shelves and plan a newsletter for each mailing day of the window."""
    days = np.array(
        [
            d
            for d in range(*history.window.indices(history.day_count))
            if history.dates[d].weekday() in (1, 4)
        ],
        np.int64,
    )
    prices = np.exp(rng.normal(3.3, 0.9, PRODUCTS))
    nouns = [noun for group in CATEGORIES.values() for noun in group * 8]
    return Catalog(
        titles=[
            f"{rng.choice(ADJECTIVES)} {noun} {n % 8 + 1}"
            for n, noun in enumerate(nouns)
        ],
        cents=np.clip(np.round(prices), 3, 900).astype(np.int64) * 100 - 5,
        mail_days=days,
        mail_ids=[f"nl-{history.dates[d].isoformat()}" for d in days],
        mail_products=rng.integers(0, PRODUCTS, (len(days), 5)),
    )
