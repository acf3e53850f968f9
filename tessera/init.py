"""`tessera init`: which systems there are, and a raw folder waiting for their files."""

import re
from typing import Annotated
from zoneinfo import available_timezones

from rich.markup import escape
from typer import Option, prompt

from tessera.output import console
from warehouse.beginning import chosen_contract, make_raw_folder, trackers
from warehouse.contract import packs
from warehouse.errors import TesseraError, nearest
from warehouse.settings import Settings, load_settings
from warehouse.variables import change_variables, variables


def init(
    sources: Annotated[
        str | None,
        Option(help="The systems, such as ga4,shopify; none: an empty text."),
    ] = None,
    zone: Annotated[
        str | None, Option(help="The shop's time zone, such as Europe/Berlin.")
    ] = None,
    currency: Annotated[
        str | None, Option(help="What money is summed in, such as EUR.")
    ] = None,
    devices: Annotated[
        str | None,
        Option(help="Whose devices the checkout names as client_id, such as web."),
    ] = None,
    yes: Annotated[
        bool, Option("--yes", help="Ask nothing: what is not given stays.")
    ] = False,
) -> None:
    """Say which systems you have; get their vars and an empty raw folder."""
    settings = load_settings()
    now = variables(settings.project_dir)
    told = now["sources"]
    switched_on = ",".join(told) if isinstance(told, list) else str(told)

    def answer(given: str | None, question: str, standing: str) -> str:
        if given is not None or yes:
            return standing if given is None else given
        return str(prompt(question, default=standing))

    known = ", ".join(packs())
    systems = answer(sources, f"Systems, comma between ({known})", switched_on)
    chosen = _known_packs(systems)
    own_zone = _known_zone(answer(zone, "The shop's zone", str(now["shop_zone"])))
    money = answer(currency, "The currency", str(now["reporting_currency"]))
    named = trackers(settings.project_dir, chosen)
    former = str(now["device_source"])
    if len(named) > 1:
        question = f"Whose devices the checkout names ({', '.join(named)})"
        # Of two new ones, neither is the standing answer.
        device = answer(devices, question, former if former in named else "")
    else:
        device = devices or named[0]
    _tell_changes(
        settings,
        chosen,
        own_zone,
        _known_currency(money),
        _known_tracker(device, named),
    )
    _tell_folder(settings, chosen)


def _tell_changes(
    settings: Settings, chosen: list[str], zone: str, currency: str, tracker: str
) -> None:
    changes = change_variables(
        settings.project_dir,
        {
            ("sources",): chosen,
            ("shop_zone",): zone,
            # What the shop and its staff write down without a zone is in the shop's.
            ("source_zones", "shop"): zone,
            ("source_zones", "crm"): zone,
            ("reporting_currency",): currency,
            ("device_source",): tracker,
        },
    )
    for change in changes:
        line = f"dbt_project.yml: {change.name}: {change.former} -> {change.wanted}"
        console.print(escape(line), soft_wrap=True)
    if not changes:
        console.print("dbt_project.yml says so already.")


def _tell_folder(settings: Settings, chosen: list[str]) -> None:
    contract = chosen_contract(settings.project_dir, chosen)
    guides = list(make_raw_folder(settings.raw_dir, contract))
    console.print(escape(f"{settings.raw_dir}: {len(guides)} folders"), soft_wrap=True)
    for guide in guides:
        name = guide.path.relative_to(settings.raw_dir).as_posix()
        if guide.state == "kept":
            console.print(f"  {name} [yellow]says something else and was kept[/]")
        else:
            console.print(f"  {name}{' is new' if guide.state == 'new' else ''}")
    console.print("Next: put files there, `tessera doctor`, then `tessera run`.")


def _known_packs(given: str) -> list[str]:
    known = list(packs())
    names = [name.strip().lower() for name in given.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise TesseraError(
                "there is no such pack",
                where="--sources",
                given=f"`{name}`",
                allowed=known,
                remedy=nearest(name, known),
            )
    return list(dict.fromkeys(names))


def _known_tracker(given: str, named: list[str]) -> str:
    name = given.strip().lower()
    if name not in named:
        raise TesseraError(
            "it has to be said whose devices the checkout names as client_id",
            where="--devices",
            given=f"`{given}`" if given else "nothing",
            allowed=named,
            remedy="Name one whose pack is among the systems",
        )
    return name


def _known_zone(given: str) -> str:
    known = available_timezones()
    if given not in known:
        raise TesseraError(
            "there is no such time zone",
            where="--zone",
            given=f"`{given}`",
            allowed="a name of the tz database, such as Europe/Berlin or UTC",
            remedy=nearest(given, known),
        )
    return given


def _known_currency(given: str) -> str:
    code = given.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise TesseraError(
            "this is no currency",
            where="--currency",
            given=f"`{given}`",
            allowed="the three letters of ISO 4217, such as EUR",
        )
    return code
