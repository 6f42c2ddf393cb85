"""Search over HTTP: forms of words in four languages, marks, order, pages, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from posthub_assets.domain.bodies import BlogPostBody, TopicBody
from posthub_assets.domain.content import Kind, Status
from resources.database.engine import Scope
from resources.database.repositories.versions import add_version

pytestmark = pytest.mark.anyio


def post_of(title: str, markdown: str) -> BlogPostBody:
    return BlogPostBody(
        title=title,
        focus_keyword="",
        meta_title="",
        meta_description="",
        markdown=markdown,
    )


@dataclass
class Shelf:
    """One company's posts, written as the factory and people write them."""

    seed: Any
    database: Any
    company: Any

    async def put(self, title: str, markdown: str = "", language: str = "en", **values: Any) -> str:
        """Write a post; give its id."""
        values = {"kind": Kind.BLOG_POST, "status": Status.APPROVED, **values}
        item = await self.seed.item(self.company, language=language, **values)
        await self.write(item.id, title, markdown, language)
        return str(item.id)

    async def write(self, content_id: Any, title: str, markdown: str, language: str = "en") -> Any:
        """Write the next version; give its id."""
        scope = Scope.of(self.company.organization_id)
        async with self.database.transaction(scope) as connection:
            row = await add_version(
                connection,
                organization_id=self.company.organization_id,
                content_id=content_id,
                kind=Kind.BLOG_POST,
                language=language,
                body=post_of(title, markdown),
            )
        return row.id


@pytest.fixture
async def shelf(seed, factory_database):
    return Shelf(seed, factory_database, await seed.company())


@pytest.fixture
async def supervisor(api, seed, shelf):
    return api.known(await seed.person(shelf.company.organization_id))


async def ids(client, q: str, **params) -> list[str]:
    answer = await client.get("/v1/search", params={"q": q, **params})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("language", "written", "asked"),
    [
        ("cs", "O nájemní smlouvě", "smlouvy"),
        ("cs", "Dvě smlouvy", "smluv"),
        ("cs", "Článek o střeše", "clanky"),
        ("cs", "Nové domy", "dum"),
        ("cs", "Nový dům", "domu"),
        ("uk", "Великий будинок", "будинку"),
        ("uk", "Ранкові ночі", "ніч"),
        ("uk", "Новий обʼєкт", "об'єкти"),
        ("fa", "کتاب خوب", "کتاب\u200cها"),
        ("fa", "کتاب\u200cهای خوب", "كتاب"),
        ("fa", "کتابها", "کتاب"),
        ("fa", "سال ۱۴۰۵", "1405"),
        ("en", "Planning a garden", "plans"),
        ("en", "The company's lights", "companies"),
        ("en", "Crème brûlée", "creme brulee"),
        ("de", "Schöne Gärten", "garten"),
    ],
)
async def test_a_word_is_found_in_its_other_forms(shelf, supervisor, language, written, asked):
    found = await shelf.put(written, language=language)
    await shelf.put("Something else entirely", "Nothing of it here.")
    assert await ids(supervisor, asked) == [found]


async def test_all_words_are_wanted_phrases_stand_together_and_the_excluded_are_away(
    shelf, supervisor
):
    lamp = await shelf.put("Lamps", "Winter lights for a small garden.")
    frost = await shelf.put("Frost", "Lights that last a long winter.")
    assert await ids(supervisor, "winter lights") == [frost, lamp]
    assert await ids(supervisor, '"winter lights"') == [lamp]
    assert await ids(supervisor, "„winter light“") == [lamp]
    assert await ids(supervisor, "lights -gardens") == [frost]
    assert await ids(supervisor, 'lights -"small garden"') == [frost]
    assert await ids(supervisor, "lights moon") == []
    assert await ids(supervisor, "gard*") == [lamp]


