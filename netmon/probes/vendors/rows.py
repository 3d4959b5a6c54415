"""What routers say of themselves, in SI units (dBm for light). None is "no sample" everywhere."""

from __future__ import annotations

from dataclasses import dataclass


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
    `discontinuity_seconds` is the agent's uptime at the counters' last break.
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


@dataclass(frozen=True, slots=True)
class OpticRow:
    """One optical module, keyed by the name of its port.

    `receive_lost` True means that the module says there is no light; its power is then None.
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
