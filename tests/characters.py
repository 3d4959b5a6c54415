"""The characters that texts are made of in properties."""

from __future__ import annotations

from hypothesis import strategies as st

UNICODE = st.characters(exclude_categories=["Cs"])
"""Whatever UTF-8 can write: all but surrogates.

`st.text()` without an alphabet and `codec="utf-8"` mean the same, but Hypothesis then tries to encode every character
that there is.
"""
