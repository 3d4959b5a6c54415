"""What the pages of engineers say, and refusals of what they and the API are asked, in English and Indonesian."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.picture.words.phrases import Phrase

ENGINEERS: Mapping[str, Phrase] = {
    # -- all of them
    "engineers": Phrase("Engineers", "Teknik"),
    "by-drawing": Phrase("By the drawing", "Menurut gambar"),
    "as-now": Phrase("As it is now", "Keadaan sekarang"),
    "which-state": Phrase("Which state", "Keadaan yang mana"),
    "now-means": Phrase("Without what is dark or cut now.", "Tanpa yang kini gelap atau putus."),
    "earlier": Phrase("Earlier", "Sebelumnya"),
    "further": Phrase("Further", "Berikutnya"),
    "which-page": Phrase("Page {page} of {pages}", "Halaman {page} dari {pages}"),
    "for-programs": Phrase("For programs:", "Untuk program:"),
    "ask": Phrase("Ask", "Tanyakan"),
    "length": Phrase("Length", "Panjang"),
    "link-row": Phrase("Link", "Tautan"),
    "from-here": Phrase("From", "Dari"),
    "to-there": Phrase("To", "Ke"),
    # -- single points of failure
    "threads-all": Phrase(
        "What darkens a site by its failure alone, the worst first. Choose one to see who goes dark with it.",
        "Yang bila gagal sendiri menggelapkan lokasi, yang terburuk lebih dulu. Pilih satu untuk melihat siapa yang "
        "ikut gelap.",
    ),
    "uncounted": Phrase(
        "– where no site says how many people live there.", "– bila tidak ada lokasi yang menyebut jumlah penduduk."
    ),
    # -- the drawing
    "drawing": Phrase("Drawing", "Gambar"),
    "which-form": Phrase("As a map or as a schematic", "Sebagai peta atau skema"),
    "schematic": Phrase("Schematic", "Skema"),
    "drawing-told": Phrase(
        "Bridges are thick, what is not served is dotted, what nothing joins is crossed out.",
        "Jembatan tebal, yang belum terlayani bertitik-titik, yang tak tersambung disilang.",
    ),
    "take-along": Phrase("Take it along:", "Unduh:"),
    # -- one site or node
    "place": Phrase("Site or node", "Lokasi atau node"),
    "site-or-node": Phrase("Id or name", "Id atau nama"),
    "around-here": Phrase("What stands around it", "Yang ada di sekitarnya"),
    "of-power": Phrase("Power area", "Area listrik"),
    "of-cables": Phrase("Cables", "Kabel"),
    "is-bridge": Phrase("bridge", "jembatan"),
    "way-out": Phrase("Way to netmon", "Rute ke netmon"),
    "hangs-on": Phrase("What it hangs on", "Yang menjadi sandarannya"),
    "below": Phrase("What hangs on it", "Yang bergantung padanya"),
    "no-node-here": Phrase("No node stands there.", "Tidak ada node di sana."),
    "no-line-here": Phrase("No line leads there.", "Tidak ada jalur ke sana."),
    "hangs-on-nothing": Phrase(
        "On no single thing but itself.", "Tidak bergantung pada satu hal pun selain dirinya."
    ),
    "nothing-below": Phrase("No other site.", "Tidak ada lokasi lain."),
    "and-more-sites": Phrase("and {count} more", "dan {count} lagi"),
    # -- redundancy
    "redundancy": Phrase("Redundancy", "Redundansi"),
    "redundancy-told": Phrase(
        "{weak} of {count} sites hang on a single node, link or cable of their ways to {to}.",
        "{weak} dari {count} lokasi bergantung pada satu node, tautan atau kabel dalam rutenya ke {to}.",
    ),
    "ways-to": Phrase("Ways to the node", "Rute ke node"),
    "all-of-them": Phrase("All sites", "Semua lokasi"),
    "only-weak": Phrase("Fewer than two ways", "Kurang dari dua rute"),
    "which-sites": Phrase("Which sites", "Lokasi yang mana"),
    "node-disjoint": Phrase("Share no node", "Tanpa node yang sama"),
    "link-disjoint": Phrase("Share no link", "Tanpa tautan yang sama"),
    "cable-disjoint": Phrase("Share no cable", "Tanpa kabel yang sama"),
    "shared-by-all": Phrase("Shared after all", "Tetap sama-sama memakai"),
    "no-ways": Phrase("No site is so.", "Tidak ada lokasi yang demikian."),
    # -- black spots
    "spots-told": Phrase(
        "A village may be a black spot in three senses: it was never connected, it is connected and unusable, or a "
        "fault has cut it off now.",
        "Sebuah desa dapat menjadi blank spot dalam tiga arti: belum pernah tersambung, tersambung tetapi tidak "
        "layak pakai, atau kini terputus karena gangguan.",
    ),
    "spots-by-drawing": Phrase(
        "The drawing knows only what was never connected.",
        "Gambar hanya mengenal yang belum pernah tersambung.",
    ),
    "by-district": Phrase("By district", "Menurut kecamatan"),
    "whole-region": Phrase("Whole region", "Seluruh wilayah"),
    # -- ways
    "ways": Phrase("Ways", "Rute"),
    "ways-told": Phrase(
        "The way between two nodes, link by link, with the least delay and loss of light that physics asks.",
        "Rute antara dua node, tautan demi tautan, dengan tunda dan redaman cahaya paling kecil menurut fisika.",
    ),
    "between-a": Phrase("From node or site", "Dari node atau lokasi"),
    "between-b": Phrase("To node or site", "Ke node atau lokasi"),
    "avoid": Phrase("Go around", "Hindari"),
    "avoid-hint": Phrase("cable:ID, node:ID, link:ID", "cable:ID, node:ID, link:ID"),
    "pair": Phrase("Two ways that share nothing", "Dua rute yang tidak berbagi apa pun"),
    "light-budget": Phrase("Light budget, dB", "Anggaran cahaya, dB"),
    "way-number": Phrase("Way {number}", "Rute {number}"),
    "way-sum": Phrase(
        "{links} links, {length}, at least {rtt} there and back",
        "{links} tautan, {length}, sedikitnya {rtt} pulang-pergi",
    ),
    "delay": Phrase("Delay", "Tunda"),
    "light-lost": Phrase("Light lost", "Redaman"),
    "by-splitter": Phrase("By splitter", "Oleh splitter"),
    "margin": Phrase("Margin", "Sisa"),
    "too-dim": Phrase("too little light", "cahaya kurang"),
    "assumed": Phrase("length assumed", "panjang diperkirakan"),
    "no-way": Phrase("There is no way.", "Tidak ada rute."),
    "no-second-way": Phrase(
        "There is no second way that shares nothing.", "Tidak ada rute kedua yang tidak berbagi apa pun."
    ),
    # -- what if
    "what-if": Phrase("What if", "Bagaimana jika"),
    "what-if-told": Phrase(
        "Choose what fails together, or is taken out for work. Nothing is changed by asking.",
        "Pilih yang gagal bersamaan, atau yang dikerjakan. Bertanya tidak mengubah apa pun.",
    ),
    "fails": Phrase("What fails", "Yang gagal"),
    "find-element": Phrase("Find by id or name", "Cari menurut id atau nama"),
    "found": Phrase("Found", "Ditemukan"),
    "more-found": Phrase("and {count} more: say more of it", "dan {count} lagi: sebut lebih rinci"),
    "none-found": Phrase("Nothing is called so.", "Tidak ada yang bernama demikian."),
    "choose-from": Phrase("Cables and power areas", "Kabel dan area listrik"),
    "work-begins": Phrase("Work begins ({zone})", "Pekerjaan mulai ({zone})"),
    "work-lasts": Phrase("and lasts", "dan berlangsung"),
    "goes-dark": Phrase("Who goes dark", "Siapa yang gelap"),
    "dark-told": Phrase(
        "{sites} sites, {villages} of them villages; {services} services are lost.",
        "{sites} lokasi, {villages} di antaranya desa; {services} layanan hilang.",
    ),
    "nobody-dark": Phrase("No site goes dark.", "Tidak ada lokasi yang menjadi gelap."),
    "services-lost": Phrase("Services that are lost", "Layanan yang hilang"),
    "becomes-bridge": Phrase("What comes to hang by one thing", "Yang menjadi tergantung pada satu hal"),
    "bridges-told": Phrase(
        "One more cut there darkens somebody: {links} links, {nodes} nodes.",
        "Satu putus lagi di sana menggelapkan lokasi: {links} tautan, {nodes} node.",
    ),
    "no-bridge": Phrase("Nothing that had another way before.", "Tidak ada yang tadinya punya rute lain."),
    "announce": Phrase("To announce the work", "Untuk mengumumkan pekerjaan"),
    "announce-told": Phrase(
        "Paste this into a shell on netmon's machine; then the outage pages nobody and counts as maintenance.",
        "Tempel di shell pada mesin netmon; gangguannya lalu tidak membangunkan siapa pun dan dihitung sebagai "
        "pemeliharaan.",
    ),
    # -- plan
    "plan": Phrase("Plan", "Rencana"),
    "plan-told": Phrase(
        "Which spans to build first, made from geography. A plan takes some seconds; another process makes it.",
        "Bentangan mana yang dibangun lebih dulu, dibuat dari geografi. Rencana perlu beberapa detik; proses lain "
        "yang membuatnya.",
    ),
    "goal": Phrase("Goal", "Tujuan"),
    "goal-both": Phrase("connect, then protect", "sambungkan, lalu lindungi"),
    "goal-connect": Phrase("connect who is not served", "sambungkan yang belum terlayani"),
    "goal-protect": Phrase("protect against single failures", "lindungi dari kegagalan tunggal"),
    "weight": Phrase("Counts in protecting", "Yang dihitung saat melindungi"),
    "weight-sites": Phrase("sites alike", "semua lokasi sama"),
    "weight-services": Phrase("services", "layanan"),
    "weight-people": Phrase("people", "penduduk"),
    "prices": Phrase("Prices and reach", "Harga dan jangkauan"),
    "budget": Phrase("Budget", "Anggaran"),
    "per_km": Phrase("A km of fibre", "Satu km serat"),
    "per_site": Phrase("Joining a site", "Menyambung satu lokasi"),
    "reach": Phrase("Longest span, km", "Bentangan terpanjang, km"),
    "route_factor": Phrase("Route over crow flies", "Rute dibanding garis lurus"),
    "radio_reach": Phrase("Longest radio span, km", "Bentangan radio terpanjang, km"),
    "per_radio": Phrase("A radio span", "Satu bentangan radio"),
    "time_limit": Phrase("Seconds at most", "Paling lama, detik"),
    "make-plan": Phrase("Plan", "Buat rencana"),
    "before-after": Phrase("Before and after", "Sebelum dan sesudah"),
    "standing": Phrase("Network", "Jaringan"),
    "before": Phrase("Before", "Sebelum"),
    "after": Phrase("After", "Sesudah"),
    "joined_sites": Phrase("Sites joined", "Lokasi tersambung"),
    "unjoined_sites": Phrase("Sites not joined", "Lokasi belum tersambung"),
    "protected_sites": Phrase("Sites that survive any single failure", "Lokasi yang tahan satu kegagalan mana pun"),
    "single_failures": Phrase(
        "Single failures that darken others", "Kegagalan tunggal yang menggelapkan lokasi lain"
    ),
    "worst_failure_sites": Phrase("Sites dark by the worst of them", "Lokasi gelap oleh yang terburuk"),
    "steps": Phrase("Steps", "Langkah"),
    "step": Phrase("Step", "Langkah"),
    "span": Phrase("Span", "Bentangan"),
    "medium": Phrase("By", "Dengan"),
    "cost": Phrase("Cost", "Biaya"),
    "sum-so-far": Phrase("So far", "Sampai di sini"),
    "connects": Phrase("Connects", "Menyambung"),
    "protects": Phrase("Protects", "Melindungi"),
    "steps-told": Phrase(
        "{steps} steps for {cost}. Joining all sites that can be joined costs at least {bound}; protecting as much "
        "at least {protect}.",
        "{steps} langkah seharga {cost}. Menyambung semua lokasi yang dapat disambung sedikitnya {bound}; melindungi "
        "sebanyak itu sedikitnya {protect}.",
    ),
    "no-steps": Phrase("There is nothing to build.", "Tidak ada yang perlu dibangun."),
    "plan-short": Phrase("The budget did not last for more.", "Anggaran tidak cukup untuk lebih."),
    "plan-short-stopped": Phrase(
        "The budget or the time did not last for more.", "Anggaran atau waktu tidak cukup untuk lebih."
    ),
    "plan-stopped": Phrase(
        "All that can be is planned, but the time was over before the search for a cheaper plan had ended.",
        "Semua yang dapat direncanakan sudah direncanakan, tetapi waktu habis sebelum pencarian rencana yang lebih "
        "murah selesai.",
    ),
    "no-span-leads": Phrase("No span leads to:", "Tidak ada bentangan ke:"),
    "needs-no-span": Phrase(
        "Not served, but reached already, so no span is planned to:",
        "Belum dilayani, tetapi sudah terjangkau, jadi tidak direncanakan bentangan ke:",
    ),
    "no-place": Phrase("Without coordinates, so not planned for:", "Tanpa koordinat, jadi tidak direncanakan:"),
    "plan-map": Phrase("Map of the plan", "Peta rencana"),
    # -- progress
    "progress": Phrase("Progress", "Kemajuan"),
    "progress-told": Phrase(
        "Villages that are served, online for most of a month, and have a website in order for most of it. Of a "
        "month without any data nothing is counted.",
        "Desa yang terlayani, daring hampir sepanjang bulan, dan situs webnya berjalan hampir sepanjang bulan. Dari "
        "bulan tanpa data tidak ada yang dihitung.",
    ),
    "last-of-months": Phrase("Up to the month", "Sampai bulan"),
    "how-many-months": Phrase("Months", "Jumlah bulan"),
    "month": Phrase("Month", "Bulan"),
    "by-month": Phrase("By month", "Menurut bulan"),
    "in-month": Phrase("By district, {month}", "Menurut kecamatan, {month}"),
    "served": Phrase("Served", "Terlayani"),
    "online": Phrase("Online", "Daring"),
    "websites": Phrase("Websites", "Situs web"),
    "websites_active": Phrase("Websites in order", "Situs web aktif"),
    "so-far": Phrase("{month}, not complete", "{month}, belum lengkap"),
    # -- what cannot be asked
    "unknown-filter": Phrase(
        "unknown filter {field}; possible here: one of {known}",
        "saringan {field} tidak dikenal; yang mungkin di sini: {known}",
    ),
    "unknown-filter-none": Phrase(
        "unknown filter {field}; possible here: none", "saringan {field} tidak dikenal; di sini tidak ada saringan"
    ),
    "impossible": Phrase(
        "{field} cannot be {given}; one of {possible}", "{field} tidak bisa {given}; salah satu dari {possible}"
    ),
    "given-twice": Phrase("{field} is given more than once", "{field} diberikan lebih dari sekali"),
    "not-given": Phrase("{field} is missing", "{field} belum diisi"),
    "no-number": Phrase(
        "{given} is no number from {least} to {most}", "{given} bukan angka dari {least} sampai {most}"
    ),
    "no-moment": Phrase(
        "{field} cannot be {given}; write it like 2026-11-22T07:03:00Z",
        "{field} tidak bisa {given}; tulis seperti 2026-11-22T07:03:00Z",
    ),
    "no-length": Phrase(
        "{given} is no length of time; write it like 4h", "{given} bukan lama waktu; tulis seperti 4h"
    ),
    "no-month": Phrase("{given} is no month; write it like 2026-10", "{given} bukan bulan; tulis seperti 2026-10"),
    "no-such-thing": Phrase("there is no {kind} {id}", "tidak ada {kind} {id}"),
    "no-such-thing-near": Phrase(
        "there is no {kind} {id}; did you mean {near}?", "tidak ada {kind} {id}; maksudnya {near}?"
    ),
    "no-such-place": Phrase("there is no site or node {id}", "tidak ada lokasi atau node {id}"),
    "no-such-place-near": Phrase(
        "there is no site or node {id}; did you mean {near}?", "tidak ada lokasi atau node {id}; maksudnya {near}?"
    ),
    "several-sites": Phrase(
        "{count} sites are called {name}: name one of {sites}",
        "ada {count} lokasi bernama {name}: sebut salah satu: {sites}",
    ),
    "several-nodes": Phrase(
        "several nodes stand at {site}: name one of {nodes}", "ada beberapa node di {site}: sebut salah satu: {nodes}"
    ),
    "same-node": Phrase("{node} is where it is", "{node} sudah di tempatnya"),
    "names-nothing": Phrase(
        "{given} names nothing that can fail; write node:, link:, cable: or power_area:ID",
        "{given} bukan nama yang dapat gagal; tulis node:, link:, cable: atau power_area:ID",
    ),
    "names-nothing-near": Phrase(
        "{given} names nothing that can fail; did you mean {near}?",
        "{given} bukan nama yang dapat gagal; maksudnya {near}?",
    ),
    "nothing-fails": Phrase(
        "name 1 to {most} things that fail together, as in fail=cable:ID",
        "sebut 1 sampai {most} hal yang gagal bersamaan, seperti fail=cable:ID",
    ),
    "too-much-avoided": Phrase("avoid no more than {most} things", "hindari paling banyak {most} hal"),
    "nobody-counted": Phrase(
        "no site says how many people live there", "tidak ada lokasi yang menyebut jumlah penduduknya"
    ),
    "no-services": Phrase("there are no services", "tidak ada layanan"),
    "too-much-terrain": Phrase("name no more than {most} districts", "sebut paling banyak {most} kecamatan"),
    "no-terrain": Phrase(
        "terrain cannot be {given}; write it like 35.23.11=1.4",
        "terrain tidak bisa {given}; tulis seperti 35.23.11=1.4",
    ),
    "no-factor": Phrase(
        "{given} is no factor of its own; write one above 0 for each district",
        "{given} bukan faktor tersendiri; tulis satu di atas 0 untuk tiap kecamatan",
    ),
    "another-plan": Phrase("another plan is being made", "rencana lain sedang dibuat"),
    "plan-too-late": Phrase("the plan was not made in time", "rencana tidak selesai pada waktunya"),
    "nothing-of-months": Phrase(
        "the journal holds nothing of these months", "jurnal tidak memuat apa pun tentang bulan-bulan ini"
    ),
    "another-count": Phrase("other months are being counted", "bulan lain sedang dihitung"),
    "count-too-late": Phrase("the months were not counted in time", "bulan tidak selesai dihitung pada waktunya"),
    "journal-unread": Phrase("the journal cannot be read: {why}", "jurnal tidak dapat dibaca: {why}"),
}
