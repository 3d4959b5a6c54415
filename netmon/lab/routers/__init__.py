"""What the lab's routers say of themselves: SNMP agents and traps, drawn or recorded."""
