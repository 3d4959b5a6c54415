"""What drawings say, in English and Indonesian: one table, both languages side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from netmon.model import Verdict

Language = Literal["en", "id"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

WORDS: Mapping[str, tuple[str, str]] = {
    # -- verdicts
    Verdict.UP: ("up", "hidup"),
    Verdict.DEGRADED: ("degraded", "terganggu"),
    Verdict.DOWN: ("down", "mati"),
    Verdict.UNREACHABLE: ("unreachable", "tak terjangkau"),
    Verdict.UNKNOWN: ("unknown", "tidak diketahui"),
    Verdict.MAINTENANCE: ("maintenance", "pemeliharaan"),
    Verdict.UNSERVED: ("unserved", "belum terlayani"),
    # -- the map
    "map-of": ("Map of {region}", "Peta {region}"),
    "map-told": ("{count} sites: {told}.", "{count} lokasi: {told}."),
    "none": ("none", "tidak ada"),
    "map-empty": ("No site has coordinates.", "Tidak ada lokasi yang punya koordinat."),
    "served": ("served", "terlayani"),
    "not-served": ("not served", "belum terlayani"),
    "not-joined": ("not joined", "tak tersambung"),
    "bridge": ("bridge", "jembatan"),
    "enlarged": ("ENLARGED", "DIPERBESAR"),
    # -- the schematic
    "schematic-of": ("Schematic of {region}", "Skema {region}"),
    "centre": ("Centre", "Pusat"),
    "vantage": ("vantage", "pemantau"),
    "node": ("node", "node"),
    "passive": ("passive", "pasif"),
    "link": ("link", "tautan"),
    "not-fibre": ("not fibre", "bukan serat"),
    "numbers": (
        "numbers: hops from the vantage; ⇄ leads there, ! as a bridge",
        "angka: lompatan dari pemantau; ⇄ menuju ke sana, ! jembatan",
    ),
    "cut": ("line is cut; ✕ one that is only named", "saluran putus; ✕ yang hanya disebut"),
    # -- the plan
    "plan-for": ("Plan for {region}", "Rencana {region}"),
    "plan-told": (
        (
            "{steps} steps for {cost}: joined {before} → {after}, protected {safe_before} → {safe_after} sites "
            "(gain +1: one more survives any single failure)"
        ),
        (
            "{steps} langkah seharga {cost}: lokasi tersambung {before} → {after}, terlindung {safe_before} → "
            "{safe_after} (hasil +1: satu lagi tahan satu kegagalan mana pun)"
        ),
    ),
    "between": ("between", "antara"),
    "length": ("length", "panjang"),
    "cost": ("cost", "biaya"),
    "gain": ("gain", "hasil"),
    "joins": ("joins {count}", "baru {count}"),
    "more-steps": ("and {count} more for {cost}", "dan {count} lagi seharga {cost}"),
    "stands": ("stands already", "sudah ada"),
    "joins-site": ("joins a site", "menyambung"),
    "protects-sites": ("protects sites", "melindungi"),
    "by-radio": ("by radio", "dengan radio"),
    "not-served-today": ("not served today", "kini belum terlayani"),
}
_SIGNS = str.maketrans(",.", ".,")


@dataclass(frozen=True, slots=True)
class Speech:
    """What a drawing says, in one language."""

    language: Language = "en"

    def __call__(self, key: str, **values: object) -> str:
        """Return what stands in the drawing under a key of `WORDS`."""
        return WORDS[key][LANGUAGES.index(self.language)].format(**values)

    def number(self, written: str) -> str:
        """Return a number that is written as in English with the signs of the language."""
        return written if self.language == "en" else written.translate(_SIGNS)


ENGLISH = Speech()
