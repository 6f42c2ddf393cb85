"""From registering to an approved month, with nothing but a generated client. Run as a program.

    PYTHONPATH=FOLDER_OF_THE_CLIENT python foreign_client_loop.py URL FOLDER_OF_DOCUMENTS MONTH

It runs in the environment of the generator, which knows nothing of PostHub. It ends with a line of
JSON that says what is approved.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections import Counter
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from posthub_client import AuthenticatedClient, Client
from posthub_client.api.auth import login, me, register
from posthub_client.api.companies import add_document, add_event, list_documents
from posthub_client.api.contents import get_content, list_contents
from posthub_client.api.decisions import decide_many, read_inbox
from posthub_client.api.jobs import get_job, list_jobs
from posthub_client.api.months import choose_personas, get_calendar, list_months, open_month
from posthub_client.models import (
    Action,
    ChosenPersona,
    Decision,
    Decisions,
    DocumentIn,
    Kind,
    Login,
    NewEvent,
    NewMonth,
    PersonaChoice,
    Platform,
    Problem,
    Registration,
    Status,
)
from posthub_client.types import File

URL, DOCUMENTS, MONTH = sys.argv[1:4]
PASSWORD = "correct horse battery staple"
PERSONAS = 3
WITHIN_S = 900.0
PAUSE_S = 2.0


def good(answer: Any) -> Any:
    """Give an answer, which is typed; a problem ends the program with its sentence."""
    if answer is None or isinstance(answer, Problem):
        raise SystemExit(f"refused: {answer}")
    return answer


def sign_up() -> tuple[AuthenticatedClient, uuid.UUID]:
    """Register, sign in, and look who that is."""
    nobody = Client(base_url=URL)
    email = f"person-{uuid.uuid4()}@example.com"
    body = Registration(
        email=email,
        password=PASSWORD,
        name="A person",
        company="Kolna Cargo Works",
        language="en",
        timezone="Europe/Prague",
        platforms=[Platform.LINKEDIN, Platform.X],
    )
    made = good(register.sync(client=nobody, body=body))
    wrong = login.sync(client=nobody, body=Login(email=email, password="wrong"))
    assert isinstance(wrong, Problem) and wrong.type_ == "urn:posthub:problem:not-signed-in"
    token = good(login.sync(client=nobody, body=Login(email=email, password=PASSWORD)))
    client = AuthenticatedClient(base_url=URL, token=token.access_token)
    who = good(me.sync(client=client))
    assert [one.id for one in who.organizations] == [made.organization_id]
    return client, made.company_id


def tell(client: AuthenticatedClient, company: uuid.UUID) -> None:
    """Give the company's documents, one of them as a file, and an event."""
    files = sorted(Path(DOCUMENTS).iterdir())
    for number, path in enumerate(files):
        key = str(uuid.uuid4())
        if number == 0:
            body: Any = File(payload=BytesIO(path.read_bytes()), file_name=path.name)
            made = add_document.sync(
                company, client=client, body=body, name=path.name, idempotency_key=key
            )
        else:
            body = DocumentIn(name=path.name, text=path.read_text())
            made = add_document.sync(company, client=client, body=body, idempotency_key=key)
        assert good(made).outcome.value == "created", made
    assert len(good(list_documents.sync(company, client=client)).items) == len(files)
    event = NewEvent(date=date.fromisoformat(f"{MONTH}-12"), title="Light check in the yard")
    assert good(add_event.sync(company, client=client, body=event)).on_date == event.date


def waiting(client: AuthenticatedClient, company: uuid.UUID) -> list[Any]:
    """Read the inbox, page by page."""
    found: list[Any] = []
    more: dict[str, Any] = {}
    while True:
        page = good(read_inbox.sync(client=client, company=company, limit=50, **more))
        found += page.items
        if page.next_cursor is None:
            return found
        more = {"cursor": page.next_cursor}


def approve(client: AuthenticatedClient, items: list[Any]) -> None:
    """Say yes to what was read."""
    for start in range(0, len(items), 100):
        chosen = [
            Decision(version=one.version, content_id=one.id, action=Action.APPROVE)
            for one in items[start : start + 100]
        ]
        body = Decisions(decisions=chosen)
        outcomes = good(
            decide_many.sync(client=client, body=body, idempotency_key=str(uuid.uuid4()))
        )
        assert {one.status for one in outcomes.results} <= {200, 409}, outcomes


def open_jobs(client: AuthenticatedClient, company: uuid.UUID) -> list[Any]:
    """Give the jobs that are not done; one that failed ends the program."""
    listed = good(list_jobs.sync(client=client, company=company, limit=200)).items
    failed = [one.error for one in listed if one.status == "failed"]
    if failed:
        raise SystemExit(f"jobs failed: {failed}")
    found = [one for one in listed if one.status in ("pending", "running")]
    if found:
        assert good(get_job.sync(found[0].id, client=client)).id == found[0].id
    return found


def choose(client: AuthenticatedClient, company: uuid.UUID, personas: list[Any]) -> None:
    """Let the first personas write."""
    first = [ChosenPersona(content_id=one.id, version=one.version) for one in personas[:PERSONAS]]
    chosen = good(choose_personas.sync(company, client=client, body=PersonaChoice(personas=first)))
    assert len(chosen.active) == PERSONAS


def work_through(client: AuthenticatedClient, company: uuid.UUID) -> None:
    """Decide until nothing waits and nothing is being made."""
    deadline, has_chosen = time.monotonic() + WITHIN_S, False
    while time.monotonic() < deadline:
        busy = open_jobs(client, company)  # before the inbox, or something slips through between
        items = waiting(client, company)
        personas = [one for one in items if one.kind is Kind.PERSONA]
        approve(client, [one for one in items if one.kind is not Kind.PERSONA])
        if len(personas) >= PERSONAS and not has_chosen and not busy:
            choose(client, company, personas)
            has_chosen = True
        elif has_chosen and not items and not busy:
            return
        time.sleep(PAUSE_S)
    raise SystemExit("the month does not come to rest")


def told(client: AuthenticatedClient, company: uuid.UUID) -> dict[str, Any]:
    """Say what stands approved, and read one of them to its last word."""
    found: Counter[str] = Counter()
    for kind in (Kind.TOPIC, Kind.BLOG_POST, Kind.SOCIAL_POST):
        page = good(
            list_contents.sync(client=client, company=company, month=MONTH, kind=kind, limit=200)
        )
        yes = [one for one in page.items if one.status in (Status.APPROVED, Status.SCHEDULED)]
        found[kind.value] = len(yes)
        whole = good(get_content.sync(yes[0].id, client=client))
        assert whole.current.body.to_dict(), whole
    (month,) = good(list_months.sync(company, client=client)).items
    table = good(get_calendar.sync(company, client=client, month=MONTH))
    return {**found, "month": month.month, "quota": month.quota, "lines": len(table.splitlines())}


def main() -> None:
    """Walk the whole way."""
    client, company = sign_up()
    tell(client, company)
    opened = good(open_month.sync(company, client=client, body=NewMonth(month=MONTH)))
    assert opened.waits_for_personas
    work_through(client, company)
    print(json.dumps(told(client, company)))


main()
