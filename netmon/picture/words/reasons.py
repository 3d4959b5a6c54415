"""Why a cause is believed, in English and Indonesian: the sentences of `picture/cause`, in each language.

The journal keeps reasons as sentences, in English: people's own notes stand among them. What netmon said itself is
recognised by its phrase and can be said in the other language, years later and from any journal; a note stays as it
was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from netmon.picture.words.phrases import Language, Phrase

NAMED = 5
"""Names that one sentence lists before it says how many more there are."""

REASONS: Mapping[str, Phrase] = {
    "area-dark": Phrase(
        "all of power area {area} went dark together", "seluruh wilayah listrik {area} padam bersamaan"
    ),
    "forwards": Phrase(
        "{node} carries traffic but does not answer", "{node} meneruskan lalu lintas tetapi tidak menjawab"
    ),
    "but-ran-on": Phrase(
        "but {nodes} ran on: these contradict", "tetapi {nodes} tetap berjalan: keduanya bertentangan"
    ),
    "but-lit": Phrase(
        "but {nodes} still sent light: these contradict",
        "tetapi {nodes} masih memancarkan cahaya: keduanya bertentangan",
    ),
    "both": Phrase(
        "{restarted} restarted, but {kept} ran on: no one cause explains both",
        "{restarted} menyala ulang, tetapi {kept} tetap berjalan: tidak ada satu penyebab untuk keduanya",
    ),
    "few": Phrase(
        "only {count} of {all} nodes at the fault lost power: that does not explain it",
        "hanya {count} dari {all} perangkat di titik gangguan kehilangan listrik: itu tidak menjelaskannya",
    ),
    "still-lit": Phrase(
        "port {ports} still had light or carrier: power and line were there, the device was not",
        "port {ports} masih menerima cahaya atau sinyal: listrik dan jalurnya ada, perangkatnya tidak",
    ),
    "restarted-there": Phrase("{nodes} restarted at its end", "{nodes} di ujungnya menyala ulang"),
    "path": Phrase(
        "{nodes} ran on while it was dark: the path was broken, not its power",
        "{nodes} tetap berjalan selama gelap: jalurnya yang putus, bukan listriknya",
    ),
    "ran-on": Phrase("{nodes} ran on while it did not answer", "{nodes} tetap berjalan selama tidak menjawab"),
    "blink": Phrase(
        "{nodes} started again {seconds} s later: a reboot, or a blink of the mains",
        "{nodes} menyala lagi {seconds} detik kemudian: reboot, atau listrik berkedip",
    ),
    "off": Phrase(
        "{nodes} started again only {seconds} s later: it had no power until then",
        "{nodes} baru menyala lagi {seconds} detik kemudian: sampai saat itu tanpa listrik",
    ),
    "all-off": Phrase(
        "{nodes} all started again: they had no power", "{nodes} semuanya menyala lagi: tadinya tanpa listrik"
    ),
    "light-lost": Phrase("light of {nodes} was lost without a dying gasp", "cahaya {nodes} hilang tanpa dying gasp"),
    "light-lost-so-far": Phrase(
        "light of {nodes} was lost without a dying gasp so far", "cahaya {nodes} hilang, sejauh ini tanpa dying gasp"
    ),
    "supplier": Phrase(
        "the line is a supplier's, and both of its ends are well", "jalurnya milik pemasok, dan kedua ujungnya sehat"
    ),
    "unlit": Phrase(
        "no light at {ports}, and no node could be to blame",
        "tidak ada cahaya di {ports}, dan tidak ada perangkat yang dapat dipersalahkan",
    ),
    "cable": Phrase("lines of cable {cable} were lost together", "jalur-jalur di kabel {cable} hilang bersamaan"),
    "gasp": Phrase("{nodes} sent a dying gasp", "{nodes} mengirim dying gasp"),
    "sag": Phrase("{nodes} had a failing supply", "catu daya {nodes} melemah"),
    "battery": Phrase("{nodes} lived on a battery", "{nodes} hidup dari baterai"),
    "loses": Phrase("loses {now} of packets, usually {usual}", "kehilangan {now} paket, biasanya {usual}"),
    "slow": Phrase("round trip {now} ms, usually {usual} ms", "waktu pulang pergi {now} md, biasanya {usual} md"),
}
_MORE = Phrase("{names} and {more} more", "{names} dan {more} lainnya")
_DETAILED = frozenset({"gasp", "sag", "battery"})
"""Reasons that a source's own words may follow, in brackets."""


def reason(key: str, *, detail: str = "", **values: str) -> str:
    """Return a reason as the journal keeps it.

    Raises:
        KeyError: there is none of this key, or a value is missing.
    """
    return REASONS[key].en.format(**values) + (f" ({detail})" if detail else "")


def listed(names: Iterable[str]) -> str:
    """Return names, in order, as a list for a sentence, cut off after a few."""
    every: Sequence[str] = sorted(names)
    shown = ", ".join(every[:NAMED])
    return _MORE.en.format(names=shown, more=len(every) - NAMED) if len(every) > NAMED else shown


def translate(text: str, language: Language) -> str:
    """Return a reason of the journal in a language; what is none of netmon's own sentences stays as it is."""
    if language is Language.ENGLISH:
        return text
    for key, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            values = {name: _list_in(value) for name, value in found.groupdict().items() if name != "detail"}
            detail = found.groupdict().get("detail")
            return REASONS[key].id.format(**values) + (f" ({detail})" if detail else "")
    return text


def _list_in(value: str) -> str:
    found = _pattern(_MORE.en).fullmatch(value)
    return value if found is None else _MORE.id.format(**found.groupdict())


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return how each reason is recognised, those with more fixed words first: they are the more particular."""
    ordered = sorted(REASONS, key=lambda key: -len(re.sub(r"\{\w+\}", "", REASONS[key].en)))
    more = r"(?: \((?P<detail>.*)\))?"
    return tuple((key, _pattern(REASONS[key].en, more if key in _DETAILED else "")) for key in ordered)


@cache
def _pattern(template: str, more: str = "") -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    fixed = (re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+)" for place, part in enumerate(parts))
    return re.compile("".join(fixed) + more, re.DOTALL)
