"""The rules of channels and addresses at their edges, and beside a peer's names."""

from pathlib import Path

import pytest

from tests.compiled import fixture, rendered
from warehouse.connection import connect

GROUP = "default_channel_group('$source', '$medium', '$campaign', '$category')"
OURS = {
    "Direct": "Direct",
    "Organic_Search": "Organic Search",
    "Paid_Search_Other": "Paid Search",
    "Referral": "Referral",
    "Video": "Organic Video",
    # The peer has no channel of its own for affiliates.
    "Unmatched_Channel": "Affiliates",
}


def group(**visit: str | None) -> str:
    """The channel of a visit."""
    with connect() as database:
        ((channel,),) = database.execute(f"select {rendered(GROUP)}", visit).fetchall()
    return str(channel)


@pytest.mark.parametrize(
    ("source", "medium", "campaign", "category", "channel"),
    [
        ("(direct)", None, None, None, "Direct"),
        ("(DIRECT)", "(None)", None, None, "Direct"),
        ("(direct)", "cpc", None, None, "Paid Other"),
        ("google", "CPC", "x Cross-Network y", "search", "Cross-network"),
        ("ads", "cpc", "eshop", None, "Paid Shopping"),
        ("ads", "cpc", "workshop", None, "Paid Other"),
        ("ads", None, "workshop", None, "Unassigned"),
        ("ads", "ppc", None, None, "Paid Other"),
        ("ads", "xppc", None, None, "Unassigned"),
        ("ads", "unpaid", None, None, "Unassigned"),
        ("site", "cpm", None, "video", "Paid Video"),
        ("site", "cpm", None, None, "Display"),
        ("site", "sm", None, None, "Organic Social"),
        ("site", "small", None, None, "Unassigned"),
        ("site", "referral", None, "social", "Organic Social"),
        ("site", "app", None, None, "Referral"),
        ("E-Mail", "organic", None, None, "Organic Search"),
        ("newsletter", "e_mail", None, None, "Email"),
        ("site", "affiliates", None, None, "Affiliates"),
        ("site", "webpush", None, None, "Mobile Push Notifications"),
        ("site", "pushed", None, None, "Unassigned"),
        (None, None, None, None, "Unassigned"),
    ],
)
def test_a_channel_begins_and_ends_where_its_rule_does(
    source: str, medium: str, campaign: str, category: str, channel: str
) -> None:
    said = group(source=source, medium=medium, campaign=campaign, category=category)
    assert said == channel


@pytest.mark.parametrize(
    ("call", "url", "part"),
    [
        ("url_host('$url')", "https://WWW.Shop.example:8080/a?b", "shop.example"),
        ("url_host('$url')", "//user:pw@shop.example", "shop.example"),
        ("url_host('$url')", "android-app://com.app.name/", "com.app.name"),
        ("url_host('$url')", "shop.example/path", "shop.example"),
        ("url_host('$url')", "/path/page.html", None),
        ("url_host('$url')", "about:blank", None),
        ("url_host('$url')", None, None),
        ("query_parameter('$url', 'a')", "/?ba=1&a=2+3%26#a=4", "2 3&"),
        ("query_parameter('$url', 'a')", "/#?a=1", None),
        ("query_parameter('$url', 'a')", "/?a=", None),
        ("without_query_parameters('$url', ['a'])", "/x?a=1#top", "/x#top"),
        ("without_query_parameters('$url', ['a'])", "/x?ab=1&a", "/x?ab=1"),
        ("without_query_parameters('$url', ['a'])", "/x#y?a=1", "/x#y?a=1"),
        ("without_query_parameters('$url', ['a'])", None, None),
    ],
)
def test_an_address_has_its_parts(call: str, url: str, part: str) -> None:
    with connect() as database:
        said = database.execute(f"select {rendered(call)}", {"url": url}).fetchall()
    assert said == [(part,)]


def test_our_channels_agree_with_a_peers(shared_data: Path) -> None:
    folder = shared_data / "peer-snowplow-fractribution" / "data" / "expected"
    kinds = {"google": "search", "youtube.com": "video"}
    name = "snowplow_fractribution_channel_counts_expected.csv"
    for row in fixture(folder, name):
        said = group(
            source=row["source"],
            medium=row["medium"],
            campaign=row["campaign"],
            category=kinds.get(str(row["source"])),
        )
        assert said == OURS[str(row["channel"])]
