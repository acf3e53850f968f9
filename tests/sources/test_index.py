"""The index of the packs names each of them, and leads to its page."""

import re

from tests.sources.packs import PAGES, declared

INDEX = (PAGES / "README.md").read_text(encoding="utf-8")
ROWS = [line for line in INDEX.splitlines() if line.startswith("| ")]


def test_every_pack_has_a_row_with_its_sources_and_its_page() -> None:
    for pack, sources in declared("packs").items():
        (row,) = [row for row in ROWS if f"| `{pack}` |" in row]
        assert all(f"`{source}/" in row for source in sources)
        assert re.search(r"\]\(\w+\.md\) \|$", row)


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", INDEX)
    assert links
    assert [link for link in links if not (PAGES / link).exists()] == []
