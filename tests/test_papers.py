"""The papers say what is: the folders, tables and commands that they name exist."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from benchmarks.figures import Figure
from tessera.main import commands
from warehouse.settings import PROJECT_DIR

PAPERS = sorted(
    [*PROJECT_DIR.glob("*.md"), *(PROJECT_DIR / "docs").glob("*.md")],
    key=lambda paper: paper.name,
)
NAMES = [paper.name for paper in PAPERS]
MARTS = sorted(
    file.stem.removeprefix("mart_")
    for file in (PROJECT_DIR / "models" / "marts").glob("*.sql")
)
# Folders that git ignores; and those that the architecture announces.
NOT_OURS = {"data", "target", "logs", "build", "dbt_packages", "process"}
ANNOUNCED = ("activation/", "realtime/")
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")


def paper(name: str) -> str:
    """The text of a paper at the root or in docs."""
    return next(p for p in PAPERS if p.name == name).read_text(encoding="utf-8")


def spoken(text: str) -> list[str]:
    """What a reader may type: quoted in a line, or a line set apart by four blanks."""
    apart = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    return [*QUOTED.findall(text), *apart]


def ours(folder: Path) -> list[Path]:
    """The folders in a folder that belong to the project."""
    return [
        one
        for one in sorted(folder.iterdir())
        if one.is_dir()
        and not one.name.startswith((".", "_"))
        and one.name not in NOT_OURS
        and not one.name.endswith(".egg-info")
    ]


def test_every_folder_of_the_house_is_explained() -> None:
    quoted = set(QUOTED.findall(paper("architecture.md")))
    stages = ours(PROJECT_DIR / "models")
    folders = [one for one in ours(PROJECT_DIR) if one.name != "models"]
    named = [f"{one.relative_to(PROJECT_DIR).as_posix()}/" for one in stages + folders]
    assert len(named) > 15
    assert [name for name in named if name not in quoted] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_place_that_a_paper_names_is_there(name: str) -> None:
    tops = tuple(f"{one.name}/" for one in ours(PROJECT_DIR)) + ANNOUNCED
    places = [
        quoted
        for quoted in QUOTED.findall(paper(name))
        if quoted.startswith(tops) and not re.search(r"[<>*{ ]", quoted)
    ]
    lost = [place for place in places if not (PROJECT_DIR / place).exists()]
    assert [place for place in lost if not place.startswith(ANNOUNCED)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    folder = next(p for p in PAPERS if p.name == name).parent
    links = LINK.findall(paper(name))
    assert [link for link in links if not (folder / link).exists()] == []


@pytest.mark.parametrize("mart", MARTS)
def test_every_mart_is_introduced(mart: str) -> None:
    assert f"`{mart}`" in paper("README.md")
    assert f"`marts.{mart}`" in paper("CHANGELOG.md")


@cache
def verbs() -> set[str]:
    """The targets of the Makefile that `make help` lists."""
    text = (PROJECT_DIR / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):.*##", text, re.MULTILINE)) - {"help"}


def test_make_has_the_verbs_that_readme_names() -> None:
    lines = [line for line in spoken(paper("README.md")) if line.startswith("make ")]
    assert {line.split()[1] for line in lines} == verbs()


@pytest.mark.parametrize("name", NAMES)
def test_make_has_every_verb_that_a_paper_names(name: str) -> None:
    for line in spoken(paper(name)):
        if re.fullmatch(r"make [a-z]+( *#.*)?", line):
            assert line.split()[1] in verbs(), line


@cache
def tessera_commands() -> dict[str, Any]:
    """The commands of `tessera` by name."""
    group = get_command(commands)
    assert isinstance(group, TyperGroup)
    return dict(group.commands)


@pytest.mark.parametrize("name", NAMES)
def test_tessera_has_every_command_and_option_that_a_paper_names(name: str) -> None:
    for line in spoken(paper(name)):
        words = line.split()
        if words[:1] != ["tessera"] or len(words) == 1 or words[1] == "--help":
            continue
        command = tessera_commands().get(words[1])
        assert command is not None, line
        if isinstance(command, TyperGroup) and words[2:] and words[2].isalpha():
            command = command.commands.get(words[2])
            assert command is not None, line
        options = {option for param in command.params for option in param.opts}
        asked = {word for word in words[2:] if word.startswith("--")}
        assert asked <= options, line


def test_readme_names_every_command() -> None:
    named = {
        line.split()[1]
        for line in spoken(paper("README.md"))
        if line.startswith("tessera ")
    }
    assert named == set(tessera_commands())


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_that_a_paper_names_is_there(name: str) -> None:
    modules = re.findall(r"python -m (benchmarks\.\w+)", paper(name))
    for module in modules:
        assert (PROJECT_DIR / f"{module.replace('.', '/')}.py").exists(), module


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_stands_under_the_command_that_printed_it(name: str) -> None:
    command = ""
    for line in paper(name).splitlines():
        text = line.strip()
        if text.startswith("python -m benchmarks."):
            command = text
        elif text.startswith("figure "):
            assert command, text
            assert len(text.split()) == len(Figure("a", 1).line().split()), text
        else:
            command = ""
