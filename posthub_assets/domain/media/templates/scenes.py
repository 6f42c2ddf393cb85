"""Prompt templates for common scenes: a sentence with named gaps, an example, what suits it.

What does not belong here: the prompt that is sent (`prompts/media/picture_gen.en.md`); a filled
scene is its subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.templates.naming import Names
from posthub_assets.domain.media.templates.presets import NO_TEXT

MAX_VALUE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene. `variables` are the gaps of `prompt` with their meaning, `example` fills them.

    `shape` is a shape of layouts, `layout`, `preset` and `image_type` are codes.
    """

    code: str
    names: Names
    description: str
    prompt: str
    variables: Mapping[str, str]
    example: Mapping[str, str]
    image_type: str
    preset: str
    shape: str
    layout: str


SCENES: tuple[Scene, ...] = (
    Scene(
        "concert",
        Names("Concert", "Koncert", "کنسرت", "Концерт"),
        "Music on stage, from a quartet to a rock band.",
        "{ensemble} on stage in {place}, in the middle of a {mood} piece; {instrument} catches "
        "the light, the rest is half in shadow.",
        {
            "ensemble": "who plays",
            "place": "what kind of hall or place",
            "mood": "the music's temper",
            "instrument": "the instrument to look at",
        },
        {
            "ensemble": "a chamber orchestra",
            "place": "an old hall with wooden walls",
            "mood": "slow and solemn",
            "instrument": "a cello",
        },
        *("stage_scene", "realistic", "poster", "poster_marquee"),
    ),
    Scene(
        "theatre_premiere",
        Names("Theatre premiere", "Divadelní premiéra", "شب افتتاح نمایش", "Театральна прем’єра"),
        "A new production: one object or figure that tells the play.",
        "An empty stage just before a {genre} begins: {object} alone in a pool of light, "
        "{colour} curtain half open, the set suggests {setting}.",
        {
            "genre": "tragedy, comedy, opera",
            "object": "the thing that stands for the play",
            "colour": "of the curtain",
            "setting": "where the play takes place",
        },
        {
            "genre": "comedy",
            "object": "two chairs back to back",
            "colour": "deep red",
            "setting": "a small flat of the nineteen-sixties",
        },
        *("stage_scene", "realistic", "poster", "poster_classic"),
    ),
    Scene(
        "exhibition",
        Names("Exhibition", "Výstava", "نمایشگاه", "Виставка"),
        "A gallery or museum: the room and one work, invented.",
        "A bright gallery room with {works} by an invented artist; one visitor, seen from behind, "
        "stands before {highlight}. The mood is {mood}.",
        {
            "works": "what is shown",
            "highlight": "the one work to look at",
            "mood": "quiet, curious, bold",
        },
        {
            "works": "large black-and-white photographs",
            "highlight": "a picture of a foggy river",
            "mood": "quiet and attentive",
        },
        *("venue", "realistic", "square", "square_foot"),
    ),
    Scene(
        "festival",
        Names("Festival", "Festival", "جشنواره", "Фестиваль"),
        "Several days in the open air.",
        "A {kind} festival at {time} in {place}: strings of lights, {detail}, people in small "
        "groups, a stage glowing far behind.",
        {
            "kind": "music, food, film, street theatre",
            "time": "time of the day",
            "place": "park, square, riverside",
            "detail": "one thing that only this festival has",
        },
        {
            "kind": "folk music",
            "time": "dusk",
            "place": "a meadow by a river",
            "detail": "hay bales as seats",
        },
        *("audience", "realistic", "banner", "banner_foot"),
    ),
    Scene(
        "market",
        Names("Market", "Trh", "بازارچه", "Ярмарок"),
        "Farmers, crafts, second hand, Christmas.",
        "A {kind} market in {place} in {season}: a stall with {goods} close to us, hands of a "
        "seller, soft morning light.",
        {
            "kind": "farmers', craft, flea",
            "place": "where it is held",
            "season": "the season",
            "goods": "what lies on the stall",
        },
        {
            "kind": "farmers'",
            "place": "a paved square",
            "season": "early autumn",
            "goods": "pumpkins, bread and honey",
        },
        *("still_life", "realistic", "square", "square_card"),
    ),
    Scene(
        "workshop",
        Names("Workshop", "Workshop", "کارگاه", "Майстер-клас"),
        "People who learn something with their hands.",
        "Hands of {people} at work on {craft} at a long table; {tools} lie in order, the light "
        "comes from a window at the side.",
        {
            "people": "who takes part",
            "craft": "what is made",
            "tools": "tools and materials",
        },
        {
            "people": "parents and children",
            "craft": "small clay bowls",
            "tools": "sponges, wooden knives and glazes",
        },
        *("still_life", "realistic", "square", "square_foot"),
    ),
    Scene(
        "sale",
        Names("Sale or offer", "Výprodej či nabídka", "حراج یا پیشنهاد ویژه", "Розпродаж"),
        "A reduced price, an early booking, a gift card: shown by things, never by numbers.",
        "{product} in bold colours on a plain ground, lit like in a studio, with {accent}; "
        "cheerful and {mood}, much empty room around it.",
        {
            "product": "what is offered",
            "accent": "one playful detail",
            "mood": "generous, fresh, elegant",
        },
        {
            "product": "a stack of folded theatre programmes tied with ribbon",
            "accent": "paper confetti",
            "mood": "generous",
        },
        *("still_life", "modern", "square", "square_headline"),
    ),
    Scene(
        "seasonal",
        Names("Seasonal event", "Sezónní akce", "رویداد فصلی", "Сезонна подія"),
        "Christmas, Nowruz, Easter, harvest, the start of summer.",
        "{occasion} in {place}: {sign} close to us, {weather} outside, warm light within; calm "
        "and festive, without religious figures.",
        {
            "occasion": "the feast or season",
            "place": "where we are",
            "sign": "the thing that belongs to it",
            "weather": "what it is like outside",
        },
        {
            "occasion": "the first Sunday of Advent",
            "place": "a concert hall's foyer",
            "sign": "a wreath with one candle lit",
            "weather": "snow",
        },
        *("poster_background", "realistic", "poster", "poster_foot"),
    ),
    Scene(
        "film_screening",
        Names("Film screening", "Promítání filmu", "نمایش فیلم", "Кінопоказ"),
        "Cinema in a hall or in the open air.",
        "The beam of a projector over {seats} in {place}; on the screen only {glow}, no picture; "
        "the mood of a {genre}.",
        {
            "seats": "what people sit on",
            "place": "where it is shown",
            "glow": "the screen's light",
            "genre": "kind of film",
        },
        {
            "seats": "rows of deck chairs",
            "place": "a courtyard on a summer night",
            "glow": "a soft blue glow",
            "genre": "silent comedy",
        },
        *("audience", "vintage", "poster", "poster_marquee"),
    ),
    Scene(
        "dance",
        Names("Dance", "Tanec", "رقص", "Танець"),
        "Ballet, contemporary, folk dance.",
        "{dancers} in the middle of a {movement}, {costume}; one source of light from the side, "
        "dust in the air, the ground is {ground}.",
        {
            "dancers": "who dances",
            "movement": "turn, leap, fall",
            "costume": "what they wear",
            "ground": "what they dance on",
        },
        {
            "dancers": "two dancers",
            "movement": "slow fall",
            "costume": "in long grey coats",
            "ground": "wet black boards",
        },
        *("stage_scene", "artistic", "poster", "poster_foot"),
    ),
    Scene(
        "family_show",
        Names("Family show", "Představení pro rodiny", "نمایش خانوادگی", "Сімейна вистава"),
        "Puppets, circus, fairy tales: for children, without children's faces.",
        "{hero}, a puppet made of {material}, discovers {wonder} on a small stage; large friendly "
        "shapes, nothing frightening.",
        {
            "hero": "the figure",
            "material": "what it is made of",
            "wonder": "what it finds",
        },
        {
            "hero": "a fox",
            "material": "felt and wood",
            "wonder": "a lantern as big as itself",
        },
        *("poster_background", "artistic", "poster", "poster_card"),
    ),
    Scene(
        "talk",
        Names("Talk or lecture", "Přednáška", "سخنرانی", "Лекція"),
        "Somebody speaks, people listen: library, university, company.",
        "A {room} prepared for an evening talk about {theme}: a lectern, rows of chairs, {symbol} "
        "on a small table in warm light.",
        {
            "room": "what kind of room",
            "theme": "what it is about",
            "symbol": "one thing that belongs to the theme",
        },
        {
            "room": "library reading room",
            "theme": "the night sky",
            "symbol": "an old brass telescope",
        },
        *("venue", "realistic", "banner", "banner_side"),
    ),
)


