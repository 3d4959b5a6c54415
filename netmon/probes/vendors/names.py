"""Names of MIB objects, so that people need not type numbers: those that are read here, and the tables around them.

A module's objects stand behind the identifier that they share. Other names can be had from the modules that pysnmp
brings; no MIB is ever fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from netmon.probes.snmp.ber import oid

_MODULES: Mapping[str, tuple[str, str]] = {
    "BGP4-MIB": (
        "1.3.6.1.2.1.15",
        """
        bgpPeerTable=3 bgpPeerState=3.1.2 bgpPeerAdminStatus=3.1.3 bgpPeerRemoteAs=3.1.9
        bgpPeerFsmEstablishedTransitions=3.1.15 bgpPeerFsmEstablishedTime=3.1.16
        """,
    ),
    "BRIDGE-MIB": (
        "1.3.6.1.2.1.17",
        """
        dot1dBasePortIfIndex=1.4.1.2 dot1dTpFdbTable=4.3 dot1dTpFdbPort=4.3.1.2
        """,
    ),
    "CISCO-CDP-MIB": (
        "1.3.6.1.4.1.9.9.23",
        """
        cdpInterfaceName=1.1.1.1.6 cdpCacheTable=1.2.1 cdpCacheAddress=1.2.1.1.4 cdpCacheVersion=1.2.1.1.5
        cdpCacheDeviceId=1.2.1.1.6 cdpCacheDevicePort=1.2.1.1.7 cdpCachePlatform=1.2.1.1.8
        cdpCacheSysName=1.2.1.1.17
        """,
    ),
    "CISCO-ENTITY-SENSOR-MIB": (
        "1.3.6.1.4.1.9.9.91",
        """
        entSensorValueTable=1.1.1 entSensorType=1.1.1.1.1 entSensorScale=1.1.1.1.2
        entSensorPrecision=1.1.1.1.3 entSensorValue=1.1.1.1.4 entSensorStatus=1.1.1.1.5
        entSensorThresholdTable=1.2.1 entSensorThresholdValue=1.2.1.1.4
        """,
    ),
    "ENTITY-MIB": (
        "1.3.6.1.2.1.47",
        """
        entPhysicalTable=1.1.1 entPhysicalDescr=1.1.1.1.2 entPhysicalContainedIn=1.1.1.1.4
        entPhysicalClass=1.1.1.1.5 entPhysicalName=1.1.1.1.7 entPhysicalSerialNum=1.1.1.1.11
        entPhysicalModelName=1.1.1.1.13 entAliasMappingIdentifier=1.3.2.1.2
        """,
    ),
    "ENTITY-SENSOR-MIB": (
        "1.3.6.1.2.1.99",
        """
        entPhySensorTable=1.1 entPhySensorType=1.1.1.1 entPhySensorScale=1.1.1.2
        entPhySensorPrecision=1.1.1.3 entPhySensorValue=1.1.1.4 entPhySensorOperStatus=1.1.1.5
        """,
    ),
    "GEPON-OLT-COMMON-MIB": (
        "1.3.6.1.4.1.5875",
        """
        cardCpuUtil=800.3.9.2.1.1.8 cardMemUtil=800.3.9.2.1.1.9 onuPonRxOpticalPower=800.3.9.3.3.1.6
        onuPonTxOpticalPower=800.3.9.3.3.1.7 onuPonOpticalVltage=800.3.9.3.3.1.8
        onuPonOpticalCurrent=800.3.9.3.3.1.9 onuPonOpticalTemperature=800.3.9.3.3.1.10
        oltPonOnlineStatus=800.3.9.3.4.1.5 oltPonTxOpticalPower=800.3.9.3.4.1.8
        oltPonAuthOnuNum=800.3.9.3.4.1.12 oltPonOpticalModuleType=800.3.9.3.4.1.15
        oltPonRxOpticalPower=800.3.9.3.7.1.2 sysTemperature=800.3.9.4.5 authOnuListSlot=800.3.10.1.1.2
        authOnuListPon=800.3.10.1.1.3 authOnuListOnuid=800.3.10.1.1.4 authOnuListSnLoid=800.3.10.1.1.8
        onuStatus=800.3.10.1.1.11 authOnuLastUp=800.3.10.1.1.30 authOnuLastDown=800.3.10.1.1.31
        """,
    ),
    "HOST-RESOURCES-MIB": (
        "1.3.6.1.2.1.25",
        """
        hrSystemUptime=1.1 hrMemorySize=2.2 hrStorageTable=2.3 hrStorageType=2.3.1.2 hrStorageDescr=2.3.1.3
        hrStorageAllocationUnits=2.3.1.4 hrStorageSize=2.3.1.5 hrStorageUsed=2.3.1.6 hrProcessorTable=3.3
        hrProcessorLoad=3.3.1.2
        """,
    ),
    "HUAWEI-ENTITY-EXTENT-MIB": (
        "1.3.6.1.4.1.2011.5.25.31",
        """
        hwEntityCpuUsage=1.1.1.1.5 hwEntityMemUsage=1.1.1.1.7 hwEntityTemperature=1.1.1.1.11
        hwOpticalModuleInfoTable=1.1.3 hwEntityOpticalWaveLength=1.1.3.1.2
        hwEntityOpticalTemperature=1.1.3.1.5 hwEntityOpticalVoltage=1.1.3.1.6
        hwEntityOpticalBiasCurrent=1.1.3.1.7 hwEntityOpticalRxPower=1.1.3.1.8
        hwEntityOpticalTxPower=1.1.3.1.9 hwEntityOpticalRxLowThreshold=1.1.3.1.13
        hwEntityOpticalRxHighThreshold=1.1.3.1.14 hwEntityOpticalTxLowThreshold=1.1.3.1.15
        hwEntityOpticalTxHighThreshold=1.1.3.1.16 hwEntityOpticalRxLowWarnThreshold=1.1.3.1.20
        hwEntityOpticalLaneRxPower=1.1.3.1.32
        """,
    ),
    "HUAWEI-XPON-MIB": (
        "1.3.6.1.4.1.2011.6.128",
        """
        hwGponOltOpticsDdmInfoTemperature=1.1.2.23.1.1 hwGponOltOpticsDdmInfoSupplyVoltage=1.1.2.23.1.2
        hwGponOltOpticsDdmInfoTxBiasCurrent=1.1.2.23.1.3 hwGponOltOpticsDdmInfoTxPower=1.1.2.23.1.4
        hwGponOltOpticsDdmInfoRxPower=1.1.2.23.1.5 hwGponDeviceOntSn=1.1.2.43.1.3
        hwGponDeviceOntDespt=1.1.2.43.1.9 hwGponDeviceOntControlRunStatus=1.1.2.46.1.15
        hwGponDeviceOntControlRanging=1.1.2.46.1.20 hwGponDeviceOntControlLastUpTime=1.1.2.46.1.22
        hwGponDeviceOntControlLastDownTime=1.1.2.46.1.23 hwGponDeviceOntControlLastDownCause=1.1.2.46.1.24
        hwGponDeviceOntControlLastDyingGaspTime=1.1.2.46.1.25
        hwGponDeviceOntControlLastRanging=1.1.2.46.1.29 hwGponOntOpticalDdmTemperature=1.1.2.51.1.1
        hwGponOntOpticalDdmBiasCurrent=1.1.2.51.1.2 hwGponOntOpticalDdmTxPower=1.1.2.51.1.3
        hwGponOntOpticalDdmRxPower=1.1.2.51.1.4 hwGponOntOpticalDdmVoltage=1.1.2.51.1.5
        hwGponOntOpticalDdmOltRxOntPower=1.1.2.51.1.6
        """,
    ),
    "IF-MIB": (
        "1.3.6.1.2.1",
        """
        interfaces=2 ifNumber=2.1 ifTable=2.2 ifIndex=2.2.1.1 ifDescr=2.2.1.2 ifType=2.2.1.3 ifMtu=2.2.1.4
        ifSpeed=2.2.1.5 ifPhysAddress=2.2.1.6 ifAdminStatus=2.2.1.7 ifOperStatus=2.2.1.8
        ifLastChange=2.2.1.9 ifInOctets=2.2.1.10 ifInDiscards=2.2.1.13 ifInErrors=2.2.1.14
        ifOutOctets=2.2.1.16 ifOutDiscards=2.2.1.19 ifOutErrors=2.2.1.20 ifXTable=31.1.1 ifName=31.1.1.1.1
        ifHCInOctets=31.1.1.1.6 ifHCInUcastPkts=31.1.1.1.7 ifHCOutOctets=31.1.1.1.10 ifHighSpeed=31.1.1.1.15
        ifConnectorPresent=31.1.1.1.17 ifAlias=31.1.1.1.18 ifCounterDiscontinuityTime=31.1.1.1.19
        ifStackTable=31.1.2 ifStackStatus=31.1.2.1.3 ifTableLastChange=31.1.5
        """,
    ),
    "IP-MIB": (
        "1.3.6.1.2.1.4",
        """
        ipAddrTable=20 ipAdEntIfIndex=20.1.2 ipNetToMediaTable=22 ipNetToMediaPhysAddress=22.1.2
        ipAddressIfIndex=34.1.3 ipNetToPhysicalPhysAddress=35.1.4
        """,
    ),
    "JUNIPER-DOM-MIB": (
        "1.3.6.1.4.1.2636.3.60",
        """
        jnxDomCurrentTable=1.1.1 jnxDomCurrentRxLaserPower=1.1.1.1.5
        jnxDomCurrentTxLaserBiasCurrent=1.1.1.1.6 jnxDomCurrentTxLaserOutputPower=1.1.1.1.7
        jnxDomCurrentModuleTemperature=1.1.1.1.8 jnxDomCurrentRxLaserPowerLowAlarmThreshold=1.1.1.1.10
        jnxDomCurrentModuleVoltage=1.1.1.1.25 jnxDomCurrentLaneRxLaserPower=1.2.1.1.6
        """,
    ),
    "JUNIPER-MIB": (
        "1.3.6.1.4.1.2636.3.1",
        """
        jnxOperatingTable=13 jnxOperatingDescr=13.1.5 jnxOperatingTemp=13.1.7 jnxOperatingCPU=13.1.8
        """,
    ),
    "LLDP-MIB": (
        "1.0.8802.1.1.2",
        """
        lldpRemTablesChange=0.0.1 lldpStatsRemTablesLastChangeTime=1.2.1 lldpLocChassisIdSubtype=1.3.1
        lldpLocChassisId=1.3.2 lldpLocSysName=1.3.3 lldpLocPortTable=1.3.7 lldpLocPortIdSubtype=1.3.7.1.2
        lldpLocPortId=1.3.7.1.3 lldpLocPortDesc=1.3.7.1.4 lldpRemTable=1.4.1
        lldpRemChassisIdSubtype=1.4.1.1.4 lldpRemChassisId=1.4.1.1.5 lldpRemPortIdSubtype=1.4.1.1.6
        lldpRemPortId=1.4.1.1.7 lldpRemPortDesc=1.4.1.1.8 lldpRemSysName=1.4.1.1.9 lldpRemSysDesc=1.4.1.1.10
        lldpRemSysCapEnabled=1.4.1.1.12 lldpRemManAddrTable=1.4.2 lldpRemManAddrIfSubtype=1.4.2.1.3
        lldpRemManAddrIfId=1.4.2.1.4
        """,
    ),
    "LLDP-V2-MIB": (
        "1.3.111.2.802.1.1.13",
        """
        lldpV2LocPortId=1.3.7.1.3 lldpV2RemChassisIdSubtype=1.4.1.1.5 lldpV2RemChassisId=1.4.1.1.6
        lldpV2RemPortIdSubtype=1.4.1.1.7 lldpV2RemPortId=1.4.1.1.8 lldpV2RemSysName=1.4.1.1.10
        """,
    ),
    "MIKROTIK-MIB": (
        "1.3.6.1.4.1.14988",
        """
        mtxrWlStatStrength=1.1.1.1.1.4 mtxrWlRtabStrength=1.1.1.2.1.3 mtxrWlRtabTxRate=1.1.1.2.1.8
        mtxrWlRtabRxRate=1.1.1.2.1.9 mtxrWlRtabUptime=1.1.1.2.1.11 mtxrWlRtabSignalToNoise=1.1.1.2.1.12
        mtxrWlApClientCount=1.1.1.3.1.6 mtxrWlApNoiseFloor=1.1.1.3.1.9 mtxrWlRtabEntryCount=1.1.1.4
        mtxrWlCMRtabEntryCount=1.1.1.6
        mtxrWl60GConnected=1.1.1.8.1.4 mtxrWl60GRssi=1.1.1.8.1.12 mtxrWl60GStaPhyRate=1.1.1.9.1.8
        mtxrWl60GStaDistance=1.1.1.9.1.10 mtxrWlCMREntryCount=1.1.1.10 mtxrHealth=1.1.3
        mtxrHlCoreVoltage=1.1.3.1 mtxrHlCpuTemperature=1.1.3.6 mtxrHlVoltage=1.1.3.8
        mtxrHlTemperature=1.1.3.10 mtxrHlProcessorTemperature=1.1.3.11 mtxrHlPower=1.1.3.12
        mtxrHlCurrent=1.1.3.13 mtxrHlPowerSupplyState=1.1.3.15 mtxrHlBackupPowerSupplyState=1.1.3.16
        mtxrHlFanSpeed1=1.1.3.17 mtxrGaugeTable=1.1.3.100 mtxrGaugeName=1.1.3.100.1.2
        mtxrGaugeValue=1.1.3.100.1.3 mtxrGaugeUnit=1.1.3.100.1.4 mtxrLicVersion=1.1.4.4
        mtxrSerialNumber=1.1.7.3 mtxrFirmwareVersion=1.1.7.4 mtxrFirmwareUpgradeVersion=1.1.7.7
        mtxrBoardName=1.1.7.9 mtxrNeighborTable=1.1.11.1 mtxrNeighborIpAddress=1.1.11.1.1.2
        mtxrNeighborMacAddress=1.1.11.1.1.3 mtxrNeighborPlatform=1.1.11.1.1.5
        mtxrNeighborIdentity=1.1.11.1.1.6 mtxrNeighborInterfaceID=1.1.11.1.1.8
        mtxrInterfaceStatsTable=1.1.14.1 mtxrInterfaceStatsName=1.1.14.1.1.2
        mtxrInterfaceStatsRxFCSError=1.1.14.1.1.45 mtxrInterfaceStatsRxAlignError=1.1.14.1.1.46
        mtxrInterfaceStatsRxDrop=1.1.14.1.1.55 mtxrInterfaceStatsTxDrop=1.1.14.1.1.85
        mtxrInterfaceStatsLinkDowns=1.1.14.1.1.90 mtxrPOETable=1.1.15.1 mtxrPOEName=1.1.15.1.1.2
        mtxrPOEStatus=1.1.15.1.1.3 mtxrPOEVoltage=1.1.15.1.1.4 mtxrPOECurrent=1.1.15.1.1.5
        mtxrPOEPower=1.1.15.1.1.6 mtxrLTEModemSignalRSRP=1.1.16.1.1.4 mtxrLTEModemSignalSINR=1.1.16.1.1.7
        mtxrOpticalTable=1.1.19.1 mtxrOpticalName=1.1.19.1.1.2 mtxrOpticalRxLoss=1.1.19.1.1.3
        mtxrOpticalTxFault=1.1.19.1.1.4 mtxrOpticalWavelength=1.1.19.1.1.5
        mtxrOpticalTemperature=1.1.19.1.1.6 mtxrOpticalSupplyVoltage=1.1.19.1.1.7
        mtxrOpticalTxBiasCurrent=1.1.19.1.1.8 mtxrOpticalTxPower=1.1.19.1.1.9
        mtxrOpticalRxPower=1.1.19.1.1.10 mtxrOpticalVendorName=1.1.19.1.1.11
        mtxrOpticalVendorSerial=1.1.19.1.1.12
        """,
    ),
    "OSPF-MIB": (
        "1.3.6.1.2.1.14",
        """
        ospfNbrTable=10 ospfNbrRtrId=10.1.3 ospfNbrState=10.1.6 ospfNbrEvents=10.1.7
        ospfNbrStateChange=16.2.2
        """,
    ),
    "SNMP-FRAMEWORK-MIB": (
        "1.3.6.1.6.3.10.2.1",
        """
        snmpEngineBoots=2 snmpEngineTime=3
        """,
    ),
    "SNMPv2-MIB": (
        "1.3.6.1.2.1.1",
        """
        system=. sysDescr=1 sysObjectID=2 sysUpTime=3 sysContact=4 sysName=5 sysLocation=6
        """,
    ),
    "UBNT-AirFIBER-MIB": (
        "1.3.6.1.4.1.41112.1.3",
        """
        txFrequency=1.1.5 radioLinkDistM=2.1.4 rxCapacity=2.1.5 txCapacity=2.1.6 rxPower0=2.1.11 radioLinkState=2.1.26
        """,
    ),
    "UBNT-AirMAX-MIB": (
        "1.3.6.1.4.1.41112.1.4",
        """
        ubntRadioFreq=1.1.4 ubntRadioTxPower=1.1.6 ubntWlStatSignal=5.1.5 ubntWlStatCcq=5.1.7
        ubntWlStatNoiseFloor=5.1.8 ubntWlStatTxRate=5.1.9 ubntWlStatRxRate=5.1.10 ubntWlStatStaCount=5.1.15
        ubntAirMaxQuality=6.1.3 ubntAirMaxCapacity=6.1.4 ubntAirMaxAirtime=6.1.7 ubntStaSignal=7.1.3
        ubntStaDistance=7.1.5 ubntStaTxCapacity=7.1.17 ubntStaRxCapacity=7.1.18 ubntStaTxLatency=7.1.21
        ubntHostCpuLoad=8.3 ubntHostTemperature=8.4
        """,
    ),
    "UCD-SNMP-MIB": (
        "1.3.6.1.4.1.2021",
        """
        memory=4 memTotalReal=4.5 memAvailReal=4.6 laLoadInt=10.1.5 ssCpuRawIdle=11.53
        """,
    ),
    "UPS-MIB": (
        "1.3.6.1.2.1.33",
        """
        upsBattery=1.2 upsBatteryStatus=1.2.1 upsSecondsOnBattery=1.2.2 upsEstimatedMinutesRemaining=1.2.3
        upsEstimatedChargeRemaining=1.2.4 upsBatteryVoltage=1.2.5 upsBatteryCurrent=1.2.6
        upsBatteryTemperature=1.2.7 upsInput=1.3 upsInputLineBads=1.3.1 upsInputFrequency=1.3.3.1.2
        upsInputVoltage=1.3.3.1.3 upsOutput=1.4 upsOutputSource=1.4.1 upsOutputPercentLoad=1.4.4.1.5
        upsAlarmsPresent=1.6.1
        """,
    ),
    "ZXGPON-SERVICE-MIB": (
        "1.3.6.1.4.1.3902.1012",
        """
        zxGPonOltAlarmLos=3.12.8.1.1 zxGponOntDevMgmtTypeName=3.28.1.1.1 zxGponOntDevMgmtName=3.28.1.1.2
        zxGponOntDevMgmtDescription=3.28.1.1.3 zxGponOntDevMgmtProvisionSn=3.28.1.1.5
        zxGponOntAdminState=3.28.2.1.1 zxGponOntPhaseState=3.28.2.1.4 zxGponPonRxOpticalLevel=3.50.12.1.1.10
        zxGponPonTxOpticalLevel=3.50.12.1.1.14
        """,
    ),
}


@cache
def objects() -> Mapping[str, Mapping[str, str]]:
    """Return dotted identifiers by module and name."""
    found: dict[str, dict[str, str]] = {}
    for module, (root, words) in _MODULES.items():
        pairs = (word.partition("=") for word in words.split())
        found[module] = {name: root if suffix == "." else f"{root}.{suffix}" for name, _, suffix in pairs}
    return found


def dotted_of(name: str) -> str | None:
    """Return the identifier of `MODULE::object`, `object`, or either with an index behind it; None if unknown."""
    module, has_module, rest = name.rpartition("::")
    label, dot, index = rest.partition(".")
    places = [objects().get(module, {})] if has_module else objects().values()
    found = next((names[label] for names in places if label in names), None)
    return None if found is None else f"{found}{dot}{index}"


@cache
def _by_root() -> tuple[tuple[bytes, str], ...]:
    named = [
        (oid(dotted), f"{module}::{name}") for module, names in objects().items() for name, dotted in names.items()
    ]
    return tuple(sorted(named, key=lambda item: -len(item[0])))


def name_of(encoded: bytes) -> str | None:
    """Return `MODULE::object` of the longest identifier known that this one is, or lies under; None if none is."""
    return next((name for root, name in _by_root() if encoded.startswith(root)), None)
