"""Words and numbers as the page writes them."""

from __future__ import annotations

from netmon.exporter.page.phrases import words
from netmon.picture.words.phrases import Language


def length_of_time(seconds: float, language: Language = Language.ENGLISH) -> str:
    """Return a duration in its two largest units: `45 s`, `12 min 5 s`, `3 h 20 min`, `2 d 4 h`."""
    left = round(seconds)
    if left < 1:
        return words("under", language)
    parts: list[str] = []
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count} {words(name, language)}" if count else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part)


def percent(share: float, language: Language = Language.ENGLISH) -> str:
    """Return a share of 1 in percent, never rounded to 0 or 100 unless it is."""
    value = 100 * share
    if value <= 0.0:
        return "0 %"
    if value >= 100.0:
        return "100 %"
    return decimal(f"{min(max(value, 0.001), 99.999):.3f} %".replace(".000 %", " %"), language)


def milliseconds(seconds: float, language: Language = Language.ENGLISH) -> str:
    """Return a round trip as people read it."""
    return decimal(f"{1000 * seconds:.3g} ms", language)


def decimal(number: str, language: Language) -> str:
    """Return a written number with the decimal sign of a language."""
    return number.replace(".", ",") if language is Language.INDONESIAN else number


def money(amount: float, language: Language) -> str:
    """Return an amount in the currency of the prices, without its fractions."""
    text = f"{amount:,.0f}"
    return text.replace(",", ".") if language is Language.INDONESIAN else text


def kilometres(length: float, language: Language) -> str:
    """Return a length."""
    return decimal(f"{length:.2f} km", language)
