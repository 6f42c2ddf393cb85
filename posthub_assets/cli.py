"""The `posthub` command: what it is called, what it takes, how it ends.

    posthub up | status | demo | migrate | notify [--once]
    posthub company import DIR | list | export COMPANY FILE | restore FILE
    posthub month COMPANY YYYY-MM [--approve]
    posthub user create
    posthub prompts list | show | diff | export | import | promote | rollback | reset
    posthub experiments start | list | show | stop | promote
    posthub providers list | set | test
    posthub keys list | add | remove | rotate
    posthub limits list | set
    posthub usage COMPANY YYYY-MM | --by provider
    posthub media verify FILE... | certificate
    posthub docs permissions
    posthub backup FILE|FOLDER [--keep N] [--verify] | restore FILE [--into HOME]

Exit codes: 0 done; 1 refused or broken, with one sentence that says why; 2 a wrong command line;
3 a month that ended with something failed, or a backup with gaps; 130 stopped by Ctrl-C.

Only typer is imported at the top, so that `--help` is quick; each command imports its own module.
What does not belong here: what the commands do (`commands/`).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from posthub_assets.cli_backup import backup, restore
from posthub_assets.cli_media import media
from posthub_assets.cli_prompts import experiments, prompts
from posthub_assets.cli_spending import keys, limits, providers, usage
from posthub_assets.domain.errors import InvalidInput, PostHubError

EXIT_STOPPED = 130
"""128 plus the number of SIGINT, as shells have it."""


class Sentences(TyperGroup):
    """Turns errors of ours into one red sentence, wherever in the tree they were raised."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run a command."""
        try:
            return super().invoke(ctx)
        except PostHubError as error:
            typer.secho(sentence(error), fg=typer.colors.RED, err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            typer.echo("Stopped.", err=True)
            sys.exit(EXIT_STOPPED)


def sentence(error: PostHubError) -> str:
    """Give an error as people read it: its own words, and the field where they do not name it."""
    words = str(error)
    field = error.field if isinstance(error, InvalidInput) else None
    return f"{words} ({field})" if field and field not in words else words


app = typer.Typer(
    cls=Sentences,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="PostHub turns what a company knows about itself into an approved month of content.",
)
company = typer.Typer(no_args_is_help=True, help="Companies: import a folder, list what is there.")
user = typer.Typer(no_args_is_help=True, help="People who may sign in.")
docs = typer.Typer(no_args_is_help=True, help="Pages that are written from the code.")
app.add_typer(company, name="company")
app.add_typer(user, name="user")
app.add_typer(docs, name="docs")
app.add_typer(prompts, name="prompts")
app.add_typer(experiments, name="experiments")
app.add_typer(providers, name="providers")
app.add_typer(keys, name="keys")
app.add_typer(limits, name="limits")
app.add_typer(media, name="media")
app.command()(usage)
app.command()(backup)
app.command()(restore)


@app.command()
def up(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show what the processes write.")
    ] = False,
) -> None:
    """Start the API, the Dagster UI and the daemon, until Ctrl-C."""
    from posthub_assets.commands.serving import serve

    serve(verbose=verbose)


@app.command()
def status() -> None:
    """Say what runs, and where things are. Starts nothing."""
    from posthub_assets.commands.serving import show_status

    show_status()


@app.command()
def demo(
    retry: Annotated[
        bool, typer.Option("--retry", help="Give jobs that failed another try first.")
    ] = False,
) -> None:
    """Import the sample company and make its next month, from documents to approved posts."""
    from posthub_assets.commands.demo import run_demo

    raise typer.Exit(run_demo(retry=retry))


@app.command()
def migrate() -> None:
    """Bring the database to the current schema."""
    from posthub_assets.commands.ground import migrate_database

    migrate_database()


@app.command()
def notify(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
) -> None:
    """Send e-mails and webhooks, and reminders of what waits. `posthub up` does it by itself."""
    from posthub_assets.commands.notifying import run_notifier

    run_notifier(once=once)


@app.command()
def month(
    company: Annotated[str, typer.Argument(help="The company's key, as `company list` says it.")],
    month: Annotated[str, typer.Argument(metavar="YYYY-MM", help="The month, such as 2026-12.")],
    approve: Annotated[
        bool,
        typer.Option("--approve", help="Approve everything over HTTP, as a supervisor would."),
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Give jobs that failed another try first.")
    ] = False,
    email: Annotated[
        str | None, typer.Option(help="Sign in as this person instead of the administrator.")
    ] = None,
) -> None:
    """Open a company's month and work on it until it is done, or until it waits for a person."""
    from posthub_assets.commands.month import run_month

    raise typer.Exit(run_month(company, month, approve=approve, retry=retry, email=email))


@company.command("import")
def company_import(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder that holds company.yaml.")
    ],
) -> None:
    """Import a company's folder: company.yaml, documents/, published_posts/, photos/."""
    from posthub_assets.commands.companies import import_folder

    import_folder(folder)


@company.command("list")
def company_list() -> None:
    """List the companies that are there."""
    from posthub_assets.commands.companies import list_companies

    list_companies()


@company.command("export")
def company_export(
    company: Annotated[str, typer.Argument(help="The company's key, as `company list` says it.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The ZIP to write.")],
) -> None:
    """Take a company out: its rows as JSON lines and its media, in one ZIP."""
    from posthub_assets.commands.archives import export_company

    export_company(company, file)


@company.command("restore")
def company_restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A ZIP of an export.")],
    organization: Annotated[
        str | None, typer.Option(help="The organisation's name; else that of the archive.")
    ] = None,
) -> None:
    """Read an export in again, as a new company."""
    from posthub_assets.commands.archives import restore_archive

    restore_archive(file, organization)


@user.command("create")
def user_create(
    email: Annotated[str, typer.Option(help="The person's e-mail address.")],
    role: Annotated[str, typer.Option(help="admin, manager, marketer or supervisor.")],
    organization: Annotated[
        str | None, typer.Option(help="The organisation's name; an admin needs none.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="How the person is called.")] = None,
    generate_password: Annotated[
        bool,
        typer.Option("--generate-password", help="Make a password and show it once."),
    ] = False,
) -> None:
    """Make somebody who may sign in. Asks for the password, or makes one."""
    from posthub_assets.commands.accounts import create_person

    create_person(email, role, organization, name, generate=generate_password)


@docs.command("permissions")
def docs_permissions() -> None:
    """Write docs/permissions.md from the table of who may do what."""
    from posthub_assets.commands.permissions import write_page

    write_page()


if __name__ == "__main__":
    app()
