"""Rendering: with exactly the documented variables, in a sandbox, within bounds."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posthub_assets.domain.errors import InvalidInput
from resources.prompt_library import sandbox
from resources.prompt_library.checking import refuse_texts
from resources.prompt_library.rendering import UndefinedVariable, chosen, render

GIVEN = {
    "company": "Bell Menders",
    "sources": [{"name": "about.md", "text": "We mend bells."}],
    "output_language": "Czech",
}


def saying(template, user: str, **variables: str):
    """The prompt with another user text, and documented variables to fit."""
    names = variables or {"x": "a value"}
    return replace(template, system_text="", user_text=user, variables=names)


def test_a_prompt_is_filled_in(template):
    rendered = render(template, GIVEN)
    assert rendered.system == "You write for Bell Menders in Czech."
    assert "We mend bells." in rendered.user
    assert '<source name="about.md" id="k' in rendered.user


@pytest.mark.parametrize("name", ["company", "sources", "output_language"])
def test_a_variable_that_is_not_given_is_named_with_the_prompt(template, name):
    given = {key: value for key, value in GIVEN.items() if key != name}
    with pytest.raises(UndefinedVariable) as caught:
        render(template, given)
    assert caught.value.variable == name
    assert caught.value.field == name
    assert f"The prompt BLOGPOST_GEN (en) needs the variable `{name}`" in str(caught.value)


def test_a_variable_is_needed_also_where_a_branch_does_not_use_it(template):
    prompt = saying(template, "{% if a %}{{ b }}{% endif %}done", a="if", b="then")
    with pytest.raises(UndefinedVariable, match="`b`"):
        render(prompt, {"a": False})
    assert render(prompt, {"a": False, "b": ""}).user == "done"


def test_a_variable_that_nobody_documented_is_refused(template):
    with pytest.raises(InvalidInput, match="has no variable `tone`"):
        render(template, {**GIVEN, "tone": "warm"})


def test_of_what_is_offered_a_version_takes_what_it_asks_for(template):
    assert chosen(template, {**GIVEN, "tone": "warm"}) == GIVEN
    with pytest.raises(UndefinedVariable, match="`company`"):
        chosen(template, {"sources": [], "output_language": "Czech"})


def test_a_field_that_is_not_there_is_named_with_its_line(template):
    prompt = saying(template, "first\n{{ x.nme }}")
    with pytest.raises(UndefinedVariable) as caught:
        render(prompt, {"x": {"name": "a"}})
    assert caught.value.variable == "nme"
    assert "`user`, line 2" in str(caught.value)


def test_a_text_in_the_database_that_uses_more_than_it_documents_is_refused(template):
    prompt = replace(template, variables={"x": "a value"}, user_text="{{ y }}", system_text="")
    with pytest.raises(UndefinedVariable, match="'y' is undefined"):
        render(prompt, {"x": 1})


def test_loops_know_where_they_are(template):
    prompt = saying(
        template,
        "{% for one in x if one %}{{ loop.index }}/{{ loop.length }} {{ one }}"
        "{% if not loop.last %}, {% endif %}{% endfor %}",
    )
    assert render(prompt, {"x": ["a", "", "b"]}).user == "1/2 a, 2/2 b"


@pytest.mark.parametrize(
    ("text", "value", "result"),
    [
        ("{{ x | join(', ') }}", ["a", "b"], "a, b"),
        ("{{ x | map(attribute='n') | join('-') }}", [{"n": 1}, {"n": 2}], "1-2"),
        ("{{ x | replace('a', 'b') }}", "aha", "bhb"),
        ("{{ x | indent(2) }}", "a\nb", "a\n  b"),
        ("{{ x | tojson }}", {"é": [1, None]}, '{"é": [1, null]}'),
        ("{{ x | upper | trim }}", " a ", "A"),
        ("{{ x | selectattr('ok') | map(attribute='n') | join }}", [{"ok": 1, "n": "y"}], "y"),
        (
            "{% for k, v in x | dictsort %}{{ k }}={{ v }};{% endfor %}",
            {"b": 2, "a": 1},
            "a=1;b=2;",
        ),
        ("{{ x[0] }}{{ x[1:] | join }}", ["a", "b", "c"], "abc"),
        ("{{ 'many' if x > 3 else 'few' }}", 4, "many"),
        ("{{ (x + 1) * 2 }}", 3, "8"),
        ("{{ x }}", Decimal("1.50"), "1.50"),
        ("{% set y = x | first %}{{ y }}", ["a"], "a"),
        ("{{ x.items }}", {"items": "a key, no method"}, "a key, no method"),
        ("{{ x | default('none', true) }}", None, "none"),
    ],
)
def test_what_a_prompt_may_say(template, text, value, result):
    prompt = saying(template, text)
    refuse_texts(prompt)
    assert render(prompt, {"x": value}).user == result


@pytest.mark.parametrize(
    "text",
    [
        "{{ x.__class__ }}",
        "{{ x['__class__'] }}",
        "{{ x | attr('__class__') }}",
        "{{ x.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''.__class__ }}",
        "{{ x.format }}",
        "{{ x.format(1) }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{{ '%s' % x }}",
        "{{ x | format(1) }}",
        "{{ x | map(attribute='__class__') | join }}",
        "{{ [x] | map(attribute='__class__') | join }}",
        "{{ [x] | map('attr', '__class__') | join }}",
        "{{ [x] | sort(attribute='__class__') | join }}{{ x.denominator }}",
        "{{ self }}{{ x }}",
        "{{ self.__init__.__globals__ }}{{ x }}",
        "{{ loop }}{{ x }}",
        "{% for i in [x] %}{{ loop.__class__ }}{% endfor %}",
        "{% for i in [x] %}{{ loop._iterator }}{% endfor %}",
        "{% for i in [x] %}{{ loop.cycle }}{% endfor %}",
        "{{ cycler }}{{ x }}",
        "{{ range(10) }}{{ x }}",
        "{{ lipsum() }}{{ x }}",
        "{{ namespace(a=x) }}",
        "{{ dict(a=x) }}",
        "{% import 'os' as os %}{{ x }}",
        "{% from 'os' import path %}{{ x }}",
        "{% include '/etc/passwd' %}{{ x }}",
        "{% extends '/etc/passwd' %}{{ x }}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ x }}",
        "{% for i in x recursive %}{{ loop(x) }}{% endfor %}",
        "{% filter upper %}{{ x }}{% endfilter %}",
        "{% set y %}{{ x }}{% endset %}",
        "{% set y = [x, x] %}{{ y }}",
        "{% do x.append(1) %}",
        "{{ x ~ x }}",
        "{{ x ** 9 }}",
        "{{ x * 1000000000 }}",
        "{{ x + x }}",
        "{{ x | center(1000000000) }}",
        "{{ x | indent(1000000000) }}",
        "{{ x | safe }}",
        "{{ x | pprint }}",
        "{{ x | in_steps }}",
        "{{ true }}{{ x }}",
        "{{ [x] }}",
        "{{ none }}{{ x }}",
    ],
)
def test_what_reaches_out_of_the_sandbox_is_refused(template, text):
    with pytest.raises(InvalidInput):
        render(saying(template, text), {"x": "a text"})


@pytest.mark.parametrize("value", [object(), {1: "a"}, {"a": {1, 2}}, lambda: 1, b"bytes"])
def test_only_plain_data_goes_into_a_prompt(template, value):
    with pytest.raises(InvalidInput, match="`x"):
        render(saying(template, "{{ x }}"), {"x": value})


def test_data_that_holds_itself_is_refused(template):
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(InvalidInput, match="nested too deep"):
        render(saying(template, "{{ x | join }}"), {"x": endless})


def test_a_text_that_grows_without_end_is_stopped(template):
    prompt = saying(template, "{% for a in x %}{% for b in x %}{{ b }}{% endfor %}{% endfor %}")
    with pytest.raises(InvalidInput, match="longer than 2000000 characters"):
        render(prompt, {"x": ["a" * 10_000] * 100})


def test_loops_that_take_too_long_are_stopped_soon(template):
    loops = "{% for a in x %}{% for b in x %}{% for c in x %}{% endfor %}{% endfor %}{% endfor %}"
    began = time.perf_counter()
    with pytest.raises(InvalidInput, match="more than 100000 steps"):
        render(saying(template, loops), {"x": list(range(1000))})
    assert time.perf_counter() - began < 5


def test_loops_are_nested_three_deep_at_most(template):
    deep = "{% for a in x %}" * 4 + "{% endfor %}" * 4
    with pytest.raises(InvalidInput, match="nested at most 3 deep"):
        render(saying(template, deep), {"x": []})


@pytest.mark.parametrize(
    "text",
    [
        "{% set a = x %}" + "{% set a = a | replace('x', 'xxxxxxxxxx') %}" * 20 + "{{ a }}",
        "{{ x | replace('x', x) | replace('x', x) | replace('x', x) }}",
        "{{ n }}" + "{% set n = n * n %}" * 30 + "{{ n }}{{ x }}",
        "{{ many | join(x) }}",
    ],
)
def test_values_that_grow_without_end_are_stopped(template, text):
    names = {name: "a value" for name in ("x", "n", "many") if name in text.replace("xx", "")}
    given = {"x": "x" * 2_000, "n": 9, "many": list(range(5_000))}
    prompt = saying(template, text, **names)
    with pytest.raises(InvalidInput, match=r"limit is|number above"):
        render(prompt, {name: given[name] for name in names})


def test_what_was_refused_once_is_refused_again(template):
    prompt = saying(template, "{{ x.__class__() }}")
    for _ in range(3):
        with pytest.raises(InvalidInput, match="nothing can be called"):
            render(prompt, {"x": "a"})


def test_two_prompts_with_the_same_text_are_compiled_once(template):
    sandbox.compiled.cache_clear()
    render(template, GIVEN)
    before = sandbox.compiled.cache_info().misses
    render(replace(template, code="ANOTHER_CODE"), GIVEN)
    assert sandbox.compiled.cache_info().misses == before == 2


def test_a_budget_of_steps_is_for_one_rendering(template):
    prompt = saying(template, "{% for a in x %}{% endfor %}")
    for _ in range(3):
        render(prompt, {"x": list(range(60_000))})


def test_a_rendering_takes_less_than_a_millisecond(template):
    given = {
        **GIVEN,
        "sources": [{"name": f"{n}.md", "text": "We mend bells. " * 60} for n in range(8)],
    }
    render(template, given)
    took = []
    for _ in range(50):
        began = time.perf_counter()
        render(template, given)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.001


def test_the_library_is_imported_without_jinja() -> None:
    code = (
        "import sys, resources.prompt_library.seeding as s\n"
        "print('jinja2' in sys.modules)\n"
        "from resources.prompt_library import ServedPrompt, render\n"
        "print('jinja2' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True"]


WORDS = """{{ }} {% %} {# #} | ~ + - * / // % ** == ( ) [ ] { } , : . 0 1 's' x y in for if
    join replace ('a','b') (1) data sort map('upper') map(attribute='a') .a [0] ['a'] [1:2]
    else endif endfor and not is defined loop.index int dictsort first max abs items
    selectattr('a') raw tojson none self recursive"""
PIECES = [
    *WORDS.split(),
    *(" ", "\n", "for a in ", "set y = ", "{{ x }}", "{{ x | ", "{% if x %}", "{% endif %}"),
    *("{% for a in x %}", "{% endfor %}"),
]
VALUES = ["t", 5, 0, -1.5, None, True, [], ["a"], [{"a": 1}, {"a": None}], {"a": "b"}, [[1]]]


@settings(
    deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.lists(st.sampled_from(PIECES), max_size=10).map("".join), value=st.sampled_from(VALUES)
)
def test_whatever_a_template_says_it_is_rendered_or_refused(template, text, value):
    prompt = saying(template, text)
    for use in (lambda: render(prompt, {"x": value}), lambda: refuse_texts(prompt)):
        try:
            use()
        except InvalidInput as error:
            assert str(error)


@pytest.mark.parametrize(
    "text",
    [
        "{{ " + "(" * 3000 + "x" + ")" * 3000 + " }}",
        "{% if x %}" * 200 + "{% endif %}" * 200,
        "{{ " + "-" * 3000 + "1 }}",
        "{{ x" + " | upper" * 3000 + " }}",
        "{{ x" + ".a" * 3000 + " }}",
        "{{ " + "9" * 6000 + " }}",
        "{{ none[1:2] }}",
    ],
)
def test_a_template_that_would_break_the_compiler_is_refused(template, text):
    prompt = saying(template, text + "{{ x }}")
    for use in (lambda: render(prompt, {"x": "a"}), lambda: refuse_texts(prompt)):
        with pytest.raises(InvalidInput, match=r"nested|digits|has no parts"):
            use()
