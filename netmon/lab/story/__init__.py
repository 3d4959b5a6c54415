"""What is done to the lab's network, and what is therefore true. Pure."""
