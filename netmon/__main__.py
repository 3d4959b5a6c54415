"""`netmon` and `python -m netmon`, which are one: an interrupt is told kindly from before anything is loaded."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Load the command line and run it; who is interrupted on the way ends quietly, with exit code 130."""
    try:
        from netmon.cli.loading import Loading  # noqa: PLC0415 (nothing is imported before the interrupt is caught)

        with Loading():
            from netmon.cli.main import main as run  # noqa: PLC0415
        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
