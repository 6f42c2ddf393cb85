"""Makes a string that a regular expression matches: the simple ones that schemas hold.

What does not belong here: look-arounds, back references and negated classes of anything but ASCII;
a pattern with them gets a string that may not match.
"""

from __future__ import annotations

import re
from random import Random
from typing import Any

MORE_THAN_LEAST = 2
PRINTABLE = [chr(code) for code in range(32, 127)]


def matching(pattern: str, chance: Random) -> str:
    """Give a string that the pattern matches."""
    parsed = re._parser.parse(pattern)  # type: ignore[attr-defined]
    return "".join(_node(str(name), value, chance) for name, value in parsed)


def _all(nodes: Any, chance: Random) -> str:
    return "".join(_node(str(name), value, chance) for name, value in nodes)


def _node(name: str, value: Any, chance: Random) -> str:
    if name.endswith("_REPEAT"):
        least, most, nodes = value
        times = chance.randint(least, min(int(most), least + MORE_THAN_LEAST))
        return "".join(_all(nodes, chance) for _ in range(times))
    if name == "IN":
        return chance.choice(_class(value))
    if name in ("SUBPATTERN", "BRANCH"):
        return _all(value[-1] if name == "SUBPATTERN" else chance.choice(value[1]), chance)
    single = {"LITERAL": value, "ANY": ord("a"), "NOT_LITERAL": ord("b" if value == 97 else "a")}
    return chr(single[name]) if name in single else ""


def _class(members: Any) -> list[str]:
    """Give the characters of `[...]`."""
    told = [(str(name), value) for name, value in members]
    found = [one for one in PRINTABLE if any(_holds(n, v, one) for n, v in told)]
    if ("NEGATE", None) in told:
        found = [one for one in PRINTABLE if one not in found]
    return found or [chr(value) for name, value in told if name == "LITERAL"] or ["a"]


def _holds(name: str, value: Any, character: str) -> bool:
    if name == "LITERAL":
        return bool(ord(character) == value)
    if name == "RANGE":
        return bool(value[0] <= ord(character) <= value[1])
    if name == "CATEGORY":
        return _category(str(value), character)
    return False


def _category(name: str, character: str) -> bool:
    is_not = "NOT_" in name
    if name.endswith("DIGIT"):
        return character.isdigit() != is_not
    if name.endswith("SPACE"):
        return character.isspace() != is_not
    return (character.isalnum() or character == "_") != is_not
