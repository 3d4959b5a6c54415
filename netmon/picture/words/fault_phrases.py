"""What is said of faults, in English and Indonesian: one table, both languages side by side.

`…-over` is said of a fault that is over. Braces name values; the parts of a sentence stand in the same order in both.
"""

from __future__ import annotations

from collections.abc import Mapping

from netmon.picture.words.phrases import Language, Phrase

FAULT_PHRASES: Mapping[str, Phrase] = {
    # -- what failed
    "isolated": Phrase("The monitor is cut off from the network", "Pemantau terputus dari jaringan"),
    "isolated-over": Phrase("The monitor was cut off from the network", "Pemantau sempat terputus dari jaringan"),
    "cut": Phrase("{name} is cut", "{name} putus"),
    "cut-over": Phrase("{name} was cut", "{name} sempat putus"),
    "down": Phrase("{name} is down", "{name} mati"),
    "down-over": Phrase("{name} was down", "{name} sempat mati"),
    "no-power": Phrase("{name} has no power", "{name} tidak mendapat listrik"),
    "no-power-over": Phrase("{name} had no power", "{name} sempat tidak mendapat listrik"),
    "between": Phrase(" between {a} and {b}", " antara {a} dan {b}"),
    "or": Phrase(" or ", " atau "),
    "alternatives": Phrase(" (or {names})", " (atau {names})"),
    "many-alternatives": Phrase(" (or one of {count} others)", " (atau satu dari {count} lainnya)"),
    # -- names
    "cable": Phrase("cable {id}", "kabel {id}"),
    "link": Phrase("link {id}", "tautan {id}"),
    "link-ends": Phrase("{kind} link {a} – {b}", "tautan {kind} {a} – {b}"),
    "node": Phrase("node {id}", "node {id}"),
    "power-area": Phrase("power area {id}", "wilayah listrik {id}"),
    "monitor": Phrase("the monitor itself", "pemantau sendiri"),
    # -- what it darkens
    "no-site-dark": Phrase("no site is dark", "tidak ada lokasi yang gelap"),
    "no-site-dark-over": Phrase("no site was dark", "tidak ada lokasi yang sempat gelap"),
    "one-dark": Phrase("{name} is dark", "{name} gelap"),
    "one-dark-over": Phrase("{name} was dark", "{name} sempat gelap"),
    "dark": Phrase("{count} sites dark", "{count} lokasi gelap"),
    "dark-over": Phrase("{count} sites were dark", "{count} lokasi sempat gelap"),
    "nothing-dark": Phrase("nothing is dark", "tidak ada yang gelap"),
    "nothing-dark-over": Phrase("nothing went dark", "tidak ada yang sempat gelap"),
    "redundancy": Phrase(
        "nothing is dark, but redundancy is lost: one more cut darkens {count}",
        "tidak ada yang gelap, tetapi jalur cadangan hilang: satu putus lagi menggelapkan {count}",
    ),
    "redundancy-over": Phrase(
        "nothing went dark, but redundancy was lost: one more cut would have darkened {count}",
        "tidak ada yang sempat gelap, tetapi jalur cadangan sempat hilang: satu putus lagi akan menggelapkan {count}",
    ),
    "villages": Phrase("{count} villages", "{count} desa"),
    "sites": Phrase("{count} sites", "{count} lokasi"),
    "sites-villages": Phrase(
        "{count} sites, {villages} of them villages", "{count} lokasi, {villages} di antaranya desa"
    ),
    # -- when and why
    "since": Phrase("since {at}", "sejak {at}"),
    "from-to": Phrase("from {at} to {end}", "dari {at} sampai {end}"),
    "fibre": Phrase("probably fibre", "kemungkinan serat optik"),
    "power": Phrase("probably power", "kemungkinan listrik"),
    "device": Phrase("probably the device", "kemungkinan perangkat"),
    "upstream": Phrase("upstream", "di sisi hulu"),
    "times": Phrase("{count} times since {at}", "{count} kali sejak {at}"),
    "maintenance": Phrase("maintenance {window}", "pemeliharaan {window}"),
}


def said(key: str, language: Language, **values: object) -> str:
    """Return a phrase with its values in place."""
    found = FAULT_PHRASES[key]
    return (found.id if language is Language.INDONESIAN else found.en).format(**values)
