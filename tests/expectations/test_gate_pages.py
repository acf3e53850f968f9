"""The pages a gate leaves behind: for people, readable offline, ids only."""

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest

import expectations
from warehouse.settings import Settings

GATES = {gate.name: gate for gate in expectations.discover()}


def test_one_page_tells_what_every_gate_said_last(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop("update ml.models set state = 'not_enough_data'")
    for name in ("segments", "scores"):
        GATES[name].run(settings, "simulated")
    index = settings.reports_dir / "gates" / "index.html"
    page = index.read_text(encoding="utf-8")
    assert page.index("What the models say") < page.index("The segments")
    assert "Nothing failed" in page
    assert "there is too little data" in page
    links = [unquote(link) for link in re.findall(r'href="([^"]+)"', page)]
    assert links
    assert all((index.parent / link).exists() for link in links)


def test_what_is_wrong_comes_first_and_says_how_to_let_it_through(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop(
        "delete from segments.primary_segments where customer_id = 'c-1'"
    )
    for name in ("segments", "scores"):
        GATES[name].run(settings, "simulated")
    index = settings.reports_dir / "gates" / "index.html"
    page = index.read_text(encoding="utf-8")
    assert "<b>1 failed.</b>" in page
    assert "tessera run --accept segments:one_primary" in page
    assert page.index("The segments") < page.index("What the models say")
    open_part = page[page.index("<table>") : page.index("<details>")]
    assert "one_primary" in open_part
    assert "passed" not in open_part
    assert "models/segments/segments.yml" in open_part


def test_data_docs_need_no_network(changed_shop: Callable[[str], Settings]) -> None:
    settings = changed_shop(
        "delete from segments.primary_segments where customer_id = 'c-1'"
    )
    GATES["segments"].run(settings, "simulated")
    folder = settings.reports_dir / "gates" / "segments"
    pages = {page: page.read_text(encoding="utf-8") for page in folder.rglob("*.html")}
    assert len(pages) > 5
    for page, text in pages.items():
        fetched = re.search(r".{0,40}(<script|<link|<img|url\(|@import).{0,40}", text)
        assert not fetched, f"{page.name}: {fetched}"
        back = re.search(r'<p><a href="([^"]+)">What the gates say', text)
        assert back
        assert (page.parent / back[1]).resolve() == folder.parent / "index.html"
    (found,) = [
        text
        for page, text in pages.items()
        if "primary" in page.stem and "validations" in str(page)
    ]
    assert "segments.primary_segments: what its rules found" in found
    assert "customer_id c-1" in found


def test_a_crash_replaces_what_the_gate_said_before(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop("select 1")
    GATES["scores"].run(settings, "simulated")
    settings.build_path.unlink()
    GATES["scores"].run(settings, "simulated")
    page = (settings.reports_dir / "gates" / "index.html").read_text(encoding="utf-8")
    assert "the gate could not run" in page
    assert "Data Docs" not in page


def test_data_docs_hold_ids_and_no_personal_data(
    changed_shop: Callable[[str], Settings], caplog: pytest.LogCaptureFixture
) -> None:
    settings = changed_shop("delete from identity.identity_map")
    results = {r.entry: r for r in GATES["identity"].run(settings, "simulated")}
    assert results["profiles_have_records"].state == "failed"
    pages = list((settings.reports_dir / "gates" / "identity").rglob("*.html"))
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert "Every golden profile has a record" in text
    assert "customer_id c-1" in text
    assert "@example.com" not in text
    assert str(settings.data_dir) not in text
    assert "data docs rendering" not in caplog.text
