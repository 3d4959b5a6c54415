"""What devices say of themselves, in SI units (dBm for light and radio). None is "no sample" everywhere.

`key` tells rows of one device apart; what two tables say of one key becomes one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class SystemRow:
    """The system group and the three clocks that tell how long a router has been up.

    `uptime_seconds` is the best of them; `agent_seconds` is sysUpTime (of the SNMP agent, wraps at 497 days),
    `host_seconds` hrSystemUptime (of the host, wraps too).
    """

    object_id: str | None = None
    vendor: str | None = None
    description: str | None = None
    name: str | None = None
    contact: str | None = None
    location: str | None = None
    uptime_seconds: float | None = None
    agent_seconds: float | None = None
    host_seconds: float | None = None
    interface_count: int | None = None


@dataclass(frozen=True, slots=True)
class InterfaceRow:
    """One interface, keyed by `name` (ifName); `index` may change at a reboot.

    `oper_status` is IF-MIB's word. Byte counters of `counter_bits` 32 wrap every few minutes.
    `discontinuity_seconds` is the agent's uptime at the counters' last break. `checksum_errors` are frames with a
    bad FCS, the best sign of a bad fibre or patch cord; `link_downs` counts flaps.
    """

    name: str
    index: int
    alias: str | None = None
    type: int | None = None
    admin_up: bool | None = None
    oper_up: bool | None = None
    oper_status: str | None = None
    speed_bits_per_second: float | None = None
    receive_bytes: int | None = None
    transmit_bytes: int | None = None
    receive_errors: int | None = None
    transmit_errors: int | None = None
    receive_discards: int | None = None
    transmit_discards: int | None = None
    counter_bits: int = 64
    discontinuity_seconds: float | None = None
    checksum_errors: int | None = None
    link_downs: int | None = None

    @property
    def key(self) -> str:
        """The port."""
        return self.name


@dataclass(frozen=True, slots=True)
class OpticRow:
    """One optical module, keyed by the name of its port.

    `receive_lost` True means that the module says there is no light; its power is then None. The limits are the
    module's own: `alarm` outside which it is out of order, `warning` outside which it soon will be.
    """

    port: str
    receive_power_dbm: float | None = None
    transmit_power_dbm: float | None = None
    receive_lost: bool | None = None
    transmit_fault: bool | None = None
    temperature_celsius: float | None = None
    bias_amperes: float | None = None
    supply_volts: float | None = None
    wavelength_meters: float | None = None
    receive_low_alarm_dbm: float | None = None
    receive_low_warning_dbm: float | None = None
    receive_high_warning_dbm: float | None = None
    receive_high_alarm_dbm: float | None = None
    transmit_low_alarm_dbm: float | None = None
    transmit_high_alarm_dbm: float | None = None

    @property
    def key(self) -> str:
        """The port."""
        return self.port


class Quantity(StrEnum):
    """What a sensor measures, with its unit. A power supply has no value, only a state."""

    CPU = "cpu_ratio"
    MEMORY = "memory_used_ratio"
    MEMORY_SIZE = "memory_size_bytes"
    TEMPERATURE = "temperature_celsius"
    SUPPLY = "supply_volts"  # what comes in: it sags before the power is lost
    VOLTAGE = "volts"
    CURRENT = "amperes"
    POWER = "watts"
    FAN = "fan_rpm"
    HUMIDITY = "humidity_ratio"
    POWER_SUPPLY = "power_supply"


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One measure or state of a device's own well-being; `is_ok` is the device's judgement, if it has one."""

    quantity: Quantity
    name: str
    value: float | None = None
    is_ok: bool | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What is measured, and where."""
        return self.quantity, self.name


@dataclass(frozen=True, slots=True)
class PoeRow:
    """Power that a port feeds to what hangs on it. `is_fault`: it should and cannot."""

    port: str
    status: str | None = None
    is_feeding: bool | None = None
    is_fault: bool | None = None
    volts: float | None = None
    amperes: float | None = None
    watts: float | None = None

    @property
    def key(self) -> str:
        """The port."""
        return self.port


class OnuCause(StrEnum):
    """Why an ONU went off, one word for every maker's list."""

    POWER = "power"
    FIBRE = "fibre"
    ADMIN = "admin"
    AUTH = "auth"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OnuRow:
    """One ONU as its OLT sees it, keyed by the PON port and its number there.

    `receive_power_dbm` is what the ONU receives, `olt_receive_power_dbm` what the OLT receives from it.
    `last_up`, `last_down` are texts in the OLT's own clock.
    """

    port: str
    onu: int
    serial: str | None = None
    name: str | None = None
    online: bool | None = None
    state: str | None = None
    admin_up: bool | None = None
    last_down_cause: OnuCause | None = None
    last_down: str | None = None
    last_up: str | None = None
    distance_meters: float | None = None
    receive_power_dbm: float | None = None
    transmit_power_dbm: float | None = None
    olt_receive_power_dbm: float | None = None
    temperature_celsius: float | None = None
    bias_amperes: float | None = None
    supply_volts: float | None = None

    @property
    def key(self) -> tuple[str, int]:
        """The PON port and the number."""
        return self.port, self.onu


