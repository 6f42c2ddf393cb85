"""The word beside a number that says what it is, in four languages.

A check digit alone passes one number in ten or eleven, so that some kinds count only beside their
name, and a bare row of digits beside "order" is no phone.
What does not belong here: the numbers themselves.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

REACH = 48
"""How many characters may stand between a label and its number."""
REACH_BEHIND = 20
OTHER_REACH = 24


class Label(StrEnum):
    """What a number is said to be. OTHER is something that is no personal data."""

    PHONE = "phone"
    NATIONAL_ID = "national_id"
    BIRTH_NUMBER = "birth_number"
    TAX_NUMBER = "tax_number"
    CARD = "card"
    IBAN = "iban"
    OTHER = "other"


_WORDS = {
    Label.NATIONAL_ID: (
        r"national (?:id|code|number|identity|identification)|code? ?melli|kode? melli"
        r"|melli (?:code|id|number)|(?:کد|شماره[ٔ]?ی?|شمارۀ|کارت) ?ملی"
    ),
    Label.BIRTH_NUMBER: (
        r"rodn\w+ (?:\w+ )?[čc][íi]s\w*|r\. ?č\.?|rč(?!\w)|birth (?:number|no)"
        r"|personal number"
    ),
    Label.TAX_NUMBER: (
        r"рнокпп|[іи]пн(?!\w)|[іи]нн(?!\w)|дрфо|ідентифікаційн\w+ (?:номер|код)\w*"
        r"|податков\w+ (?:номер|код)\w*|облікової картки|платник\w* податк\w*"
        r"|tax(?:payer)?(?:'s)? (?:number|id|no|code|identification)|rntrc|rnokpp|ipn(?!\w)"
        r"|شماره مالیاتی|daňov\w+ číslo"
    ),
    Label.IBAN: r"iban(?!\w)|ібан|sheba|shaba|شبا",
    Label.CARD: (
        r"(?:debit |credit |bank |payment )?card|kart[auoyě]\w*|карт[акоу]\w*"
        r"|کارت|visa(?!\w)|mastercard"
    ),
    Label.PHONE: (
        r"tel(?:ef\w*|eph\w*)?(?!\w)|phone|mob(?:il\w*)?(?!\w)|cell(?!\w)"
        r"|(?:call|ring|dial|text us|hotline|helpline)(?:s|ing|ed)?(?!\w)|fax"
        r"|whats ?app|wa\.me|viber|telegram|signal(?!\w)|sms(?!\w)"
        r"|(?:za|do)?vol(?:at|ejte|ej|ám|ala?|áme)(?!\w)|(?:info)?link[aeuy](?!\w)"
        r"|тел(?!\w)|телефо\w+|моб(?!\w)|мобільн\w*|дзвон\w+|дзвін\w*|подзвон\w*"
        r"|зателефон\w*|факс|вайбер|ватсап|вотсап|гаряч\w+ ліні\w+"
        r"|تلفن|تماس|موبایل|همراه|فکس|نمابر|دورنگار|واتس ?اپ|پیامک|تلگرام|زنگ"
        r"|☎|📞|📱|✆"
    ),
    Label.OTHER: (
        r"(?:order|invoice|tracking|parcel|account|serial|model|part no|sku|ean|upc|isbn"
        r"|issn|uuid|hash|build|ticket|version|article|case|imei|batch|lot|contract|postal|zip|reference"
        r"|receipt|customer|meter|product|item|licen[cs]e|patent|vat|ein|company number)"
        r"(?: ?(?:no|nos|number|numbers|id))?s?(?!\w)"
        r"|objedn\w*|faktur\w*|zásilk\w*|úč[te]\w*|č\. ?ú|variabiln\w*"
        r"|vs(?!\w)|ičo?(?!\w)|dič(?!\w)|s[ée]riov\w*|verz[eií]\w*"
        r"|č\. ?j|sp\. ?zn|spisov\w*|smlouv\w*|psč|reklamac\w*|šarž\w*|transakc\w*"
        r"|člensk\w*|průkaz\w*|замовлен\w*|рахун\w*|накладн\w*|відправлен\w*|посилк\w*|ттн(?!\w)|єдрпоу|мфо"
        r"|версі\w*|артикул\w*|товар\w*|догов[оі]р\w*|справ[аиі]\w*|серійн\w*|заявк\w*|штрихкод"
        r"|індекс\w*|штрих-код|квитанці\w*"
        r"|سفارش|فاکتور|رهگیری|مرسوله|پیگیری|نسخه|شناسه|قرارداد|کد ?پستی|سریال|بارکد|کالا|قبض|حساب"
        r"|شماره ثبت|پرونده"
    ),
}
_LABEL = re.compile(
    r"(?:(?<!\w)(?=[^\W\d_])|(?=[آ-ی☎📞📱✆]))(?:"
    + "|".join(f"(?P<{label.value}>{words})" for label, words in _WORDS.items())
    + ")"
)
"""At the beginning of a word; in Persian also within one, where words are often joined."""
_BETWEEN = re.compile(r"[\s()\[\]:,;|*_`'\"«»„“”<>/\-]*\Z")
_LEADS_ON = re.compile(r"[\s:.№#]{0,4}\+?\d")
_NUMBERED = re.compile(
    r"(?:#|№|(?<!\w)(?:č|no|nr|nos)\.?"
    r"|(?<!\w)(?:číslo|čísle|číslem|number|номер|номером|شماره))[ :]*\Z",
    re.IGNORECASE,
)
_LONGER_IN_LOWER_CASE = {0x130: "i"}


class Beside(NamedTuple):
    """A label and how far it is from its number, in characters."""

    label: Label
    distance: int
    is_joined: bool
    """No word stands between."""


class _Place(NamedTuple):
    start: int
    end: int
    label: Label


class Labels:
    """The labels of a folded text. They are looked for at the first question, all at once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _places(self) -> tuple[_Place, ...]:
        lower = self.text.translate(_LONGER_IN_LOWER_CASE).lower()
        return tuple(
            _Place(*match.span(), Label(str(match.lastgroup))) for match in _LABEL.finditer(lower)
        )

    @cached_property
    def _starts(self) -> list[int]:
        return [place.start for place in self._places]

    @cached_property
    def _ends(self) -> list[int]:
        return [place.end for place in self._places]

    def at(self, start: int, end: int) -> Label | None:
        """Give the label nearest to the number at `start` to `end`; the one before wins a draw.

        OTHER counts only close by: "the order from Monday. Write to ..." says nothing about what
        follows.
        """
        found = self.beside(start, end)
        if not found or (found.label is Label.OTHER and found.distance > OTHER_REACH):
            return None
        return found.label

    def beside(self, start: int, end: int) -> Beside | None:
        """Give the nearest label of any kind, with its distance.

        A label after the number counts only if no more than a bracket or a mark stands between.
        """
        after = self._after(end)
        number = bisect_right(self._ends, start) - 1
        if number < 0 or start - self._ends[number] > REACH:
            return after
        before = self._places[number]
        distance = start - before.end
        if after and after.distance < distance:
            return after
        is_joined = _BETWEEN.match(self.text, before.end, start) is not None
        return Beside(before.label, distance, is_joined)

    def _after(self, end: int) -> Beside | None:
        number = bisect_left(self._starts, end)
        if number == len(self._places) or self._starts[number] - end > REACH_BEHIND:
            return None
        place = self._places[number]
        if not _BETWEEN.match(self.text, end, place.start):
            return None
        if _LEADS_ON.match(self.text, place.end):
            return None
        return Beside(place.label, place.start - end, True)

    def is_numbered(self, start: int) -> bool:
        """Say whether "no.", "č.", "№" or such a mark stands right before a place."""
        return _NUMBERED.search(self.text, max(0, start - 12), start) is not None
