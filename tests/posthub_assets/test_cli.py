"""The `posthub` command as a person meets it: what it says and how it ends, on a real database."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner, Result

from posthub_assets.cli import app
from resources.database.urls import DatabaseUrls

ROOT = Path(__file__).resolve().parents[2]
Run = Result
Posthub = Callable[..., Run]


@pytest.fixture(scope="module")
def environment(
    database_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The test database as one that an operator gave, with a home of its own for the module."""
    key = Fernet.generate_key().decode()
    return {
        "POSTHUB_HOME": str(tmp_path_factory.mktemp("home of the command")),
        "POSTHUB_DATABASE_URL": database_urls.owner,
        "POSTHUB_API_DATABASE_URL": database_urls.api,
        "POSTHUB_RATE_ANONYMOUS": "1000000",  # all tests share an address
        "POSTHUB_FACTORY_DATABASE_URL": database_urls.factory,
        "POSTHUB_DAGSTER_DATABASE_URL": database_urls.dagster,
        "POSTHUB_SECRET_KEY": "a secret of the tests, longer than it must be",
        "POSTHUB_ADMIN_KEYRING": key,
        "POSTHUB_USER_KEYRING": key,
    }


@pytest.fixture
def posthub(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Posthub:
    """Runs the command in an empty folder, without a terminal.

    In this process, because the database is not the embedded one: nothing is started or stopped.
    """
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("POSTHUB_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str, **extra: str) -> Run:
        return CliRunner().invoke(app, arguments, env={**environment, **extra})

    return run


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A company's folder with one document, its slug made from the test's name."""
    slug = request.node.name.replace("_", "-")[5:60].strip("-")
    path = tmp_path / "a company"
    (path / "documents").mkdir(parents=True)
    (path / "documents" / "about.md").write_text("# About\n\nWe mend bells for towers.\n")
    (path / "company.yaml").write_text(
        f"slug: {slug}\nname: Bell Menders\norganization: Bells of {slug}\nlanguage: en\n"
        "timezone: Europe/Prague\ntier: BASIC\nplatforms: [linkedin]\n"
    )
    return path


def refusal(run: Run) -> str:
    """Give the one sentence of a refusal, and check that it is no traceback."""
    assert run.exit_code == 1, run.output
    assert isinstance(run.exception, SystemExit)
    return run.stderr.strip()


def test_the_command_and_its_help_import_nothing_heavy() -> None:
    code = (
        "import sys, posthub_assets.cli\n"
        "heavy = {'sqlalchemy', 'dagster', 'fastapi', 'pandas', 'numpy', 'httpx', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_help_names_every_command(posthub: Posthub) -> None:
    run = posthub("--help")
    assert run.exit_code == 0
    for name in ("up", "status", "demo", "migrate", "month", "company", "user", "prompts", "keys"):
        assert f" {name} " in run.stdout


def test_migrating_says_the_revision(posthub: Posthub) -> None:
    run = posthub("migrate")
    assert run.exit_code == 0, run.stderr
    assert "The database is at revision 0" in run.stdout


def test_importing_twice_says_that_nothing_changed(posthub: Posthub, folder: Path) -> None:
    first = posthub("company", "import", str(folder))
    assert first.exit_code == 0, first.stderr
    assert "is imported, in the organisation Bells of" in first.stdout
    assert "1 file: about.md" in first.stdout
    second = posthub("company", "import", str(folder))
    assert second.exit_code == 0
    assert "nothing changed" in second.stdout


def test_refused_files_are_named_and_the_rest_is_used(posthub: Posthub, folder: Path) -> None:
    (folder / "documents" / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    (folder / "documents" / "film.mp4").write_bytes(b"\x00\x01")
    run = posthub("company", "import", str(folder))
    assert run.exit_code == 0, run.stderr
    assert "not used  2 files" in run.stdout
    assert "broken.pdf" in run.stdout
    assert "film.mp4" in run.stdout
    assert "1 file: about.md" in run.stdout


def test_a_changed_document_is_told_on_the_next_import(posthub: Posthub, folder: Path) -> None:
    posthub("company", "import", str(folder))
    (folder / "documents" / "about.md").write_text("# About\n\nWe mend clocks for towers.\n")
    run = posthub("company", "import", str(folder))
    assert "is updated" in run.stdout
    assert "changed   1 file: about.md" in run.stdout


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("tier: GOLD", "tier"),
        ("timezone: Europe/Atlantis", "timezone"),
        ("slug: bells,and,more", "slug"),
    ],
)
def test_a_bad_brief_is_refused_in_a_sentence_that_names_the_field(
    posthub: Posthub, folder: Path, line: str, named: str
) -> None:
    brief = folder / "company.yaml"
    kept = [one for one in brief.read_text().splitlines() if not one.startswith(named)]
    brief.write_text("\n".join([*kept, line]) + "\n")
    said = refusal(posthub("company", "import", str(folder)))
    assert named in said


def test_a_folder_that_is_not_there_is_named(posthub: Posthub) -> None:
    said = refusal(posthub("company", "import", "nowhere"))
    assert said == "nowhere is not a folder. Give the folder that holds company.yaml."


def test_companies_are_listed(posthub: Posthub, folder: Path) -> None:
    posthub("company", "import", str(folder))
    run = posthub("company", "list")
    assert "companies-are-listed" in run.stdout
    assert "BASIC" in run.stdout


def test_a_month_that_is_none_is_refused_with_the_right_form(posthub: Posthub) -> None:
    said = refusal(posthub("month", "bells", "2026-13"))
    assert said == "'2026-13' is not a month. Write it as YYYY-MM, such as 2026-12."


def test_a_month_of_an_unknown_company_is_refused_and_starts_nothing(
    posthub: Posthub, environment: dict[str, str]
) -> None:
    said = refusal(posthub("month", "no-such-company", "2026-12"))
    assert said.startswith("There is no company 'no-such-company'")
    assert not (Path(environment["POSTHUB_HOME"]) / "up.lock").exists()


def test_a_month_in_the_past_is_refused_with_the_first_that_can_be_opened(
    posthub: Posthub, folder: Path
) -> None:
    posthub("company", "import", str(folder))
    slug = "a-month-in-the-past-is-refused-with-the-first-that-can"
    said = refusal(posthub("month", slug, "2020-01"))
    assert said.startswith("2020-01 is in the past; the first month that can be opened is 20")


def test_the_first_administrator_has_a_password_in_a_file_of_theirs(
    posthub: Posthub, folder: Path, environment: dict[str, str]
) -> None:
    posthub("company", "import", str(folder))
    path = Path(environment["POSTHUB_HOME"]) / "admin.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_text().splitlines()
    assert lines[0] == "E-mail: admin@posthub.local"
    assert len(lines[1].removeprefix("Password: ")) >= 24


def test_without_the_administrators_password_a_month_says_how_to_sign_in(
    posthub: Posthub, folder: Path, tmp_path: Path
) -> None:
    posthub("company", "import", str(folder))
    said = refusal(posthub("month", "bells", "2026-12", POSTHUB_HOME=str(tmp_path / "other")))
    assert "admin.txt" in said
    assert "--email" in said


def test_a_person_is_made_with_a_password_that_is_shown_once(
    posthub: Posthub, folder: Path
) -> None:
    posthub("company", "import", str(folder))
    organization = "Bells of a-person-is-made-with-a-password-that-is-shown-once"
    wanted = ("--email", "Made@Example.com", "--role", "supervisor")
    run = posthub("user", "create", *wanted, "--organization", organization)
    assert run.exit_code == 0, run.stderr
    assert f"made@example.com may sign in now, as supervisor in {organization}." in run.stdout
    assert "The password is " in run.stdout
    said = refusal(posthub("user", "create", *wanted, "--organization", organization))
    assert said == "There is a person with the e-mail made@example.com already."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--email", "a@example.com", "--role", "king"), "'king' is not a role"),
        (("--email", "a@example.com", "--role", "marketer"), "--organization"),
        (("--email", "nobody", "--role", "admin"), "'nobody' is not an e-mail address."),
    ],
)
def test_a_person_who_cannot_be_made_is_refused(
    posthub: Posthub, arguments: tuple[str, ...], words: str
) -> None:
    assert words in refusal(posthub("user", "create", *arguments))


def test_an_unknown_organisation_is_named_beside_those_that_are_there(
    posthub: Posthub, folder: Path
) -> None:
    posthub("company", "import", str(folder))
    wanted = ("--email", "b@example.com", "--role", "manager", "--organization", "Nobody Inc")
    said = refusal(posthub("user", "create", *wanted))
    assert said.startswith("There is no organisation 'Nobody Inc'. These are here: ")


def test_status_starts_nothing(posthub: Posthub, tmp_path: Path) -> None:
    home = tmp_path / "quiet home"
    given = {
        "POSTHUB_DATABASE_URL": "",
        "POSTHUB_API_DATABASE_URL": "",
        "POSTHUB_RATE_ANONYMOUS": "1000000",  # all tests share an address
        "POSTHUB_FACTORY_DATABASE_URL": "",
        "POSTHUB_DAGSTER_DATABASE_URL": "",
    }
    run = posthub("status", POSTHUB_HOME=str(home), **given)
    assert run.exit_code == 0, run.stderr
    assert "embedded PostgreSQL, not running" in run.stdout
    assert "not running; `posthub up` starts it" in run.stdout
    assert not (home / "postgres").exists()


def test_a_database_that_is_away_is_one_sentence(posthub: Posthub, folder: Path) -> None:
    away = "postgresql://owner:secret@127.0.0.1:1/posthub"
    said = refusal(posthub("company", "import", str(folder), POSTHUB_DATABASE_URL=away))
    assert said.startswith("The database does not answer")
    assert "secret" not in said


def test_a_setting_that_cannot_be_used_is_named(posthub: Posthub) -> None:
    said = refusal(posthub("status", POSTHUB_API_PORT="eighty"))
    assert said == "POSTHUB_API_PORT is 'eighty'; it must be a whole number from 1 to 65535."


def test_the_sample_company_of_the_demo_can_be_read_as_a_whole(
    posthub: Posthub, tmp_path: Path
) -> None:
    sample = shutil.copytree(ROOT / "samples" / "kolna", tmp_path / "kolna")
    brief = sample / "company.yaml"
    brief.write_text(brief.read_text().replace("slug: kolna", "slug: sample-of-the-demo"))
    run = posthub("company", "import", str(sample))
    assert run.exit_code == 0, run.stderr
    assert "not used" not in run.stdout
