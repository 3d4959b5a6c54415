"""`python -m netmon` is the `netmon` command."""

from netmon.cli.main import main

main()
