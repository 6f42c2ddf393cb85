"""The command line's part about words: `posthub prompts ...` and `posthub experiments ...`.

What does not belong here: what the commands do (`commands/prompts.py`, `commands/experiments.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

prompts = typer.Typer(
    no_args_is_help=True, help="The prompt library: versions, labels, an organisation's own."
)
experiments = typer.Typer(
    no_args_is_help=True, help="Two versions of a prompt, judged by what supervisors do."
)

Code = Annotated[str, typer.Argument(help="The prompt's code, such as BLOGPOST_GEN.")]
Language = Annotated[str, typer.Option(help="en, or a variant: cs, fa, uk.")]
Organization = Annotated[str | None, typer.Option(help="An organisation's own prompts.")]


@prompts.command("list")
def prompts_list(organization: Organization = None) -> None:
    """List the prompts, and which version of each is served."""
    from posthub_assets.commands.prompts import list_prompts

    list_prompts(organization)


@prompts.command("show")
def prompts_show(
    code: Code,
    language: Language = "en",
    version: Annotated[
        int | None, typer.Option(help="Another version than the one served.")
    ] = None,
    organization: Organization = None,
) -> None:
    """Show a prompt's words, and its history."""
    from posthub_assets.commands.prompts import show_prompt

    show_prompt(code, language, version, organization)


@prompts.command("diff")
def prompts_diff(
    code: Annotated[str | None, typer.Argument(help="One prompt; else all.")] = None,
    language: Annotated[str | None, typer.Option(help="One language; else all.")] = None,
    before: Annotated[int | None, typer.Option("--from", help="From this version.")] = None,
    after: Annotated[int | None, typer.Option("--to", help="To this version.")] = None,
    organization: Organization = None,
) -> None:
    """Compare what is served with the files of this release, or two versions of a prompt."""
    from posthub_assets.commands.prompts import diff_prompts

    diff_prompts(code, language, before, after, organization)


@prompts.command("export")
def prompts_export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go.")],
    organization: Organization = None,
) -> None:
    """Write the prompts that are served to files."""
    from posthub_assets.commands.prompts import export_prompts

    export_prompts(folder, organization)


@prompts.command("import")
def prompts_import(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Prompt files.")],
    organization: Organization = None,
    label: Annotated[str, typer.Option(help="candidate, or production to serve it.")] = "candidate",
    note: Annotated[str, typer.Option(help="Why, for the history.")] = "",
) -> None:
    """Read prompts from files as new versions. They are served once they are promoted."""
    from posthub_assets.commands.prompts import import_prompts

    import_prompts(files, organization, label, note)


@prompts.command("promote")
def prompts_promote(
    code: Code,
    version: Annotated[int, typer.Argument(help="The version's number.")],
    language: Language = "en",
    organization: Organization = None,
) -> None:
    """Serve this version from the next job on."""
    from posthub_assets.commands.prompts import promote_prompt

    promote_prompt(code, version, language, organization)


@prompts.command("rollback")
def prompts_rollback(
    code: Code, language: Language = "en", organization: Organization = None
) -> None:
    """Serve the version that was served before."""
    from posthub_assets.commands.prompts import rollback_prompt

    rollback_prompt(code, language, organization)


@prompts.command("reset")
def prompts_reset(
    code: Code,
    organization: Annotated[str, typer.Option(help="Whose own prompt is put aside.")],
    language: Language = "en",
) -> None:
    """Serve an organisation the platform's version again."""
    from posthub_assets.commands.prompts import reset_prompt

    reset_prompt(code, organization, language)


@experiments.command("start")
def experiments_start(
    code: Code,
    candidate: Annotated[int, typer.Option(help="The version to be tried.")],
    share: Annotated[int, typer.Option(min=1, max=99, help="Percent of companies.")] = 20,
    language: Language = "en",
) -> None:
    """Serve a candidate to a share of the companies; each keeps its version."""
    from posthub_assets.commands.experiments import start_experiment

    start_experiment(code, candidate, share, language)


@experiments.command("list")
def experiments_list() -> None:
    """List the experiments."""
    from posthub_assets.commands.experiments import list_experiments

    list_experiments()


@experiments.command("show")
def experiments_show(code: Code, language: Language = "") -> None:
    """Show approval rate and cost of both versions, with intervals."""
    from posthub_assets.commands.experiments import show_experiment

    show_experiment(code, language)


@experiments.command("stop")
def experiments_stop(
    code: Code,
    because: Annotated[str, typer.Option(help="Why; kept with the experiment.")] = "",
    language: Language = "",
) -> None:
    """End an experiment; everybody has the version in production again."""
    from posthub_assets.commands.experiments import stop_experiment

    stop_experiment(code, because, language)


@experiments.command("promote")
def experiments_promote(code: Code, language: Language = "") -> None:
    """End an experiment and serve its candidate to all."""
    from posthub_assets.commands.experiments import promote_experiment

    promote_experiment(code, language)
