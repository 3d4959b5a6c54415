"""What the page says beside the facts, in English and Indonesian: one table, both languages side by side."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.exporter.page.engineer_phrases import ENGINEERS
from netmon.model import Verdict
from netmon.picture.words.phrases import Language, Phrase
from netmon.topology.drawing.words import WORDS

PAGE: Mapping[str, Phrase] = {
    **ENGINEERS,
    # -- verdicts
    **{verdict: Phrase(*WORDS[verdict]) for verdict in Verdict},
    "means-up": Phrase("Everything that is probed here answers.", "Semua yang diperiksa di sini menjawab."),
    "means-degraded": Phrase(
        "It answers, but worse than it used to.", "Masih menjawab, tetapi lebih buruk dari biasanya."
    ),
    "means-down": Phrase("It is dark because of a fault of its own.", "Gelap karena gangguan di tempat itu sendiri."),
    "means-unreachable": Phrase(
        "It is dark because of a fault elsewhere, or a fault that is still being found.",
        "Gelap karena gangguan di tempat lain, atau gangguan yang masih dicari.",
    ),
    "means-unknown": Phrase(
        "Nothing can be said: there is no data, or the monitor itself is cut off.",
        "Tidak ada yang dapat dikatakan: tidak ada data, atau pemantau sendiri yang terputus.",
    ),
    "means-maintenance": Phrase(
        "Work is going on; nothing counts as an outage.", "Sedang ada pekerjaan; tidak dihitung sebagai gangguan."
    ),
    "means-unserved": Phrase("It was never connected.", "Belum pernah tersambung."),
    # -- kinds of sites
    "village": Phrase("village", "desa"),
    "kelurahan": Phrase("kelurahan", "kelurahan"),
    "district": Phrase("district", "kecamatan"),
    "opd": Phrase("opd", "OPD"),
    "pop": Phrase("pop", "POP"),
    "noc": Phrase("noc", "NOC"),
    "other": Phrase("other", "lainnya"),
    # -- every page
    "skip": Phrase("Skip to content", "Langsung ke isi"),
    "find": Phrase("Find a site", "Cari lokasi"),
    "go": Phrase("Find", "Cari"),
    "language": Phrase("Language", "Bahasa"),
    "state-of": Phrase("State of", "Keadaan pada"),
    "probed-to": Phrase("probed up to", "diperiksa sampai"),
    "county": Phrase("County", "Kabupaten"),
    "all-sites": Phrase("All sites", "Semua lokasi"),
    "metrics": Phrase("Metrics", "Metrik"),
    "live": Phrase("Live", "Langsung"),
    "lost": Phrase("Connection lost", "Sambungan terputus"),
    "network": Phrase("fibre network", "jaringan serat optik"),
    # -- notices
    "notices": Phrase("To be known first", "Perlu diketahui"),
    "lab": Phrase("Lab.", "Lab."),
    "lab-text": Phrase(
        "Packets go to a network of kernel namespaces on this machine, not to the county.",
        "Paket menuju jaringan tiruan di mesin ini, bukan ke kabupaten.",
    ),
    "simulated": Phrase("Simulated.", "Simulasi."),
    "simulated-text": Phrase(
        "No packet leaves this machine; a simulation answers instead of the county.",
        "Tidak ada paket yang keluar dari mesin ini; yang menjawab sebuah simulasi.",
    ),
    "elsewhere-text": Phrase("This is not the county's network.", "Ini bukan jaringan kabupaten."),
    "not-ready": Phrase("Not ready:", "Belum siap:"),
    "not-probing": Phrase("Probing is not alive.", "Pemeriksaan terhenti."),
    "not-probing-text": Phrase("Nothing has been probed since {at}.", "Tidak ada yang diperiksa sejak {at}."),
    "no-journal": Phrase("The journal cannot be written.", "Jurnal tidak dapat ditulis."),
    "no-journal-text": Phrase(
        "{count} events wait in memory; what follows shows the state before them.",
        "{count} kejadian menunggu di memori; yang tampil adalah keadaan sebelumnya.",
    ),
    "no-reload": Phrase("The last reload failed.", "Pemuatan ulang terakhir gagal."),
    "no-reload-text": Phrase(
        "The inventory read before stays in force; the log says what is wrong with the new one.",
        "Inventaris sebelumnya tetap berlaku; log menyebutkan apa yang salah dengan yang baru.",
    ),
    # -- the county
    "fault-count": Phrase("{count} faults", "{count} gangguan"),
    "one-fault": Phrase("1 fault", "1 gangguan"),
    "by-verdict": Phrase("Sites by verdict", "Lokasi menurut status"),
    "map": Phrase("Map", "Peta"),
    "map-scrolls": Phrase(
        "Map, scrolls when larger than its frame", "Peta, dapat digeser bila lebih besar dari bingkainya"
    ),
    "smaller": Phrase("Smaller map", "Perkecil peta"),
    "larger": Phrase("Larger map", "Perbesar peta"),
    "is-cut": Phrase("cut", "putus"),
    "may-be-cut": Phrase("one of these is cut", "salah satunya putus"),
    "link-unknown": Phrase("link not known", "tautan tidak diketahui"),
    "areas": Phrase(
        "Areas show which village is nearest; they are not administrative borders.",
        "Bidang menunjukkan desa terdekat; bukan batas administrasi.",
    ),
    "open-faults": Phrase("Open faults", "Gangguan terbuka"),
    "calm": Phrase("Nothing is wrong that netmon knows of.", "Tidak ada gangguan yang diketahui netmon."),
    "pending": Phrase("{count} nodes are dark and being explained.", "{count} node gelap dan sedang dijelaskan."),
    "one-pending": Phrase("1 node is dark and being explained.", "1 node gelap dan sedang dijelaskan."),
    "sure": Phrase("{percent} % sure", "{percent} % yakin"),
    "sure-of-these": Phrase("{percent} % sure that it is one of these", "{percent} % yakin bahwa salah satunya"),
    "named-after": Phrase("named {seconds} s after it began", "disebut {seconds} dtk setelah mulai"),
    "sites": Phrase("{count} sites", "{count} lokasi"),
    "one-site": Phrase("1 site", "1 lokasi"),
    "why": Phrase("Why", "Mengapa"),
    "service-faults": Phrase("Faults of services", "Gangguan layanan"),
    "services-calm": Phrase("Nothing is wrong with services.", "Tidak ada gangguan layanan."),
    "alone": Phrase("{count} services fail by themselves", "{count} layanan gagal sendiri-sendiri"),
    "one-alone": Phrase("1 service fails by itself", "1 layanan gagal sendiri"),
    "evidence": Phrase("Evidence", "Bukti"),
    "repaired": Phrase("Recently repaired", "Baru diperbaiki"),
    "for-time": Phrase("for {time}", "sudah {time}"),
    "lasted": Phrase("lasted {time}", "berlangsung {time}"),
    "none-yet": Phrase("None yet.", "Belum ada."),
    "districts": Phrase("Districts", "Kecamatan"),
    "unplaced": Phrase("Not on the map for want of coordinates:", "Tidak ada di peta karena tanpa koordinat:"),
    # -- weak places
    "weak-places": Phrase("Weak places", "Titik lemah"),
    "threads": Phrase("Single points of failure", "Titik kegagalan tunggal"),
    "threads-told": Phrase(
        "What darkens a site by its failure alone, without what is dark or cut now: the {shown} worst of {count}.",
        "Yang bila gagal sendiri menggelapkan lokasi, tanpa yang kini gelap atau putus: {shown} dari {count}.",
    ),
    "no-threads": Phrase(
        "No single failure darkens a site.", "Tidak ada kegagalan tunggal yang menggelapkan lokasi."
    ),
    "element": Phrase("Element", "Elemen"),
    "element-node": Phrase("node", "node"),
    "element-link": Phrase("link", "tautan"),
    "element-cable": Phrase("cable", "kabel"),
    "element-power_area": Phrase("power area", "area listrik"),
    "of-villages": Phrase("Villages", "Desa"),
    "of-services": Phrase("Services", "Layanan"),
    "of-people": Phrase("People", "Penduduk"),
    "black-spots": Phrase("Black spots", "Blank spot"),
    "no-black-spots": Phrase("Every site is served well.", "Semua lokasi terlayani dengan baik."),
    "never-connected": Phrase("never connected", "belum pernah tersambung"),
    "unusable": Phrase("unusable", "tidak layak pakai"),
    "dark": Phrase("dark", "gelap"),
    "sense": Phrase("Sense", "Arti"),
    "reason": Phrase("Reason", "Alasan"),
    "nearest": Phrase("{km} km from {site}", "{km} km dari {site}"),
    # -- sites and one site
    "sites-so": Phrase("{count} sites {verdict}", "{count} lokasi {verdict}"),
    "one-site-so": Phrase("1 site {verdict}", "1 lokasi {verdict}"),
    "in": Phrase("in {district}", "di {district}"),
    "like": Phrase("like “{words}”", "seperti “{words}”"),
    "no-site-so": Phrase("No site is so.", "Tidak ada lokasi yang demikian."),
    "no-site": Phrase("No site is in the inventory.", "Tidak ada lokasi dalam inventaris."),
    "site": Phrase("Site", "Lokasi"),
    "their-sites": Phrase("Sites", "Lokasi"),
    "of-district": Phrase("District", "Kecamatan"),
    "kind": Phrase("Kind", "Jenis"),
    "verdict": Phrase("Verdict", "Status"),
    "since": Phrase("Since", "Sejak"),
    "since-then": Phrase("since", "sejak"),
    "fault": Phrase("Fault", "Gangguan"),
    "now": Phrase("Now", "Sekarang"),
    "ledger": Phrase("Ledger", "Catatan"),
    "last-day": Phrase("Last 24 hours", "24 jam terakhir"),
    "last-month": Phrase("Last 30 days", "30 hari terakhir"),
    "whole-ledger": Phrase("Since the ledger begins", "Sejak catatan dimulai"),
    "nodes": Phrase("Nodes", "Node"),
    "node": Phrase("Node", "Node"),
    "role": Phrase("Role", "Peran"),
    "address": Phrase("Address", "Alamat"),
    "round-trip": Phrase("Round trip", "Waktu pulang-pergi"),
    "loss": Phrase("Loss", "Hilang"),
    "notes": Phrase("Notes", "Keterangan"),
    "no-node": Phrase("No node stands here.", "Tidak ada node di sini."),
    "passive": Phrase("passive, never probed", "pasif, tidak pernah diperiksa"),
    "articulation": Phrase("others hang on it", "yang lain bergantung padanya"),
    "lines": Phrase("Lines", "Jalur"),
    "line": Phrase("Line", "Jalur"),
    "supplier": Phrase("Supplier", "Pemasok"),
    "outages-count": Phrase("Outages", "Gangguan"),
    "down-time": Phrase("Down", "Putus"),
    "spare-line": Phrase("spare", "cadangan"),
    "services": Phrase("Services", "Layanan"),
    "outages": Phrase("Outages", "Gangguan yang tercatat"),
    "began": Phrase("Began", "Mulai"),
    "ended": Phrase("Ended", "Selesai"),
    "dark-time": Phrase("Dark", "Gelap"),
    "unknown-time": Phrase("Not known", "Tidak diketahui"),
    "because": Phrase("Because of", "Karena"),
    "still-dark": Phrase("still dark", "masih gelap"),
    "no-outage": Phrase("None in the ledger.", "Tidak ada dalam catatan."),
    # -- pages that cannot be shown
    "refused": Phrase("This cannot be shown", "Ini tidak dapat ditampilkan"),
    "refused-400": Phrase("This cannot be asked", "Ini tidak dapat diminta"),
    "refused-404": Phrase("Not found", "Tidak ditemukan"),
    "refused-hint": Phrase(
        "Search above, or go on from the county or the list of all sites below.",
        "Cari di atas, atau lanjutkan dari kabupaten atau daftar semua lokasi di bawah.",
    ),
    "unanswered": Phrase("netmon does not answer this.", "netmon tidak menjawab ini."),
    "unanswered-404": Phrase("There is nothing at this address.", "Tidak ada apa-apa di alamat ini."),
    "unanswered-405": Phrase("This address can only be read.", "Alamat ini hanya dapat dibaca."),
    "no-such-site": Phrase("there is no site {id}", "tidak ada lokasi {id}"),
    "no-such-district": Phrase("there is no district {id}", "tidak ada kecamatan {id}"),
    "no-such-verdict": Phrase(
        "verdict cannot be {given}; one of {possible}", "verdict tidak bisa {given}; salah satu dari {possible}"
    ),
    "no-such-language": Phrase(
        "lang cannot be {given}; one of {possible}", "lang tidak bisa {given}; salah satu dari {possible}"
    ),
    # -- lengths of time
    "d": Phrase("d", "hari"),
    "h": Phrase("h", "jam"),
    "min": Phrase("min", "mnt"),
    "s": Phrase("s", "dtk"),
    "under": Phrase("under 1 s", "kurang dari 1 dtk"),
}


def words(key: str, language: Language, **values: object) -> str:
    """Return what the page says under a key, with its values in place."""
    found = PAGE[key]
    return (found.id if language is Language.INDONESIAN else found.en).format(**values)
