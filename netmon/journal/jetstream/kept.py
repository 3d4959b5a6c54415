"""What a journal on NATS keeps beside its stream: inventories by digest, and checkpoints, in two object stores."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

from nats.js.api import ObjectMeta
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError
from nats.js.object_store import ObjectStore

from netmon.journal.checkpoint import Checkpoint, Stamp, superfluous
from netmon.journal.jetstream.copies import answered

Head = tuple[Stamp, dict[str, Any]]
"""All of a checkpoint but its content: which one, and its `fingerprint`, `digest`, and `chain` where it is known."""


class Kept:
    """The stores of the journal `name`."""

    def __init__(self, js: JetStreamContext, name: str) -> None:
        self._js = js
        self._name = name
        self._stores: dict[str, ObjectStore] = {}

    async def open(self, *, replicas: int, read_only: bool) -> None:
        """Open the stores, and make those that are not there; a reader makes nothing."""
        for kind in ("inventories", "checkpoints"):
            bucket = f"{self._name}-{kind}"
            try:
                self._stores[kind] = await self._js.object_store(bucket)
            except NotFoundError:
                if read_only:
                    raise
                self._stores[kind] = await self._js.create_object_store(bucket, replicas=replicas)

    async def put_inventory(self, digest: str, document: str) -> None:
        """Keep an inventory."""
        await self._stores["inventories"].put(digest, document.encode())

    async def inventory(self, digest: str) -> bytes:
        """Return an inventory, as a JSON document."""
        return (await self._stores["inventories"].get(digest)).data or b""

    async def heads(self) -> list[Head]:
        """Return which checkpoints there are, newest first."""
        try:
            listed = await self._stores["checkpoints"].list()
        except NotFoundError:
            return []
        heads = [(int(one.name), json.loads(one.description or "{}")) for one in listed if not one.deleted]
        stamps = [(Stamp(position, head["at"], head["is_base"]), head) for position, head in heads]
        return sorted(stamps, key=lambda pair: pair[0], reverse=True)

    async def newest(self) -> int:
        """Return the position of the newest checkpoint, 0 when there is none.

        Whoever leads the store is asked, and no reader is needed, for which all servers would have to agree: whoever
        takes over when a server has died must not wait for that.
        """
        bucket = f"{self._name}-checkpoints"
        before = f"$O.{bucket}.M."
        info = await answered(lambda: self._js.stream_info(f"OBJ_{bucket}", subjects_filter=f"{before}>"))
        subjects = info.state.subjects or ()
        names = (base64.urlsafe_b64decode(subject.removeprefix(before)).decode() for subject in subjects)
        for name in sorted(names, reverse=True):
            with contextlib.suppress(NotFoundError):  # it was dropped
                await self._stores["checkpoints"].get_info(name)
                return int(name)
        return 0

    async def checkpoint(self, head: Head) -> Checkpoint:
        """Return a whole checkpoint."""
        stamp, said = head
        content = (await self._stores["checkpoints"].get(_name(stamp.position))).data or b""
        return Checkpoint(*stamp[:2], said["fingerprint"], content, stamp.is_base, said["digest"])

    async def put(self, checkpoint: Checkpoint, chain: str | None) -> None:
        """Keep a checkpoint, with the chain value of the last entry that is in it."""
        head = {
            "at": checkpoint.at, "is_base": checkpoint.is_base, "fingerprint": checkpoint.fingerprint,
            "digest": checkpoint.digest, "chain": chain,
        }  # fmt: skip
        meta = ObjectMeta(name=_name(checkpoint.position), description=json.dumps(head))
        await self._stores["checkpoints"].put(_name(checkpoint.position), checkpoint.content, meta=meta)

    async def thin_out(self) -> None:
        """Drop the checkpoints that are no longer of use."""
        for position in superfluous(stamp for stamp, _ in await self.heads()):
            await self._stores["checkpoints"].delete(_name(position))

    async def make_base(self, before: float) -> int | None:
        """Make the newest checkpoint older than `before` the base, and drop those before it; return its position."""
        heads = await self.heads()
        base = next((head for head in heads if head[0].at < before), None)
        if base is None:
            return None
        (position, at, is_base), said = base
        if not is_base:
            content = (await self.checkpoint(base)).content
            whole = Checkpoint(position, at, said["fingerprint"], content, is_base=True, digest=said["digest"])
            await self.put(whole, said.get("chain"))
        for stamp, _ in heads:
            if stamp.position < position:
                await self._stores["checkpoints"].delete(_name(stamp.position))
        return int(position)


def _name(position: int) -> str:
    return f"{position:020}"
