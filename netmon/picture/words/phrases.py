"""What netmon says of a site, in English and Indonesian: one table, both languages side by side.

Braces name the values of a fact; times are written in the region's own. A phrase is chosen by its key, never put
together from pieces, so that each language keeps its own order of words.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Language(StrEnum):
    """Languages that explanations are written in."""

    ENGLISH = "en"
    INDONESIAN = "id"


class Phrase(NamedTuple):
    """One thing to say, in each language."""

    en: str
    id: str


PHRASES: Mapping[str, Phrase] = {
    # -- headings
    "because": Phrase("Because", "Karena"),
    "rejected": Phrase("Not because", "Bukan karena"),
    "would-change": Phrase("What would change this", "Yang akan mengubahnya"),
    # -- verdicts
    "up": Phrase(
        "{site} is up: all that is probed there answers.", "{site} hidup: semua yang diperiksa di sana menjawab."
    ),
    "degraded-line": Phrase(
        "{site} is degraded: it answers, but not as well as it used to.",
        "{site} terganggu: menjawab, tetapi tidak sebaik biasanya.",
    ),
    "degraded-part": Phrase(
        "{site} is degraded: a part of it answers, and a part does not.",
        "{site} terganggu: sebagian menjawab, sebagian tidak.",
    ),
    "down": Phrase(
        "{site} is down since {since}: the fault is its own.",
        "{site} mati sejak {since}: gangguannya di tempat itu sendiri.",
    ),
    "unreachable": Phrase(
        "{site} is dark since {since}, because of a fault elsewhere.",
        "{site} gelap sejak {since}, karena gangguan di tempat lain.",
    ),
    "unexplained": Phrase(
        "{site} is dark since {since}; where the fault is, is still being found out.",
        "{site} gelap sejak {since}; letak gangguannya masih dicari.",
    ),
    "isolated": Phrase(
        "Nothing can be known of {site} since {since}: the monitor itself is cut off.",
        "Tidak ada yang dapat diketahui tentang {site} sejak {since}: pemantau sendiri yang terputus.",
    ),
    "gap": Phrase(
        "Nothing is known of {site} since {since}: probing was not alive, and nothing has been heard since.",
        "Tidak ada yang diketahui tentang {site} sejak {since}: pemeriksaan terhenti, dan sejak itu belum ada kabar.",
    ),
    "no-word": Phrase(
        "Nothing is known of {site} yet: no answer has come, and not enough have failed to come.",
        "Belum ada yang diketahui tentang {site}: belum ada jawaban, dan belum cukup yang tidak dijawab.",
    ),
    "not-probed": Phrase(
        "Nothing can be known of {site}: nothing is probed there.",
        "Tidak ada yang dapat diketahui tentang {site}: tidak ada yang diperiksa di sana.",
    ),
    "maintenance": Phrase(
        "Work is going on at {site} since {since}: nothing counts as an outage.",
        "Sedang ada pekerjaan di {site} sejak {since}: tidak dihitung sebagai gangguan.",
    ),
    "unserved": Phrase(
        "{site} was never connected: that is no outage.", "{site} belum pernah tersambung: itu bukan gangguan."
    ),
    # -- evidence
    "node-answers": Phrase(
        "{node} answers, without a break since {since}.", "{node} menjawab tanpa putus sejak {since}."
    ),
    "node-proven": Phrase(
        "{node} answers since {since}; asked again, it answered at {word}.",
        "{node} menjawab sejak {since}; ditanya lagi, menjawab pukul {word}.",
    ),
    "node-dark": Phrase(
        "{node} does not answer: the first request that it missed was sent at {since}.",
        "{node} tidak menjawab: permintaan pertama yang tidak dijawab dikirim pukul {since}.",
    ),
    "node-said-unreachable": Phrase(
        "A router on the way, {router}, said that {node} cannot be reached: {said}.",
        "Perangkat di jalur, {router}, menyatakan {node} tidak dapat dijangkau: {said}.",
    ),
    "node-judged": Phrase(
        "It missed more of them, until it was certain that {node} is dark.",
        "Berikutnya pun tidak dijawab, sampai pasti bahwa {node} gelap.",
    ),
    "node-lost": Phrase(
        "Nothing is known of {node} since then.", "Sejak itu tidak ada yang diketahui tentang {node}."
    ),
    "node-was-dark": Phrase(
        "Before that, {node} was dark: its first miss was then.",
        "Sebelumnya {node} gelap: saat itulah pertama tidak menjawab.",
    ),
    "node-no-word": Phrase("Of {node} there has been no word yet.", "Dari {node} belum ada kabar."),
    "node-quality": Phrase(
        "The line of {node} is worse than it used to be: {reason}.",
        "Saluran {node} lebih buruk dari biasanya: {reason}.",
    ),
    "node-runs": Phrase(
        "{node} has been running since then, without a restart.",
        "{node} berjalan sejak saat itu, tanpa menyala ulang.",
    ),
    "neighbour-answers": Phrase(
        "{node}, next to what is dark, answers: it was proven then.",
        "{node}, di sebelah yang gelap, menjawab: terbukti saat itu.",
    ),
    "port-down": Phrase("Port {port} reports its line down.", "Port {port} melaporkan salurannya mati."),
    "port-unlit": Phrase("Port {port} receives no light.", "Port {port} tidak menerima cahaya."),
    "port-up": Phrase("Port {port} reports its line up.", "Port {port} melaporkan salurannya hidup."),
    "asked": Phrase(
        "{node} was asked then, and its word is waited for.", "{node} ditanya saat itu, kabarnya ditunggu."
    ),
    "named": Phrase(
        "{fault} names {element}, sure to {sure}; nodes dark because of it: {count}.",
        "{fault} menunjuk {element}, dengan keyakinan {sure}; {count} node gelap karenanya.",
    ),
    "named-lit": Phrase(
        "{fault} names {element}, sure to {sure}.", "{fault} menunjuk {element}, dengan keyakinan {sure}."
    ),
    "alternative": Phrase(
        "{element} would explain it as well: nothing seen tells the two apart.",
        "{element} menjelaskannya sama baiknya: dari yang terlihat keduanya tak dapat dibedakan.",
    ),
    "cause": Phrase("The cause: {cause}.", "Penyebabnya: {cause}."),
    "reason": Phrase("{reason}", "{reason}"),  # a sentence of the evidence itself
    "came-back": Phrase(
        "{fault} has come back: {count} times up to now.", "{fault} kembali lagi: sudah {count} kali."
    ),
    "window": Phrase(
        "Work on {work} was announced until {until}.", "Pekerjaan pada {work} diumumkan sampai {until}."
    ),
    "drawn-unserved": Phrase("The drawing has it as not served.", "Gambar jaringan mencatatnya belum terlayani."),
    "no-node": Phrase("No node stands there in the drawing.", "Pada gambar jaringan tidak ada node di sana."),
    "passive": Phrase(
        "{node} stands there, and is passive: it is never probed.",
        "{node} ada di sana, tetapi pasif: tidak pernah diperiksa.",
    ),
    "covered": Phrase("Probing was alive up to then.", "Pemeriksaan berjalan sampai saat itu."),
    # -- rejected explanations
    "answers": Phrase(
        "{element}: no, an answer came from {nodes}.",
        "{element}: bukan, ada jawaban dari {nodes}.",
    ),
    "carries": Phrase(
        "{element}: no, what answers behind it is reached through it alone.",
        "{element}: bukan, yang menjawab di belakangnya hanya terjangkau melaluinya.",
    ),
    "line-up": Phrase(
        "{element}: no, port {port} reports its line up.",
        "{element}: bukan, port {port} melaporkan salurannya hidup.",
    ),
    "sister-up": Phrase(
        "{element}: no, another line in it is up, says port {port}.",
        "{element}: bukan, saluran lain di dalamnya hidup, menurut port {port}.",
    ),
    "would-darken": Phrase(
        "{element}: no, an answer came from {nodes}, which it would have darkened.",
        "{element}: bukan, ada jawaban dari {nodes}, yang semestinya ikut gelap.",
    ),
    "explains-less": Phrase(
        "{element}: no, it would not explain the silence of {nodes}.",
        "{element}: bukan, tidak menjelaskan diamnya {nodes}.",
    ),
    "less-likely": Phrase(
        "{element}: it would explain as much, but is less likely than what is named.",
        "{element}: menjelaskan sama banyak, tetapi lebih kecil kemungkinannya.",
    ),
    # -- what would change the verdict
    "if-silent": Phrase(
        "If {node} misses a request, it is asked several times more within a second; missing those, it is dark.",
        "Bila {node} melewatkan satu permintaan, ia segera ditanya beberapa kali lagi; bila tetap diam, ia gelap.",
    ),
    "if-bad": Phrase(
        "If its line gets worse than its own history, it is degraded.",
        "Bila salurannya memburuk dibanding riwayatnya sendiri, statusnya terganggu.",
    ),
    "if-good": Phrase(
        "When the line of {node} is as good as before again, it is up.",
        "Bila saluran {node} pulih seperti biasa, statusnya hidup.",
    ),
    "if-answers": Phrase(
        "One answer of {node}: up, from that answer on.", "Satu jawaban dari {node}: hidup, sejak jawaban itu."
    ),
    "if-repaired": Phrase(
        "When {element} is repaired and {node} still does not answer, the site has a fault of its own and is down.",
        "Bila {element} sudah diperbaiki dan {node} tetap diam, gangguannya di tempat itu sendiri: statusnya mati.",
    ),
    "if-neighbour-falls": Phrase(
        "If {node} falls silent too, the fault is looked for nearer to the monitor.",
        "Bila {node} ikut diam, gangguan dicari lebih dekat ke pemantau.",
    ),
    "if-port-up": Phrase(
        "If a port on it reports its line up, {element} is cleared.",
        "Bila port di ujungnya melaporkan salurannya hidup, {element} tidak lagi dituduh.",
    ),
    "if-told": Phrase(
        "As soon as those asked have answered, or are found silent too, the fault is named.",
        "Begitu yang ditanya menjawab, atau ternyata diam juga, gangguannya disebutkan.",
    ),
    "if-any-answers": Phrase(
        "One answer from anywhere proves that the monitor sees again; then each site is judged by its own word.",
        "Satu jawaban dari mana pun membuktikan pemantau melihat lagi; lalu tiap lokasi dinilai dari kabarnya.",
    ),
    "if-word": Phrase(
        "The first answer of {node}, or enough missed requests.",
        "Jawaban pertama dari {node}, atau cukup banyak permintaan yang tidak dijawab.",
    ),
    "if-over": Phrase(
        "The end of the work: then it is judged by what it answers.",
        "Selesainya pekerjaan: setelah itu dinilai dari jawabannya.",
    ),
    "if-drawn": Phrase(
        "A node with an address at this site in the inventory, and `served: true`.",
        "Sebuah node dengan alamat di lokasi ini dalam inventaris, dan `served: true`.",
    ),
    "if-monitored": Phrase(
        "A node at this site that is probed (`monitor: [icmp]`) in the inventory.",
        "Sebuah node di lokasi ini yang diperiksa (`monitor: [icmp]`) dalam inventaris.",
    ),
    # -- names
    "name-link": Phrase("{kind} link {a} – {b}", "tautan {kind} {a} – {b}"),
    "name-node": Phrase("{role} {node} ({site})", "{role} {node} ({site})"),
    "name-area": Phrase("power area {area}", "wilayah listrik {area}"),
    "name-vantage": Phrase("the monitor's own connection", "sambungan pemantau sendiri"),
    "fibre": Phrase("probably fibre", "kemungkinan serat optik"),
    "power": Phrase("probably power", "kemungkinan listrik"),
    "device": Phrase("probably the device", "kemungkinan perangkat"),
    "upstream": Phrase("upstream", "di sisi hulu"),
    "unknown": Phrase("not known", "belum diketahui"),
}
