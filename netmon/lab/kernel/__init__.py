"""The lab's network as the kernel's own: a namespace for each node, real forwarding between them."""