async def test_common_words_count_only_where_there_are_no_others(shelf, supervisor):
    found = await shelf.put("A guide", "To be, or not to be.")
    assert await ids(supervisor, "the guide of") == [found]
    assert await ids(supervisor, "not to be") == [found]
    assert await ids(supervisor, '"or not to be"') == [found]


async def test_what_is_shown_is_plain_text_with_the_places_of_the_hits(shelf, supervisor):
    filler = "Nothing to see here, go on. " * 30
    await shelf.put(
        "Smlouva <b>o dílo</b>",
        f"# Úvod\n\n{filler}\n\nPodepsané **smlouvy** leží [ve složce](https://example.com/s).\n\n"
        f"{filler}",
        language="cs",
    )
    (item,) = (await supervisor.get("/v1/search", params={"q": "smlouvu"})).json()["items"]
    shown = item["snippet"]
    assert [shown["text"][one["start"] : one["end"]] for one in shown["hits"]] == ["smlouvy"]
    assert "Podepsané smlouvy leží ve složce." in shown["text"]
    assert shown["text"].startswith("…")
    assert shown["text"].endswith("…")
    assert len(shown["text"]) < 300
    marked = [item["title"][one["start"] : one["end"]] for one in item["title_hits"]]
    assert marked == ["Smlouva"]
    listed = (await supervisor.get("/v1/contents")).json()["items"][0]
    assert {name: item[name] for name in listed} == listed


async def test_titles_come_first_then_the_newest(shelf, supervisor):
    old_title = await shelf.put("Winter lights")
    half = await shelf.put("Lights", "in winter")
    text_only = await shelf.put("A post", "Winter has lights.")
    title = await shelf.put("Lights in winter")
    text_later = await shelf.put("Another", "Lights of winter.")
    order = [title, old_title, half, text_later, text_only]
    assert await ids(supervisor, "winter lights") == order

    pages, cursor = [], None
    for _ in order:
        params = {"q": "winter lights", "limit": 1, **({"cursor": cursor} if cursor else {})}
        page = (await supervisor.get("/v1/search", params=params)).json()
        pages += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        assert page["total"] == 5
    assert (pages, cursor) == (order, None)


async def test_what_is_written_between_two_pages_moves_nothing_that_is_still_to_come(
    shelf, supervisor
):
    order = [await shelf.put(f"Winter {number}") for number in range(3)][::-1]
    first = (await supervisor.get("/v1/search", params={"q": "winter", "limit": 1})).json()
    await shelf.put("Winter again")
    params = {"limit": 5, "cursor": first["next_cursor"]}
    assert await ids(supervisor, "winter", **params) == order[1:]


async def test_filters_are_those_of_the_list(seed, shelf, supervisor):
    post = await shelf.put("Winter lights")
    other = await shelf.put("Winter light", "zima", language="cs", status=Status.ARCHIVED)
    assert await ids(supervisor, "winter", status="archived") == [other]
    assert await ids(supervisor, "winter", language="en") == [post]
    assert await ids(supervisor, "winter", month="2026-12", kind="blog_post") == [other, post]
    assert await ids(supervisor, "winter", month="2027-01") == []
    assert await ids(supervisor, "winter", kind="topic") == []
    assert await ids(supervisor, "winter", company=str(shelf.company.id)) == [other, post]
    empty = await seed.company(shelf.company.organization_id)
    assert await ids(supervisor, "winter", company=str(empty.id)) == []
    organization = str(shelf.company.organization_id)
    assert await ids(supervisor, "winter", organization_id=organization) == [other, post]


