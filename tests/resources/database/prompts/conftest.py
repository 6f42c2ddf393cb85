"""A prompt of this release that no other test uses, and what is done with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from resources.database.engine import Database, Scope
from resources.database.repositories import prompt_changes, prompts
from resources.ids import new_id
from resources.prompt_library import PromptVersion, ServedPrompt, Template
from resources.prompt_library.files import parse
from resources.prompt_library.seeding import seed_prompts
from resources.prompt_library.template import to_text

FILE = """---
code: {code}
kind: text
language: {language}
temperature: 0.7
max_tokens: 500
output: markdown
variables:
  company: what it is
---
=== system ===
=== user ===
{words} {{{{ company }}}}
"""


@dataclass(frozen=True)
class Library:
    """Releases, imports and serves prompts, each in a transaction of its own."""

    owner: Database
    folder: Path
    seed: Any

    def prompt(self, code: str, words: str = "First", language: str = "en") -> Template:
        """A prompt that says `words`."""
        return parse(FILE.format(code=code, language=language, words=words), stage="editorial")

    async def released(self, *templates: Template) -> None:
        """Bring prompts as a release would: as files, by the owner."""
        for one in templates:
            path = self.folder / one.file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(to_text(one), encoding="utf-8")
        async with self.owner.engine.begin() as connection:
            await connection.run_sync(lambda sync: seed_prompts(sync, self.folder))

    async def imported(
        self,
        database: Database,
        template: Template,
        organization_id: UUID | None = None,
        label: str = "production",
        **how: Any,
    ) -> PromptVersion:
        """Keep a version and let a label name it, as an administrator."""
        scope = Scope(readable=None, writable=organization_id)
        async with database.transaction(scope) as connection:
            made = await prompt_changes.create_version(
                connection, template, organization_id=organization_id, **how
            )
            place = prompt_changes.place_of(template, organization_id)
            await prompt_changes.set_label(connection, place, made.version, label=label)
            return made

    async def served(
        self,
        database: Database,
        company: Any,
        code: str,
        language: str = "en",
        *,
        label: str = "production",
        scope: Scope | None = None,
    ) -> ServedPrompt:
        """Serve a company, within its organisation unless a scope is given."""
        async with database.transaction(scope or Scope.of(company.organization_id)) as connection:
            return await prompts.serve(
                connection,
                organization_id=company.organization_id,
                company_id=company.id,
                code=code,
                language=language,
                label=label,
            )

    async def pinned(
        self, database: Database, company: Any, code: str, job_id: UUID | None
    ) -> ServedPrompt:
        """Serve a job of a company."""
        async with database.transaction(Scope.of(company.organization_id)) as connection:
            return await prompts.serve_pinned(
                connection,
                organization_id=company.organization_id,
                company_id=company.id,
                code=code,
                language="en",
                job_id=job_id,
            )

    async def job(self, company: Any, **values: Any) -> UUID:
        """Make a job of a company."""
        id_ = new_id()
        await self.seed.insert(
            "job",
            **{
                "id": id_,
                "organization_id": company.organization_id,
                "company_id": company.id,
                "asset": "topics",
                "kind": "create_topics",
                "time_limit_s": 180,
                **values,
            },
        )
        return id_

    async def experiment(
        self, control: PromptVersion, candidate: PromptVersion, share: int
    ) -> UUID:
        """Begin an experiment."""
        id_ = new_id()
        await self.seed.insert(
            "experiment",
            id=id_,
            code=control.code,
            language="en",
            control_id=control.id,
            candidate_id=candidate.id,
            share_percent=share,
        )
        return id_

    async def audited(self, code: str) -> list[Any]:
        """What was written down about a prompt, in order."""
        return await self.seed.rows(
            "SELECT * FROM posthub.audit WHERE subject_id LIKE :code || '/%' ORDER BY id", code=code
        )


@pytest.fixture
def library(owner_database: Database, tmp_path: Path, seed: Any) -> Library:
    """Releases, imports and serves prompts."""
    return Library(owner_database, tmp_path, seed)


@pytest.fixture
async def code(library: Library) -> str:
    """The code of a prompt that no other test uses, released in English."""
    name = f"T{uuid4().hex.upper()}"
    await library.released(library.prompt(name))
    return name


@pytest.fixture
async def company(seed: Any) -> Any:
    """A company, in an organisation of its own."""
    return await seed.company()