@dataclass(frozen=True, slots=True)
class UpsRow:
    """An uninterruptible power supply. `source` and `battery_status` are UPS-MIB's words."""

    name: str = "ups"
    battery_status: str | None = None
    source: str | None = None
    on_battery: bool | None = None
    on_battery_seconds: float | None = None
    remaining_seconds: float | None = None
    charge_ratio: float | None = None
    battery_volts: float | None = None
    battery_amperes: float | None = None
    battery_celsius: float | None = None
    input_volts: float | None = None
    input_hertz: float | None = None
    output_volts: float | None = None
    load_ratio: float | None = None
    line_failures: int | None = None
    alarms: int | None = None

    @property
    def key(self) -> str:
        """The unit."""
        return self.name


@dataclass(frozen=True, slots=True)
class NeighbourRow:
    """Whom a port hears: "port P of this device sees B". `protocol` is lldp, cdp or mndp."""

    local_port: str | None
    remote_name: str | None = None
    remote_chassis: str | None = None
    remote_port: str | None = None
    remote_address: str | None = None
    protocol: str = "lldp"

    @property
    def key(self) -> tuple[str | None, str | None, str | None, str | None, str]:
        """The port and everything that names the other end."""
        return self.local_port, self.remote_chassis, self.remote_name, self.remote_port, self.protocol


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """An id by which neighbours may know the device: its chassis id or one of its MACs, and whose port that is."""

    id: str
    port: str | None = None

    @property
    def key(self) -> tuple[str, str | None]:
        """The id, on its port."""
        return self.id, self.port


@dataclass(frozen=True, slots=True)
class ForwardingRow:
    """A station that a bridge has learned behind one of its ports."""

    port: str
    mac: str
    vlan: int | None = None

    @property
    def key(self) -> tuple[str, int | None]:
        """The station, in its VLAN."""
        return self.mac, self.vlan


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An IP address and the station that has it, out of the ARP or neighbour cache; `mac` None: the device's own."""

    port: str
    address: str
    mac: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The address, on its port."""
        return self.port, self.address


@dataclass(frozen=True, slots=True)
class RadioRow:
    """One radio of a device, or the link it holds."""

    port: str
    frequency_hertz: float | None = None
    signal_dbm: float | None = None
    expected_signal_dbm: float | None = None
    noise_dbm: float | None = None
    signal_to_noise_db: float | None = None
    transmit_power_dbm: float | None = None
    transmit_bits_per_second: float | None = None
    receive_bits_per_second: float | None = None
    stations: int | None = None
    link_up: bool | None = None
    link_up_seconds: float | None = None
    quality_ratio: float | None = None
    distance_meters: float | None = None

    @property
    def key(self) -> str:
        """The radio."""
        return self.port


@dataclass(frozen=True, slots=True)
class StationRow:
    """A wireless client of a radio."""

    port: str
    mac: str
    signal_dbm: float | None = None
    signal_to_noise_db: float | None = None
    transmit_bits_per_second: float | None = None
    receive_bits_per_second: float | None = None
    distance_meters: float | None = None
    uptime_seconds: float | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The radio and the client."""
        return self.port, self.mac


@dataclass(frozen=True, slots=True)
class RoutingRow:
    """A neighbour of a routing protocol (`ospf` or `bgp`). `state` is the MIB's word; `is_up`: it exchanges routes.

    `changes` counts since the agent's start; `seconds` is how long a BGP session has lasted.
    """

    protocol: str
    neighbour: str
    router_id: str | None = None
    state: str | None = None
    is_up: bool | None = None
    admin_up: bool | None = None
    remote_as: int | None = None
    changes: int | None = None
    seconds: float | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The protocol and the neighbour's address."""
        return self.protocol, self.neighbour


@dataclass(frozen=True, slots=True)
class EntityRow:
    """A physical part of a device (ENTITY-MIB). `port` is the port that it is, or that it sits in."""

    index: int
    kind: str | None = None
    name: str | None = None
    description: str | None = None
    model: str | None = None
    serial: str | None = None
    port: str | None = None

    @property
    def key(self) -> int:
        """The index, which may change at a restart."""
        return self.index


Row = (
    InterfaceRow
    | EntityRow
    | OpticRow
    | HealthRow
    | PoeRow
    | OnuRow
    | UpsRow
    | NeighbourRow
    | IdentityRow
    | ForwardingRow
    | AddressRow
    | RadioRow
    | StationRow
    | RoutingRow
)