async def test_an_edit_is_found_at_once_and_the_old_words_no_more(seed, shelf, supervisor):
    body = TopicBody(
        title="Winter lights", description="d", focus_keyword="k", planned_on="2026-12-03"
    )
    plain = body.model_dump(mode="json")
    topic = await seed.item(shelf.company, body=plain)
    edit = {"version": 1, "body": {**plain, "title": "Autumn leaves"}}
    assert (await supervisor.patch(f"/v1/contents/{topic.id}", json=edit)).status_code == 200
    assert await ids(supervisor, "leaf leaves") == []
    assert await ids(supervisor, "leaves") == [str(topic.id)]
    edit = {"version": 2, "body": {**plain, "title": "Spring"}}
    assert (await supervisor.patch(f"/v1/contents/{topic.id}", json=edit)).status_code == 200
    assert await ids(supervisor, "leaves") == []
    assert await ids(supervisor, "spring") == [str(topic.id)]


async def test_an_edit_that_is_refused_is_not_found(seed, shelf, supervisor):
    topic = await seed.item(shelf.company)
    edit = {"version": 9, "body": {"title": "Never written"}}
    assert (await supervisor.patch(f"/v1/contents/{topic.id}", json=edit)).status_code == 409
    assert await ids(supervisor, "never") == []


async def test_what_was_erased_is_not_found_and_leaves_no_words(api_database, shelf, supervisor):
    item = await shelf.seed.item(shelf.company, kind=Kind.BLOG_POST, status=Status.APPROVED)
    old = await shelf.write(item.id, "Winter secret", "Something private.")
    new = await shelf.write(item.id, "Spring secret", "Something private.")
    scope = Scope.of(shelf.company.organization_id)
    for version, found in ((old, [str(item.id)]), (new, [])):
        async with api_database.transaction(scope) as connection:
            erased = await connection.execute(
                text("SELECT posthub.erase_version(:id)"), {"id": version}
            )
            assert erased.scalar_one() is True
        assert await ids(supervisor, "private secret") == found
    (row,) = await shelf.seed.rows(
        "SELECT title_words::text, words::text FROM posthub.search_entry WHERE content_id = :id",
        id=item.id,
    )
    assert tuple(row) == ("", "")


async def test_another_organisations_content_never_shows(api, seed, shelf, supervisor):
    mine = await shelf.put("Winter lights")
    theirs = Shelf(seed, shelf.database, await seed.company())
    hidden = await theirs.put("Winter lights")
    assert await ids(supervisor, "winter") == [mine]
    for params in (
        {"organization_id": str(theirs.company.organization_id)},
        {"company": str(theirs.company.id)},
    ):
        answer = await supervisor.get("/v1/search", params={"q": "winter", **params})
        assert answer.status_code == 404
    nobody = api.known(await seed.person())
    assert await ids(nobody, "winter") == []
    both = await seed.person(shelf.company.organization_id, "MARKETER")
    await seed.insert(
        "membership",
        organization_id=theirs.company.organization_id,
        user_id=both.id,
        role="MARKETER",
    )
    assert await ids(api.known(both), "winter") == [hidden, mine]


async def test_the_function_gives_what_the_caller_may_read_whatever_it_is_asked(
    api_database, seed, shelf
):
    """Who gets past the API is given nothing of a neighbour's, not even a number."""
    from posthub_assets.domain.searching.lexemes import query_of
    from posthub_assets.domain.searching.questions import read_question

    await shelf.put("Winter lights")
    stranger = await seed.organization()
    words = query_of(read_question("winter"), [shelf.company.organization_id])
    ask = text(
        "SELECT * FROM posthub.search_contents(CAST(:ids AS uuid[]), CAST(:q AS tsquery),"
        " CAST(:q AS tsquery), NULL, NULL, NULL, NULL, NULL, NULL, NULL, 50)"
    )
    values = {"ids": [shelf.company.organization_id], "q": words}
    for scope, count in ((Scope.of(stranger), 0), (Scope.of(shelf.company.organization_id), 1)):
        async with api_database.transaction(scope) as connection:
            assert len((await connection.execute(ask, values)).all()) == count