def scene(code: str) -> Scene:
    """Give one scene. Raises InvalidInput naming those that there are."""
    for one in SCENES:
        if one.code == code:
            return one
    codes = ", ".join(one.code for one in SCENES)
    raise InvalidInput(f"There is no scene {code!r}. Scenes are: {codes}.", field="scene")


def gaps(prompt: str) -> tuple[str, ...]:
    """Give the names of a prompt's gaps, in order, once each."""
    named = (name for _, name, _, _ in Formatter().parse(prompt) if name)
    return tuple(dict.fromkeys(named))


def filled(chosen: Scene, values: Mapping[str, str]) -> str:
    """Fill a scene's gaps, each with at most 200 characters, and say that no text is wanted.

    Raises InvalidInput naming a gap that is not filled, is not there, or is too long.
    """
    for name in values:
        if name not in chosen.variables:
            raise InvalidInput(
                f"The scene {chosen.code} has no variable {name!r}. It has: "
                f"{', '.join(chosen.variables)}.",
                field=f"variables.{name}",
            )
    words = {name: " ".join(str(values.get(name) or "").split()) for name in chosen.variables}
    for name, text in words.items():
        if not text:
            raise InvalidInput(
                f"The scene {chosen.code} needs {name}: {chosen.variables[name]}.",
                field=f"variables.{name}",
            )
        if len(text) > MAX_VALUE_CHARS:
            raise InvalidInput(
                f"{name} has {len(text)} characters; at most {MAX_VALUE_CHARS} fit into a scene.",
                field=f"variables.{name}",
            )
    sentence = chosen.prompt.format_map(words)
    return f"{sentence[:1].upper()}{sentence[1:]} {NO_TEXT}"
