"""The lab: plays any inventory as a network of kernel namespaces, with faults."""