async def test_an_administrator_names_where_to_look_where_there_is_too_much(api, seed, shelf):
    mine = await shelf.put("Winter lights")
    admin = api.known(await seed.person(is_admin=True))
    assert await ids(admin, "winter", company=str(shelf.company.id)) == [mine]
    organization = str(shelf.company.organization_id)
    assert await ids(admin, "winter", organization_id=organization) == [mine]
    many = [await seed.organization() for _ in range(51)]
    answer = await admin.get("/v1/search", params={"q": "winter"})
    assert (answer.status_code, len(many)) == (422, 51)
    assert answer.json()["errors"][0]["field"] == "organization_id"


@pytest.mark.parametrize(
    ("q", "said"),
    [
        ("", "no word to look for"),
        ('"" - -- * & | ! ( ) <-> :*', "no word to look for"),
        ("\x00", "no word to look for"),
        ("\u200f\u200e\u202e\u2067", "no word to look for"),
        ("-winter -lights", "All words are excluded"),
        ("winter " * 40, "the limit is 20"),
        ("x" * 10_000, "the limit is 500"),
        ("😀", "no word to look for"),
    ],
)
async def test_a_question_that_cannot_be_answered_is_told_why(supervisor, q, said):
    answer = await supervisor.get("/v1/search", params={"q": q})
    assert answer.status_code == 422, answer.text
    assert said in answer.json()["detail"]
    assert answer.json()["errors"][0]["field"] == "q"


@pytest.mark.parametrize(
    "q",
    [
        "win\x00ter'",
        "\u202ewinter\u202c \u200flights\u200f",
        "winter\\ 'lights' \\'",
        "'); DROP TABLE posthub.content; --",
        '"winter',
        'winter" lights',
        "%_% a:* b:A <2> c",
        "é" * 300,
        "ﷺ ﬁ ½ ℡ İ ß",
        "\ud7ff𠀀 \ufffd\ufffe",
        "smlouvy" * 50,
        "ـــ winter",
    ],
)
async def test_strange_signs_are_never_an_error_of_ours(supervisor, q):
    answer = await supervisor.get("/v1/search", params={"q": q})
    assert answer.status_code in (200, 422), answer.text


@pytest.mark.parametrize(
    "params",
    [
        {"kind": "poem"},
        {"month": "december"},
        {"limit": 0},
        {"cursor": "nonsense"},
        {"company": "acme"},
        {"language": "x" * 99},
    ],
)
async def test_a_bad_filter_is_named(supervisor, params):
    answer = await supervisor.get("/v1/search", params={"q": "winter", **params})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(params))
    assert (await supervisor.get("/v1/search")).json()["errors"][0]["field"] == "q"


@pytest.mark.parametrize(
    "markdown",
    ["word" * 5_000, "\U00020000" * 3_000, " ".join(f"w{n}" for n in range(60_000)), "a " * 90_000],
    ids=["one long word", "rare signs", "many words", "one word often"],
)
async def test_no_text_is_too_strange_to_be_written(shelf, supervisor, markdown):
    found = await shelf.put("Winter lights", markdown)
    assert await ids(supervisor, "winter") == [found]


async def test_pages_are_full_where_newer_hits_are_of_a_deleted_company(api, seed, shelf):
    organization_id = shelf.company.organization_id
    manager = api.known(await seed.person(organization_id, "MANAGER"))
    kept = [await shelf.put(f"Spoke {number}") for number in range(3)]
    shelf.company = await seed.company(organization_id, name="Gone")
    for number in range(3):
        await shelf.put(f"Spoke {number}")
    path = f"/v1/companies/{shelf.company.id}/erasure"
    assert (await manager.post(path, json={"confirm": "Gone"})).status_code == 202
    first = (await manager.get("/v1/search", params={"q": "spoke", "limit": 2})).json()
    assert [one["id"] for one in first["items"]] == [kept[2], kept[1]]
    assert first["total"] == 3
    rest = {"q": "spoke", "limit": 2, "cursor": first["next_cursor"]}
    assert [
        one["id"] for one in (await manager.get("/v1/search", params=rest)).json()["items"]
    ] == [kept[0]]
