"""What the usual sections of a post are called, by language: how a reader would know them.

Wider than the labels that our own composing uses (`domain/text/languages`): a vendor's model and a
person choose their own words. Every name is searched in every language's post.
What does not belong here: finding the sections (`structure.py`).
"""

from __future__ import annotations

import re

_GAP = "[ \u200c]?"


def _any_of(*names: str) -> re.Pattern[str]:
    return re.compile("|".join(names), re.IGNORECASE)


FAQ = _any_of(
    r"\bfaqs?\b|frequently asked|questions (?:and|&) answers|common questions|\bq ?& ?a\b",
    r"časté (?:dotazy|otázky)|nejčastější (?:dotazy|otázky)|otázky a odpovědi",
    r"(?:часті|поширені) (?:за)?питання|питання (?:та|й|і) відповіді",
    rf"پرسش{_GAP}(?:های)?{_GAP}(?:متداول|پرتکرار|رایج)",
    rf"سؤ?[اؤ]ل(?:ات|{_GAP}های)?{_GAP}(?:متداول|پرتکرار|رایج)",
)

TAKEAWAYS = _any_of(
    r"takeaways?|key points|\bin brief\b|at a glance|what to remember",
    r"hlavní body|klíčové (?:body|poznatky|myšlenky)|co si (?:odnést|odnášíme|zapamatovat)",
    r"shrnutí v bodech|to nejdůležitější",
    r"ключові (?:думки|висновки|тези|моменти)|головні (?:думки|тези)",
    r"що (?:варто )?запам|\bголовне\b",
    rf"نکات{_GAP}(?:کلیدی|مهم|اصلی)|نکته{_GAP}های{_GAP}(?:کلیدی|مهم|اصلی)",
)

CONCLUSION = _any_of(
    r"conclusion|\bclosing\b|final thoughts|wrapping up|wrap-up|to sum up|summing up|in summary",
    r"\bin short\b|the bottom line|next steps|what(?:['’]s| comes) next|where to go",
    r"závěr|shrnutí$|co (?:bude )?dál",
    r"висновк|висновок|підсум|наостанок|на завершення|насамкінець|що далі",
    rf"جمع{_GAP}بندی|نتیجه|سخن (?:پایانی|آخر)|در پایان|گام{_GAP}(?:های)?{_GAP}بعدی",
)
