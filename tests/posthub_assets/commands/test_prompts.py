"""The prompt library and experiments by hand: what the commands say and do, on a real database."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from posthub_assets.commands import experiments, prompts
from posthub_assets.domain.errors import Conflict, InvalidInput, NotFound
from resources.database.urls import DatabaseUrls
from resources.prompt_library.files import load_file
from resources.prompt_library.seeding import seed_prompts

FILE = """---
code: {code}
kind: text
language: {language}
temperature: 0.5
max_tokens: 500
output: markdown
variables:
  company: what it is
---
=== system ===
You write.
=== user ===
{words} {{{{ company }}}}
"""


@pytest.fixture
def code(database_urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A prompt of this release that no other test uses, and the commands' surroundings."""
    for name in [name for name in os.environ if name.startswith("POSTHUB_")]:
        monkeypatch.delenv(name)
    key = Fernet.generate_key().decode()
    for name, value in {
        "HOME": str(tmp_path / "home"),
        "DATABASE_URL": database_urls.owner,
        "API_DATABASE_URL": database_urls.api,
        "FACTORY_DATABASE_URL": database_urls.factory,
        "DAGSTER_DATABASE_URL": database_urls.dagster,
        "SECRET_KEY": "a secret of the tests, longer than it must be",
        "ADMIN_KEYRING": key,
        "USER_KEYRING": key,
    }.items():
        monkeypatch.setenv(f"POSTHUB_{name}", value)
    made = f"T{uuid4().hex.upper()}"
    write(tmp_path / "release" / "editorial", made, "First")
    engine = create_engine(database_urls.owner, poolclass=NullPool)
    with engine.begin() as connection:
        seed_prompts(connection, tmp_path / "release")
    engine.dispose()
    return made


@pytest.fixture
def organization(database_urls: DatabaseUrls) -> str:
    """The name of an organisation."""
    name = f"Bells {uuid4().hex}"
    engine = create_engine(database_urls.owner, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO posthub.organization (id, name) VALUES (gen_random_uuid(), :name)"),
            {"name": name},
        )
    engine.dispose()
    return name


