"""Who serves and who uses what in the lab: websites, the public wifi. Pure."""
