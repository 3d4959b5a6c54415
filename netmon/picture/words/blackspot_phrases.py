"""What is wrong with a site that is up and not to be called served, in English and Indonesian."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.picture.words.phrases import Phrase
from netmon.topology.blackspots import SAYINGS

_INDONESIAN: Mapping[str, str] = {
    "flapping": "{fault}: gelap {count} kali, berulang-ulang",
    "slower": "{link}: hasil uji {now} dari {contract} Mbit/s menurut kontrak",
    "dim": "{port}: cahaya kurang {short} dB dari kebutuhan penerimanya",
}

BLACK_SPOTS: Mapping[str, Phrase] = {key: Phrase(english, _INDONESIAN[key]) for key, english in SAYINGS.items()}