def write(folder: Path, code: str, words: str, language: str = "en") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{code.lower()}.{language}.md"
    path.write_text(FILE.format(code=code, language=language, words=words), encoding="utf-8")
    return path


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Gives what was printed since the last time."""
    return lambda: capsys.readouterr().out


def row_of(table: str, code: str) -> list[str]:
    return next(line for line in table.splitlines() if code in line).split()


def test_an_imported_file_is_a_candidate_and_the_next_steps_are_told(code, tmp_path, said):
    prompts.import_prompts([write(tmp_path, code, "Second")], note="warmer")
    told = said()
    assert f"{code} (en): version 2 is the candidate." in told
    assert f"posthub prompts promote {code} 2" in told
    prompts.list_prompts()
    assert row_of(said(), code) == [code, "en", "text", "1", "2", "2"]


def test_a_version_is_promoted_and_rolled_back(code, tmp_path, said):
    prompts.import_prompts([write(tmp_path, code, "Second")])
    prompts.promote_prompt(code.lower(), 2)
    assert f"{code} (en): version 2 is served to everybody" in said()
    prompts.rollback_prompt(code)
    assert f"{code} (en): version 1 is served to everybody" in said()
    with pytest.raises(Conflict, match="never named another version"):
        prompts.rollback_prompt(code)


def test_a_prompt_is_shown_as_its_file_with_its_versions(code, tmp_path, said):
    prompts.import_prompts([write(tmp_path, code, "Second")], label="production", note="warmer")
    said()
    prompts.show_prompt(code)
    shown = said()
    assert "=== user ===\nSecond {{ company }}\n" in shown
    assert "> 2" in shown
    assert "warmer" in shown
    assert "candidate" not in shown
    prompts.show_prompt(code, version=1)
    assert "First {{ company }}" in said()
    with pytest.raises(NotFound, match="no version 7"):
        prompts.show_prompt(code, version=7)


def test_two_versions_are_compared(code, tmp_path, said):
    prompts.import_prompts([write(tmp_path, code, "Second")])
    said()
    prompts.diff_prompts(code, after=2)
    told = said()
    assert "-First {{ company }}" in told
    assert "+Second {{ company }}" in told
    prompts.diff_prompts(code, before=2, after=2)
    assert "say the same" in said()
    with pytest.raises(InvalidInput, match="Name the prompt"):
        prompts.diff_prompts(before=1)


def test_files_are_compared_with_what_is_served(code, tmp_path, said):
    release = tmp_path / "release"
    prompts.diff_prompts(code, folder=release)
    assert "served as the files say" in said()
    prompts.import_prompts([write(tmp_path, code, "Second")], label="production")
    said()
    prompts.diff_prompts(code, folder=release)
    told = said()
    assert f"--- {code} (en), the file" in told
    assert "+Second {{ company }}" in told
    assert "1 prompt of 1 served differ from the file" in told


def test_what_is_exported_can_be_imported_again(code, tmp_path, said):
    prompts.export_prompts(tmp_path / "out")
    path = tmp_path / "out" / "editorial" / f"{code.lower()}.en.md"
    assert load_file(path).user_text == "First {{ company }}"
    said()
    prompts.export_prompts(tmp_path / "out")
    assert ": 0 written, the rest as it was." in said()
    prompts.import_prompts([path], label="production")
    assert "version 1 is in production" in said()


def test_of_several_files_all_are_imported_or_none(code, tmp_path):
    good = write(tmp_path, code, "Second")
    bad = write(tmp_path, "NO_SUCH_CODE", "Second")
    with pytest.raises(NotFound, match="Nothing asks for a prompt NO_SUCH_CODE"):
        prompts.import_prompts([good, bad])
    with pytest.raises(NotFound, match="no version 2"):
        prompts.show_prompt(code, version=2)


def test_an_organisation_has_its_own_version_until_it_is_reset(code, tmp_path, said, organization):
    file = write(tmp_path, code, "Own")
    prompts.import_prompts([file], organization, label="production")
    said()
    prompts.list_prompts(organization)
    assert f"of {organization}" in said()
    prompts.export_prompts(tmp_path / "own", organization)
    assert load_file(next((tmp_path / "own").rglob("*.md"))).user_text == "Own {{ company }}"
    said()
    prompts.reset_prompt(code, organization)
    assert f"{organization} is served the platform's version again" in said()
    prompts.export_prompts(tmp_path / "own", organization)
    assert "has no prompts of its own; nothing was written" in said()
    with pytest.raises(NotFound, match="no organisation 'Nobody'"):
        prompts.list_prompts("Nobody")


def test_an_experiment_is_started_shown_and_promoted(code, tmp_path, said):
    prompts.import_prompts([write(tmp_path, code, "Second")])
    said()
    experiments.start_experiment(code.lower(), 2, 20)
    assert f"{code} (en): version 2 to 20 % of companies, version 1 to the others" in said()
    prompts.list_prompts()
    assert "experiment with 20 %" in next(
        line for line in said().splitlines() if line.startswith(code)
    )
    experiments.show_experiment(code)
    shown = said()
    assert "Too early to tell: the smaller arm needs 20 decided items more" in shown
    assert row_of(shown, "candidate  ")[:4] == ["candidate", "2", "0", "0"]
    with pytest.raises(Conflict, match="An experiment runs"):
        prompts.promote_prompt(code, 2)
    experiments.promote_experiment(code)
    assert f"{code} (en): version 2 is served to all." in said()
    experiments.list_experiments()
    assert "Version 2 was promoted." in said()


def test_an_experiment_is_stopped_for_a_reason(code, tmp_path, said):
    prompts.import_prompts([write(tmp_path, code, "Second")])
    experiments.start_experiment(code, 2, 50)
    experiments.stop_experiment(code, "the tone is wrong")
    assert "has ended. Version 1 is served to all." in said()
    experiments.show_experiment(code)
    assert "It has ended: the tone is wrong" in said()
    with pytest.raises(NotFound, match="no experiment running"):
        experiments.stop_experiment(code)
