"""SNMP polling: a small codec, one socket per address family, table walks and the poller of all routers."""
