"""What diagnosis says for an element (`topology/diagnosis/sayings`), in English and Indonesian."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.picture.words.phrases import Phrase
from netmon.topology.diagnosis.sayings import SAYINGS

_INDONESIAN: Mapping[str, str] = {
    # -- nodes
    "forwarding": "{node} tidak menjawab, tetapi node yang menjawab hanya terjangkau melaluinya: ia meneruskan",
    "undrawn": "{node} gelap, dan pada gambar jaringan tidak ada jalur dari pemantau ke sana",
    "dark": "{node} gelap",
    "dark-beside": "{node} gelap; di sebelahnya {nodes} menjawab",
    "dark-beside-many": "{node} gelap; di sebelahnya, {nodes} menjawab",
    "dark-beside-carrying": "{node} gelap; di sebelahnya {nodes} pasti bekerja: yang menjawab hanya "
    "terjangkau lewat situ",
    "unmonitored": "{node} tidak dipantau",
    "unmonitored-beside": "{node} tidak dipantau; di sebelahnya {nodes} menjawab",
    "unmonitored-beside-many": "{node} tidak dipantau; di sebelahnya, {nodes} menjawab",
    "unmonitored-beside-carrying": "{node} tidak dipantau; di sebelahnya {nodes} pasti bekerja: yang menjawab hanya "
    "terjangkau lewat situ",
    "area-together": "node di wilayah listrik {area} gelap bersamaan: {nodes}",
    "one-behind": "1 node gelap di belakangnya: {nodes}",
    "behind": "{count} node gelap di belakangnya: {nodes}",
    # -- links and cables
    "beyond": "{node} menjawab, dan di seberang {link} {far} tidak",
    "beyond-unknown": "{node} menjawab, dan tentang {far} di seberang {link} tidak ada yang diketahui",
    "carrying-but-here": "{node} meneruskan, tetapi tidak melalui {link} ke {far}",
    "line-lost": "kedua ujung {link} menjawab ({node} dan {far}), tetapi salurannya mati: jalur cadangan hilang",
    "line-lost-between": "{node} dan {far} bekerja, tetapi {link} di antaranya mati: jalur cadangan hilang",
    "only-ways": "kabel {cable} berada di satu-satunya jalur ke yang gelap",
    "links-lost": "tautan di kabel {cable} hilang: {links}",
    "links-lost-together": "tautan di kabel {cable} hilang bersamaan: {links}",
    # -- ports
    "port-up": "port {port} hidup: tautannya tidak putus",
    "port-down": "port {port} mati",
    "port-unheard": "port {port} hidup, tetapi tidak lagi mendengar tetangganya",
    "port-lit": "port {port} menerima cahaya: seratnya tidak putus",
    "port-unlit": "port {port} tidak menerima cahaya",
    # -- the monitor itself
    "nobody-answers": "tidak ada node yang menjawab; {count} gelap: {nodes}",
    "sentinels": "begitu juga penjaga {node}: {nodes}",
}

DIAGNOSIS: Mapping[str, Phrase] = {key: Phrase(english, _INDONESIAN[key]) for key, english in SAYINGS.items()}
