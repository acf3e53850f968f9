"""Makes Data Docs readable without a network: no scripts, no strangers' style sheets.

Great Expectations takes both from other people's servers, and marks what passed and
what failed by a font of theirs: in a closed network no page would tell which is which.
"""

import re
from html import escape
from pathlib import Path

STRANGE = re.compile(
    r"<link\b[^>]*>|<(script|style|footer)\b.*?</\1>"
    r'|<nav class="navbar navbar-expand-md.*?</nav>.*?</nav>',
    re.DOTALL,
)
TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:72em}"
    ".row{display:block}.col-lg-2,.collapse,[data-toggle=collapse]{display:none}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;vertical-align:top;padding:.3em .6em;"
    "border-bottom:1px solid #ddd}td table td{border:0}"
    ".show-scrollbars{overflow-wrap:anywhere}h5,h6{font-size:1.1em;margin:1em 0 .3em}"
    ".fas{font-style:normal;font-weight:bold;margin-right:.3em}"
    ".fa-check-circle::before{content:'\\2713';color:#176b3a}"
    ".fa-times::before,.fa-exclamation-triangle::before{content:'\\2717';"
    "color:#b00020}td:nth-child(2){width:60%}"
)


def make_readable(docs_dir: Path) -> None:
    """Rewrite every page below the folder; its parent holds the page of all gates.

    Raises:
        OSError: a page cannot be read or written.
    """
    for page in docs_dir.rglob("*.html"):
        depth = len(page.relative_to(docs_dir.parent).parts) - 1
        text = page.read_text(encoding="utf-8")
        page.write_text(_readable(text, page.stem, depth), encoding="utf-8")


def _readable(text: str, name: str, depth: int) -> str:
    title = f"{name.removeprefix('build-')}: what its rules found"
    bare = TITLE.sub("", STRANGE.sub("", text))
    head = f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
    back = f'<a href="{"../" * depth}index.html">What the gates say</a>'
    top = f"<body><p>{back}</p><h1>{escape(title)}</h1>"
    return bare.replace("</head>", head, 1).replace("<body>", top, 1)
