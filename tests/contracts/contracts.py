"""The marts' contracts: as the project declares them, as they were noted, as CHANGELOG
names them. `python -m tests.contracts.contracts` notes the declared ones anew."""

import json
import re
import sys
from pathlib import Path

import yaml

from warehouse.settings import PROJECT_DIR

NOTED = Path(__file__).with_name("marts.json")
CHANGELOG = PROJECT_DIR / "CHANGELOG.md"
Contracts = dict[str, dict[str, str]]


def declared(folder: Path = PROJECT_DIR / "models" / "marts") -> Contracts:
    """Column and type by mart, as the YAML beside the marts says."""
    files = [yaml.safe_load(file.read_text("utf-8")) for file in folder.glob("*.yml")]
    return {
        model["name"].removeprefix("mart_"): {
            column["name"]: column["data_type"] for column in model["columns"]
        }
        for file in files
        for model in file["models"]
    }


def noted() -> Contracts:
    """The contracts as they were when they were last noted."""
    contracts: Contracts = json.loads(NOTED.read_text("utf-8"))
    return contracts


def named(changelog: str) -> set[str]:
    """The marts that the topmost section of the changelog names."""
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)
    return set(re.findall(r"\bmarts\.(\w+)", "".join(sections[1:2])))


def unannounced(old: Contracts, new: Contracts, changelog: str) -> list[str]:
    """One sentence for each mart that changed without a word in the changelog."""
    told = {
        mart: difference(old, new, mart) for mart in sorted(old.keys() | new.keys())
    }
    return [
        f"marts.{mart}: {change}. Say so in the topmost section of CHANGELOG.md, then"
        " note the contracts anew: python -m tests.contracts.contracts"
        for mart, change in told.items()
        if change and mart not in named(changelog)
    ]


def difference(before: Contracts, after: Contracts, mart: str) -> str:
    """Which columns of a mart went, came, changed or moved; empty where none did."""
    old, new = before.get(mart, {}), after.get(mart, {})
    changes = [f"{name} {old[name]} is gone" for name in old if name not in new]
    changes += [f"{name} {new[name]} is new" for name in new if name not in old]
    changes += [
        f"{name} {old[name]} is now {new[name]}"
        for name in old
        if name in new and old[name] != new[name]
    ]
    if not changes and list(old) != list(new):
        return "the columns stand in another order"
    return ", ".join(changes)


def note() -> int:
    """Write what is declared, if the changelog names every mart that changed."""
    sentences = unannounced(noted(), declared(), CHANGELOG.read_text("utf-8"))
    if sentences:
        sys.stderr.write("\n".join(sentences) + "\n")
        return 1
    write(declared())
    return 0


def write(contracts: Contracts) -> None:
    """Keep these contracts, by mart."""
    ordered = dict(sorted(contracts.items()))
    NOTED.write_text(json.dumps(ordered, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(note())
