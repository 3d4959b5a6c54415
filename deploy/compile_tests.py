"""Compile the tests as pytest does, by all CPUs: the first run would do so module by module while it collects them.

Pytest writes asserts anew, so that they say what they compared; that takes longer than all else of collecting. It has
no command for it, and what is called here is not public: where it changes, the first run takes as long as it did.
"""

from __future__ import annotations

from multiprocessing import Pool
from pathlib import Path

from _pytest.assertion import AssertionState
from _pytest.assertion.rewrite import PYC_TAIL, _rewrite_test, _write_pyc, get_cache_dir
from _pytest.config import get_config


def main() -> None:
    """Compile what pytest would: the modules of tests, and what configures them."""
    paths = [path for pattern in ("test_*.py", "conftest.py") for path in Path("tests").absolute().rglob(pattern)]
    with Pool() as pool:
        pool.map(compile_one, sorted(paths, key=lambda path: -path.stat().st_size), chunksize=4)


def compile_one(path: Path) -> None:
    """Write the bytecode of one module to where pytest looks for it."""
    config = get_config()
    hashed, code = _rewrite_test(path, config)
    folder = get_cache_dir(path)
    folder.mkdir(parents=True, exist_ok=True)
    _write_pyc(AssertionState(config, "rewrite"), code, hashed, folder / f"{path.stem}{PYC_TAIL}")


if __name__ == "__main__":
    main()
