"""The command line's part about vendors and money: providers, keys, limits, usage.

What does not belong here: what the commands do (`commands/`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

providers = typer.Typer(no_args_is_help=True, help="Who is asked for texts, pictures and research.")
keys = typer.Typer(no_args_is_help=True, help="Keys of vendors: the platform's and customers' own.")
limits = typer.Typer(no_args_is_help=True, help="What an organisation or a company may spend.")

Provider = Annotated[str, typer.Argument(help="gemini, openai or perplexity.")]
Organization = Annotated[str | None, typer.Option(help="One organisation; else the platform.")]


@providers.command("list")
def providers_list(organization: Organization = None) -> None:
    """List who is asked for what, in which order."""
    from posthub_assets.commands.providers import list_providers

    list_providers(organization)


@providers.command("set")
def providers_set(
    provider: Annotated[str, typer.Argument(help="gemini, openai, perplexity or local.")],
    organization: Organization = None,
    enabled: Annotated[bool | None, typer.Option("--on/--off", help="Asked at all.")] = None,
    default: Annotated[
        list[str] | None, typer.Option(help="Asked first for: text, image, research.")
    ] = None,
    fallback: Annotated[
        int | None, typer.Option(min=1, help="Its place after the default; lower is earlier.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Its model for texts.")] = None,
    image_model: Annotated[str | None, typer.Option(help="Its model for pictures.")] = None,
    research_model: Annotated[str | None, typer.Option(help="Its model for research.")] = None,
    quality: Annotated[str | None, typer.Option(help="Of pictures, in the model's words.")] = None,
    requests_an_hour: Annotated[int | None, typer.Option(min=1, help="At most.")] = None,
    monthly_budget: Annotated[str | None, typer.Option(help="USD, of the platform.")] = None,
) -> None:
    """Change how a provider is used. What is not named stays as it is."""
    from posthub_assets.commands.providers import set_provider

    set_provider(
        provider,
        organization,
        is_enabled=enabled,
        default_for=default or [],
        models={"text": model, "image": image_model, "research": research_model},
        monthly_budget=monthly_budget,
        fallback=fallback,
        quality=quality,
        requests_per_hour=requests_an_hour,
    )


@providers.command("test")
def providers_test(provider: Provider, organization: Organization = None) -> None:
    """Make one cheap call with the key that would be used."""
    from posthub_assets.commands.providers import test_provider

    if not test_provider(provider, organization):
        raise typer.Exit(1)


@keys.command("list")
def keys_list() -> None:
    """List what is kept: the last four characters, when it was used, when it ends."""
    from posthub_assets.commands.keys import list_keys

    list_keys()


@keys.command("add")
def keys_add(
    provider: Provider,
    organization: Organization = None,
    expires: Annotated[str | None, typer.Option(help="Its last day, like 2027-03-31.")] = None,
    untested: Annotated[
        bool, typer.Option("--untested", help="Keep it without a test call.")
    ] = False,
) -> None:
    """Ask for a key, try it, keep it encrypted. It may be piped in; it is never an argument."""
    from posthub_assets.commands.keys import add_key

    add_key(provider, organization, expires, untested=untested)


@keys.command("remove")
def keys_remove(provider: Provider, organization: Organization = None) -> None:
    """Forget a key."""
    from posthub_assets.commands.keys import remove_key

    remove_key(provider, organization)


@keys.command("rotate")
def keys_rotate() -> None:
    """Encrypt every key with the newest key of its keyring."""
    from posthub_assets.commands.keys import rotate_keys

    rotate_keys()


@limits.command("list")
def limits_list() -> None:
    """List the limits that are written down, and what holds without them."""
    from posthub_assets.commands.limits import list_limits

    list_limits()


@limits.command("set")
def limits_set(
    company: Annotated[str | None, typer.Argument(help="One company's key.")] = None,
    organization: Annotated[str | None, typer.Option(help="Or all of an organisation.")] = None,
    period: Annotated[str, typer.Option(help="month or day.")] = "month",
    requests: Annotated[int | None, typer.Option(help="Calls.")] = None,
    tokens: Annotated[int | None, typer.Option(help="Tokens in and out.")] = None,
    usd: Annotated[str | None, typer.Option(help="US dollars.")] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the limit away; the tier's holds again.")
    ] = False,
) -> None:
    """Write a limit down. What is not named is not limited."""
    from posthub_assets.commands.limits import set_limit

    set_limit(
        organization,
        company,
        period=period,
        requests=requests,
        tokens=tokens,
        usd=usd,
        remove=remove,
    )


def usage(
    company: Annotated[str | None, typer.Argument(help="One company's key.")] = None,
    month: Annotated[str | None, typer.Argument(metavar="YYYY-MM", help="Its month.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the month's rows to a CSV file.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write them to a JSON file.")] = None,
    organization: Annotated[str | None, typer.Option(help="Of one organisation.")] = None,
    begins: Annotated[str | None, typer.Option("--from", help="First day, 2026-12-01.")] = None,
    ends: Annotated[str | None, typer.Option("--to", help="Last day.")] = None,
    by: Annotated[
        str, typer.Option(help="provider, model, kind, prompt, person, company or day.")
    ] = "provider",
) -> None:
    """Show what was bought: of a company's month, or of any span of time by a dimension."""
    from posthub_assets.commands.usage import show_between, show_month

    if company and month:
        show_month(company, month, csv, json)
    elif company:
        raise typer.BadParameter("Name the month as well, like 2026-12.")
    else:
        show_between(organization, begins, ends, by)
