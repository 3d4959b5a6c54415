"""What is still missing before verdicts can be trusted, in English and Indonesian."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.picture.words.phrases import Phrase

NOT_READY: Mapping[str, Phrase] = {
    "no-inventory": Phrase("no inventory in force yet", "belum ada inventaris yang berlaku"),
    "unjudged": Phrase(
        "{count} of the pinged nodes have not been judged yet", "{count} node yang di-ping belum dinilai"
    ),
    "unexplained": Phrase("what is dark has no fault yet", "yang gelap belum punya penjelasan gangguan"),
    "ending": Phrase("netmon is ending", "netmon sedang berhenti"),
}


def lacking(key: str, **values: object) -> str:
    """Return what is missing, as the API says it.

    Raises:
        KeyError: there is none of this key, or a value is missing.
    """
    return NOT_READY[key].en.format(**values)
