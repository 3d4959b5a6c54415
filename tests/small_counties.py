"""Inventories of a few nodes, as files, for tests that run the whole of netmon."""

from __future__ import annotations

RING = """\
version: 1
region: kecil
timezone: Asia/Jakarta
vantage: {node: noc, sentinels: [gw]}
auth: {field: {version: 2c, community: {env: E2E_COMMUNITY}}}
defaults: {probe: {icmp: {interval: 1s}, snmp: {interval: 2s, auth: field}}}
cables: [{id: lembah, name: Kabel Lembah}]
sites:
  - {id: noc, name: NOC, kind: noc, lat: -6.90, lon: 112.05}
  - {id: utara, name: Utara, kind: district, lat: -6.80, lon: 112.05}
  - {id: timur, name: Timur, kind: district, lat: -6.85, lon: 112.15}
  - {id: selatan, name: Selatan, kind: district, lat: -6.95, lon: 112.15}
  - {id: bukit, name: Bukit, kind: village, district: utara, lat: -6.78, lon: 112.00}
  - {id: lembah-1, name: Lembah Satu, kind: village, district: timur, lat: -6.84, lon: 112.20}
  - {id: lembah-2, name: Lembah Dua, kind: village, district: timur, lat: -6.82, lon: 112.22}
  - {id: lembah-3, name: Lembah Tiga, kind: village, district: timur, lat: -6.86, lon: 112.22}
  - {id: kantor, name: Kantor Tanpa Peta, kind: opd, district: selatan}
  - {id: terpencil, name: Terpencil, kind: village, district: selatan, lat: -7.00, lon: 112.20, served: false}
nodes:
  - {id: noc, site: noc, address: 198.18.0.10, monitor: []}
  - {id: gw, site: noc, address: 198.18.0.1, monitor: [icmp, snmp]}
  - {id: r1, site: utara, address: 198.18.1.1, monitor: [icmp, snmp]}
  - {id: r2, site: timur, address: 198.18.2.1, monitor: [icmp, snmp]}
  - {id: r3, site: selatan, address: 198.18.3.1, monitor: [icmp, snmp]}
  - {id: w1, site: bukit, address: 198.18.1.2, monitor: [icmp, snmp]}
  - {id: v1, site: lembah-1, address: 198.18.2.2, monitor: [icmp, snmp]}
  - {id: v2, site: lembah-2, address: 198.18.2.3, monitor: [icmp, snmp]}
  - {id: v3, site: lembah-3, address: 198.18.2.4, monitor: [icmp, snmp]}
  - {id: o1, site: kantor, address: 198.18.3.2, monitor: [icmp, snmp]}
links:
  - {id: noc-gw, a: "noc:ether1", b: "gw:ether1", kind: copper}
  - {id: gw-r1, a: "gw:sfp1", b: "r1:sfp1", length_km: 8}
  - {id: r1-r2, a: "r1:sfp2", b: "r2:sfp1", length_km: 9}
  - {id: r2-r3, a: "r2:sfp2", b: "r3:sfp1", length_km: 9}
  - {id: r3-gw, a: "r3:sfp2", b: "gw:sfp2", length_km: 8}
  - {id: r1-w1, a: "r1:sfp3", b: "w1:sfp1", length_km: 6}
  - {id: r2-v1, a: "r2:sfp3", b: "v1:sfp1", length_km: 5, cables: [lembah]}
  - {id: v1-v2, a: "v1:sfp2", b: "v2:sfp1", length_km: 3}
  - {id: v1-v3, a: "v1:sfp3", b: "v3:sfp1", length_km: 3}
  - {id: r3-o1, a: "r3:sfp3", b: "o1:sfp1", length_km: 2}
"""
"""A ring gw–r1–r2–r3 with a village, a valley of three villages behind one cable, and an office.

The office has no coordinates; one village was never connected.
"""

LOOPBACK = """\
version: 1
region: loopback
vantage: {node: noc}
sites:
  - {id: noc, name: NOC, kind: noc, lat: -6.90, lon: 112.05}
  - {id: desa, name: Desa, kind: village, lat: -6.80, lon: 112.05}
nodes:
  - {id: noc, site: noc, address: 127.0.7.1, monitor: []}
  - {id: r1, site: noc, address: 127.0.7.2}
  - {id: r2, site: desa, address: 127.0.7.3}
links:
  - {id: noc-r1, a: noc, b: r1}
  - {id: r1-r2, a: r1, b: r2}
"""
"""Two nodes that this machine itself answers for, so that no lab is needed."""
