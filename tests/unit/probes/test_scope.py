"""How far inside an address lies."""

from __future__ import annotations

from netmon.probes.services.scope import Scope, scope_of
from tests.rows import every_row


@every_row(
    ("address", "scope"),
    [
        ("9.9.9.9", Scope.PUBLIC),
        ("2620:fe::fe", Scope.PUBLIC),
        ("10.0.0.1", Scope.CLOSED),
        ("192.168.1.1", Scope.CLOSED),
        ("100.64.0.1", Scope.CLOSED),
        ("198.18.12.2", Scope.CLOSED),
        ("fd00::1", Scope.CLOSED),
        ("127.0.0.53", Scope.OWN),
        ("0.0.0.0", Scope.OWN),
        ("169.254.169.254", Scope.OWN),
        ("224.0.0.1", Scope.OWN),
        ("255.255.255.255", Scope.OWN),
        ("::", Scope.OWN),
        ("::1", Scope.OWN),
        ("fe80::1%eth0", Scope.OWN),
        ("ff02::1", Scope.OWN),
        ("::ffff:127.0.0.1", Scope.OWN),
        ("::ffff:10.0.0.1", Scope.CLOSED),
        ("::ffff:9.9.9.9", Scope.PUBLIC),
        ("64:ff9b::7f00:1", Scope.OWN),
        ("64:ff9b::909:909", Scope.PUBLIC),
    ],
)
def test_where_an_address_lies(address: str, scope: Scope) -> None:
    assert scope_of(address) is scope
