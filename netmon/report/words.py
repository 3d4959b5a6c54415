"""Words, numbers and times of reports on paper, in Indonesian and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from netmon.model import Cause
from netmon.report.period import Period

Language = Literal["id", "en"]

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Laporan bulanan jaringan", "Monthly report of the network"),
    "outages_title": ("Gangguan", "Outages"),
    "supplier_title": ("Layanan pemasok terhadap kontrak", "Delivery of suppliers against their contracts"),
    "country_title": ("Laporan bulanan semua wilayah", "Monthly report of all regions"),
    "coverage_title": ("Kemajuan program desa", "Progress of the village programme"),
    "region": ("Wilayah", "Region"),
    "county": ("Kabupaten", "County"),
    "district": ("Kecamatan", "District"),
    "core": ("Jaringan inti", "Core network"),
    "incomplete": (
        "Belum lengkap: bulan ini hanya diketahui sampai {}.",
        "Not complete: of this period, things are known only up to {}.",
    ),
    "availability": ("Ketersediaan", "Availability"),
    "change": ("Selisih", "Change"),
    "points": ("poin persen", "percentage points"),
    "against": ("terhadap masa sebelumnya", "against the period before"),
    "online": ("Desa daring", "Villages online"),
    "served": ("Desa terlayani", "Villages served"),
    "websites": ("Situs web desa aktif", "Active village websites"),
    "of": ("{} dari {}", "{} of {}"),
    "outages": ("Gangguan", "Outages"),
    "repair": ("Perbaikan", "Repair"),
    "median": ("median", "median"),
    "worst": ("terlama", "worst"),
    "restitution": ("Restitusi", "Restitution"),
    "dark": ("Padam", "Dark"),
    "maintenance": ("Pemeliharaan", "Maintenance"),
    "unknown": ("Tidak diketahui", "Unknown"),
    "sites": ("Lokasi", "Sites"),
    "site": ("Lokasi", "Site"),
    "month_strip": ("Sepanjang bulan", "Over the period"),
    "cause": ("Penyebab", "Cause"),
    "owner": ("Penanggung jawab", "Owner"),
    "own": ("sendiri", "own"),
    "start": ("Mulai", "From"),
    "end": ("Selesai", "To"),
    "lasts": ("masih berlangsung", "not over"),
    "duration": ("Lama", "Time"),
    "element": ("Yang rusak", "What failed"),
    "incident": ("Kejadian", "Incident"),
    "website": ("Situs web", "Website"),
    "active": ("aktif", "active"),
    "inactive": ("tidak aktif", "not active"),
    "never_served": ("belum terlayani", "never connected"),
    "by_day": ("Jam padam semua lokasi, per hari", "Hours dark of all sites, day by day"),
    "by_cause": ("Jam padam menurut penyebab", "Hours dark by cause"),
    "supplier": ("Pemasok", "Supplier"),
    "lines": ("Jalur", "Lines"),
    "line": ("Jalur", "Line"),
    "contract": ("Kontrak", "Contract"),
    "met": ("Komitmen terpenuhi", "Commitment met"),
    "committed": ("Komitmen", "Committed"),
    "down": ("Putus", "Down"),
    "longest": ("Terlama", "Longest"),
    "fee": ("Biaya", "Fee"),
    "nothing": ("Tidak ada gangguan.", "There were no outages."),
    "no_suppliers": ("Tidak ada jalur pemasok.", "There are no lines of suppliers."),
    "villages": ("Desa", "Villages"),
    "month": ("Bulan", "Month"),
    "served_line": ("terlayani", "served"),
    "online_line": ("daring", "online"),
    "active_line": ("situs web aktif", "website active"),
    "checked": (
        (
            "Dibuat dari entri jurnal {} sampai {}, SHA-256 {}. Inventaris {}. Siapa pun yang memegang jurnal "
            "dapat membuat ulang laporan ini, byte demi byte."
        ),
        (
            "Made from journal entries {} to {}, SHA-256 {}. Inventory {}. Whoever has the journal can make "
            "this report again, byte for byte."
        ),
    ),
    "meaning": (
        (
            "Ketersediaan = waktu terhubung / (waktu terhubung + padam); pemeliharaan yang diumumkan dan "
            "waktu yang tidak diketahui tidak dihitung."
        ),
        (
            "Availability = time connected / (time connected + dark); announced maintenance and time that is "
            "unknown are not counted."
        ),
    ),
    "formula": (
        (
            "Restitusi = biaya bulanan × jam putus / (jam dalam sebulan × komitmen), bila komitmen tidak "
            "terpenuhi; paling banyak sebesar biaya. Pemeliharaan dan waktu yang tidak diketahui tidak "
            "dihitung."
        ),
        (
            "Restitution = monthly fee × hours down / (hours of the month × commitment), where the commitment "
            "was missed; at most the fee. Maintenance and time that is unknown are not counted."
        ),
    ),
    "progress_meaning": (
        (
            "Daring: menjawab pada sebagian besar waktu yang diketahui dalam bulan itu. Situs web aktif: "
            "menampilkan isi pada sebagian besar waktu yang diketahui."
        ),
        (
            "Online: it answered for most of the time of the month that is known. Active website: it was in "
            "order for most of the time that is known."
        ),
    ),
    "legend": (
        "Garis bulan: kosong = terhubung, tinggi = padam, sedang = pemeliharaan, garis tipis = tidak diketahui.",
        "Strips: empty = connected, high = dark, middle = maintenance, thin line = unknown.",
    ),
}
CAUSES: Mapping[Cause, tuple[str, str]] = {
    Cause.FIBRE: ("serat optik", "fibre"),
    Cause.POWER: ("listrik", "power"),
    Cause.DEVICE: ("perangkat", "device"),
    Cause.UPSTREAM: ("hulu", "upstream"),
    Cause.UNKNOWN: ("tidak diketahui", "unknown"),
}
MONTHS = (
    ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
     "Desember"),
    ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
     "December"),
)  # fmt: skip
UNITS = (("hari", "jam", "mnt", "dtk"), ("d", "h", "min", "s"))


class Speech:
    """One language: its words, and how it writes numbers, times and lengths of time."""

    def __init__(self, language: Language, zone: str) -> None:
        self.language = language
        self._column = 0 if language == "id" else 1
        self._zone = ZoneInfo(zone)

    def word(self, key: str, *values: object) -> str:
        """Return a phrase with its values."""
        return WORDS[key][self._column].format(*values)

    def cause(self, cause: Cause) -> str:
        """Return what a cause is called."""
        return CAUSES[cause][self._column]

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with the separators of the language."""
        text = f"{value:,.{digits}f}"
        return text.translate(str.maketrans(",.", ".,")) if self.language == "id" else text

    def percent(self, share: float | None, digits: int = 2) -> str:
        """Return a share of 1 in percent; it is 100 only when nothing is missing, 0 only when there is nothing."""
        if share is None:
            return "–"
        least = 10.0**-digits
        value = 100 * share
        if 0 < share < 1:
            value = min(max(value, least), 100 - least)
        return f"{self.number(value, digits)} %"

    def points(self, change: float | None) -> str:
        """Return a difference of shares in percentage points, with its sign."""
        if change is None:
            return "–"
        value = round(100 * change, 2)
        sign = "+" if value > 0 else "−" if value < 0 else "±"
        return sign + self.number(abs(value), 2)

    def length(self, seconds: float | None) -> str:
        """Return a length of time in its two largest units, such as `3 h 20 min`; a dash for none."""
        if seconds is None:
            return "–"
        left = round(seconds)
        parts: list[str] = []
        for name, size in zip(UNITS[self._column], (86_400, 3_600, 60, 1), strict=True):
            count, left = divmod(left, size)
            if count or parts:
                parts.append(f"{count} {name}" if count else "")
            if len(parts) == 2:
                break
        return " ".join(part for part in parts if part) or "0"

    def time(self, when: float) -> str:
        """Return a moment by the clock of the region, `2026-10-03 14:05`."""
        return datetime.fromtimestamp(when, self._zone).strftime("%Y-%m-%d %H:%M")

    def period(self, period: Period) -> str:
        """Return `Oktober 2026`, or from when to when."""
        if period.month:
            return self.month(period.month)
        return f"{self.time(period.start)} – {self.time(period.end)}"

    def month(self, month: str) -> str:
        """Return `Oktober 2026` for `2026-10`."""
        year, number = month.split("-")
        return f"{MONTHS[self._column][int(number) - 1]} {year}"

    def money(self, value: float) -> str:
        """Return an amount, in rupiah as Indonesia writes it."""
        return f"Rp {self.number(value)}"
