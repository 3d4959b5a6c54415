"""Why a cause is believed, in English and Indonesian: the sentences of `picture/cause`, in each language.

The journal keeps reasons as sentences, in English; `translate` says them in the other language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from netmon.picture.words.phrases import Phrase

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
    "slow": Phrase("round trip {now} ms, usually {usual} ms", "waktu pulang-pergi {now} ms, biasanya {usual} ms"),
}
MORE = Phrase("{names} and {more} more", "{names} dan {more} lainnya")
"""How a list of names ends that was cut off."""
DETAILED = frozenset({"gasp", "sag", "battery"})
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
    return MORE.en.format(names=shown, more=len(every) - NAMED) if len(every) > NAMED else shown
