"""Personal data does not leave the house, and is back where it belongs when the answer is."""

from __future__ import annotations

import json
import re

import pytest

from posthub_assets.domain.briefs import CompanyFacts, Revision
from posthub_assets.domain.quality.personal_data import personal_data
from resources.providers.loopback import Fault

pytestmark = pytest.mark.anyio

MAIL, PHONE, IBAN = "info@example.com", "+420 777 123 456", "CZ65 0800 0000 1920 0014 5399"
PLACEHOLDER = re.compile(r"XPII-EMAIL-1-[A-Z]{2}")
POST = f"Write to {MAIL} or call {PHONE}. Pay to {IBAN}."


def saying(what):
    """Make an answer whose text says something, made of the placeholder in the prompt."""

    def reply(canned: str, user: str) -> str:
        told = json.loads(canned)
        found = PLACEHOLDER.search(user)
        assert found
        told["text"] = f"{what(found.group())} {told['text']}"
        return json.dumps(told)

    return reply


async def test_no_personal_data_is_sent_and_it_is_back_in_the_answer(shop, post_of, replies):
    replies.append(saying(lambda token: f"Write to **{token}**."))
    answer = await shop.post(post_of(POST))
    for call in shop.server.calls():
        sent = json.dumps(call.body, ensure_ascii=False)
        for one in (MAIL, PHONE, IBAN, "1920 0014", "777 123"):
            assert one not in sent
    assert f"Write to **{MAIL}**." in answer.value.text
    assert dict(answer.redacted) == {"email": 1, "phone": 1, "iban": 1}


async def test_the_journal_holds_no_personal_data_either(shop, post_of, replies):
    replies.append(saying(lambda token: f"Write to {token}."))
    await shop.post(post_of(POST))
    (row,) = await shop.rows()
    kept = json.dumps([row.request, row.response, row.redacted], ensure_ascii=False)
    assert MAIL not in kept
    assert PHONE not in kept
    assert row.redaction_policy != "none"
    assert row.redacted == {"email": 1, "phone": 1, "iban": 1}


async def test_an_answer_from_the_journal_is_restored_again(shop, post_of, replies):
    replies.append(saying(lambda token: f"Write to {token}."))
    first = await shop.post(post_of(POST))
    second = await shop.post(post_of(POST))
    assert second.from_journal
    assert second.value == first.value
    assert MAIL in second.value.text


@pytest.mark.parametrize(
    "inflected",
    [
        lambda token: f"`{token}`",
        lambda token: f"[{token}](mailto:{token})",
        lambda token: f"„{token}“",
        lambda token: token.lower(),
        lambda token: f"{token}u",
    ],
)
async def test_a_placeholder_survives_what_models_do_to_it(shop, post_of, replies, inflected):
    replies.append(saying(inflected))
    answer = await shop.post(post_of(POST))
    assert MAIL in answer.value.text
    assert "XPII" not in answer.value.text.upper()


async def test_a_mangled_placeholder_is_found_and_the_answer_repaired(shop, post_of, replies):
    replies.append(saying(lambda token: token.replace("-1-", "-7-")))
    answer = await shop.post(post_of(POST))
    assert "XPII" not in answer.value.text
    first, second = await shop.rows()
    assert (first.error_code, second.status) == ("pii-not-restored", "completed")
    assert MAIL not in (first.error or "")


async def test_what_stays_mangled_is_refused_and_the_next_vendor_asked(shop, post_of, replies):
    mangled = saying(lambda token: token.replace("-1-", "-7-"))
    replies.extend([mangled, mangled])
    assert (await shop.post(post_of(POST))).provider == "openai"


async def test_a_reviewers_words_are_redacted_as_well(shop, post_of):
    brief = post_of("Bells.").model_copy(
        update={
            "revision": Revision(
                round=1, previous={"text": "Old words."}, reasons=(f"Name {MAIL} at its end.",)
            )
        }
    )
    await shop.post(brief)
    ((_, user),) = shop.said
    assert "at its end" in user
    assert MAIL not in user


async def test_pictures_and_research_send_none_either(shop):
    facts = CompanyFacts(
        slug="s",
        name="Shop",
        language="en",
        timezone="UTC",
        business_field=f"We mend bells; write to {MAIL}.",
        tier="BASIC",
        platforms=("linkedin",),
    )
    from dataclasses import replace

    from posthub_assets.domain.briefs import ResearchBrief

    await shop.gateway.research(ResearchBrief(company=facts), replace(shop.call, subject="r"))
    for call in shop.server.calls():
        assert MAIL not in json.dumps(call.body)


async def test_vendors_errors_that_quote_the_prompt_tell_no_personal_data(shop, post_of):
    for provider in ("gemini", "openai"):
        shop.server.plan(provider, Fault.BAD_REQUEST)
    with pytest.raises(Exception) as caught:
        await shop.post(post_of(POST))
    assert MAIL not in str(caught.value)
    assert "planted" not in str(caught.value)


def test_the_item_is_warned_of_with_kinds_and_never_with_values():
    (finding,) = personal_data({"email": 2, "iban": 1})
    assert (finding.verdict.value, finding.blocking) == ("warn", False)
    assert "email (2), iban (1)" in finding.message
    assert personal_data({}) == ()
