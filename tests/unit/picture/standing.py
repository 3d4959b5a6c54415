"""A ring that stands still."""

from __future__ import annotations

from tests.drawings import drawing
from tests.unit.picture.story import Story

FIRST = "gw:a a:gw"


def ring() -> Story:
    """Draw a ring gw–a–b–c–gw with a village on a and one on b; all ports are read as up but the villages'."""
    story = Story(drawing("noc-gw gw-a a-b b-c c-gw a-v b-w", ports=True))
    story.now += 5.0
    story.read("gw:a gw:c a:gw a:b a:v b:a b:c b:w c:b c:gw", up=True)
    return story
