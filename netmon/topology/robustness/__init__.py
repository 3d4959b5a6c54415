"""What the network hangs on: what one failure darkens, how many ways a site has, what would happen if."""
