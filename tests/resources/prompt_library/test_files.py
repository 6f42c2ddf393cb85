"""Files of prompts: what can be read, and what is said of what cannot."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from posthub_assets.domain.errors import InvalidInput, StorageError
from resources.prompt_library.files import library_folder, load_file, load_folder, parse
from resources.prompt_library.template import content_sha256, to_text


def test_a_file_says_what_a_prompt_is(template):
    assert template.code == "BLOGPOST_GEN"
    assert template.temperature == Decimal("0.7")
    assert template.max_tokens == 12000
    assert sorted(template.variables) == ["company", "output_language", "sources"]
    assert template.system_text == "You write for {{ company }} in {{ output_language }}."
    assert template.user_text.startswith("{% for source in sources %}")


def test_what_is_written_is_read_back_the_same(template):
    again = parse(to_text(template))
    assert again == template
    assert content_sha256(again) == content_sha256(template)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("temperature: 0.7", "temperature: 0.70"),
        ("temperature: 0.7", "temperature:   0.7  # or null"),
        ("\n=== user", "\n\n\n=== user"),
        ("code: BLOGPOST_GEN\nkind: text", "kind: text\ncode: BLOGPOST_GEN"),
    ],
)
def test_what_says_the_same_has_the_same_hash(template, file_text, old, new):
    assert content_sha256(parse(file_text(old, new))) == content_sha256(template)


def test_line_ends_of_windows_are_read_as_ours(template, file_text):
    assert parse(file_text().replace("\n", "\r\n")) == template


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("temperature: 0.7", "temperature: 0.71"),
        ("temperature: 0.7", "temperature: null"),
        ("max_tokens: 12000", "max_tokens: 12001"),
        ("kind: text", "kind: research"),
        ("the language to write in", "the language of the text"),
        ("There are no sources.", "There are no sources!"),
        ("You write", "You  write"),
    ],
)
def test_what_says_something_else_has_another_hash(template, file_text, old, new):
    assert content_sha256(parse(file_text(old, new))) != content_sha256(template)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("---\ncode", "code", "Line 1: the file begins with settings"),
        ("kind: text", "kind: [text", "Line 4: "),
        ("kind: text", "kind: text\nkind: image", "Line 4: `kind` is there twice"),
        ("kind: text", "kind: text\nmodel: gpt-5", "`model` is no setting of a prompt"),
        ("kind: text\n", "", "The setting `kind` is missing"),
        ("kind: text", "kind: video", "kind is one of text, image, research"),
        ("language: en", "language: de", "language is one of en, cs, fa, uk"),
        ("language: en", "language: no", "`language` must be text"),
        ("code: BLOGPOST_GEN", "code: blogpost_gen", "code has capitals"),
        ("code: BLOGPOST_GEN", "code: 7", "`code` must be text"),
        ("temperature: 0.7", "temperature: 2.5", "temperature is null, or 0 to 2"),
        ("temperature: 0.7", "temperature: 0.123", "temperature is null, or 0 to 2"),
        ("temperature: 0.7", "temperature: .nan", "`temperature` must be a number"),
        ("temperature: 0.7", "temperature: true", "`temperature` must be a number"),
        ("max_tokens: 12000", "max_tokens: 0", "max_tokens is a whole number from 1"),
        ("max_tokens: 12000", "max_tokens: 1.5", "`max_tokens` must be a whole number"),
        ("output: markdown", "output: NoSuchAnswer", "no answer model 'NoSuchAnswer'"),
        ("variables:", "variables: company\nrest:", "`rest` is no setting"),
        ("what it is, in a few words", "''", "variables.company says in a few words"),
        ("what it is, in a few words", "[a]", "`variables.company` must be told"),
        ("  company: what", "  Company: what", "variables.Company has small letters"),
        ("=== system ===\n", "", "From line 13: the texts are"),
        ("=== user ===\n", "", "From line 13: the texts are"),
        ("=== user ===\n", "=== user ===\n=== user ===\n", "user has no line that begins"),
        ("{{ company }}", "{{ company }} {{ tone }}", "uses `tone` and `variables` does not say"),
        ("{{ company }}", "our client", "documents `company`, which the text does not use"),
        ("{{ company }}", "{{ company }", "Line 14, in `system`: unexpected '}'"),
        ("There are", "{% include 'a' %}", "Line 19, in `user`: a prompt stands alone"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_line_or_field(file_text, old, new, words):
    with pytest.raises(InvalidInput) as caught:
        parse(file_text(old, new))
    assert words in str(caught.value)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_is_read_by_stage_and_language(tmp_path, file_text):
    write(tmp_path, "editorial/blogpost_gen.en.md", file_text())
    czech = file_text("language: en", "language: cs")
    write(tmp_path, "editorial/blogpost_gen.cs.md", czech)
    write(tmp_path, "README.md", "no prompt")
    found = load_folder(tmp_path)
    assert [one.file_name for one in found] == [
        "editorial/blogpost_gen.cs.md",
        "editorial/blogpost_gen.en.md",
    ]


def test_an_error_names_the_file(tmp_path, file_text):
    path = write(tmp_path, "editorial/blogpost_gen.en.md", file_text("kind: text", "kind: x"))
    with pytest.raises(InvalidInput) as caught:
        load_folder(tmp_path)
    assert str(caught.value).startswith(f"{path}: ")
    assert caught.value.field == "kind"


def test_a_file_has_the_name_of_its_prompt(tmp_path, file_text):
    write(tmp_path, "editorial/other.en.md", file_text())
    with pytest.raises(InvalidInput, match=r"its name must be blogpost_gen\.en\.md"):
        load_folder(tmp_path)


def test_a_prompt_is_in_one_stage_only(tmp_path, file_text):
    write(tmp_path, "editorial/blogpost_gen.en.md", file_text())
    write(tmp_path, "social/blogpost_gen.en.md", file_text())
    with pytest.raises(InvalidInput, match=r"is in .*editorial/blogpost_gen\.en\.md too"):
        load_folder(tmp_path)


def test_a_variant_stands_beside_a_general_prompt(tmp_path, file_text):
    write(tmp_path, "editorial/blogpost_gen.fa.md", file_text("language: en", "language: fa"))
    with pytest.raises(InvalidInput, match=r"there is no blogpost_gen\.en\.md"):
        load_folder(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kind: text", "kind: research", "its kind is research"),
        ("{{ company }}", "{{ company }} {{ tone }}", "nothing gives it the variable `tone`"),
    ],
)
def test_a_variant_can_stand_in_for_the_general_prompt(tmp_path, file_text, old, new, words):
    write(tmp_path, "editorial/blogpost_gen.en.md", file_text())
    variant = file_text("language: en", "language: cs").replace(old, new)
    variant = variant.replace("variables:\n", "variables:\n  tone: how it sounds\n")
    if "tone }}" not in variant:
        variant = variant.replace("  tone: how it sounds\n", "")
    write(tmp_path, "editorial/blogpost_gen.cs.md", variant)
    with pytest.raises(InvalidInput, match=words):
        load_folder(tmp_path)


def test_a_variant_may_ask_for_less(tmp_path, file_text):
    write(tmp_path, "editorial/blogpost_gen.en.md", file_text())
    less = file_text("language: en", "language: cs").replace(" in {{ output_language }}", "")
    less = less.replace("  output_language: the language to write in\n", "")
    write(tmp_path, "editorial/blogpost_gen.cs.md", less)
    assert len(load_folder(tmp_path)) == 2


def test_what_cannot_be_read_is_an_error_and_not_nothing(tmp_path):
    with pytest.raises(StorageError, match="cannot be read"):
        load_file(tmp_path / "none.en.md")
    path = tmp_path / "bad.en.md"
    path.write_bytes(b"---\ncode: \xff\xfe\n---\n")
    with pytest.raises(InvalidInput, match="is not UTF-8"):
        load_file(path)


def test_the_librarys_own_folder_is_found():
    assert (library_folder() / "README.md").is_file()


def test_every_file_of_the_library_can_be_used():
    for template in load_folder():
        assert parse(to_text(template), stage=template.stage) == template


def test_references_are_refused_before_they_are_followed(file_text):
    doubled = "".join(f"  a{n}: &a{n} {{p: *a{n - 1}, q: *a{n - 1}}}\n" for n in range(1, 60))
    text = file_text("variables:\n", f"variables:\n  a0: &a0 {{x: y}}\n{doubled}")
    with pytest.raises(InvalidInput, match="no anchors"):
        parse(text)


@pytest.mark.parametrize("value", ["[" * 3000, "0x" + "f" * 5000])
def test_settings_that_no_one_can_mean_are_refused_in_words(file_text, value):
    with pytest.raises(InvalidInput):
        parse(file_text("temperature: 0.7", f"temperature: {value}"))
