"""Make a workspace, or find it made; print where it is, how large, and how long that took."""

import argparse
import time
from pathlib import Path

from benchmarks.making import Wanted, kept


def main() -> None:
    """Print the folder first, so that a script can take the first line."""
    options = argparse.ArgumentParser(description="Make a workspace for the benchmarks, kept between runs.")
    options.add_argument("--customers", type=int, default=21_000)
    options.add_argument("--tickets", type=int, default=50_000)
    options.add_argument("--messages", type=int, default=150_000)
    options.add_argument("--folder", type=Path, help="keep it there, instead of the user's cache")
    given = options.parse_args()
    began = time.perf_counter()
    workspace = kept(Wanted(given.customers, given.tickets, given.messages), given.folder)
    took = time.perf_counter() - began
    print(workspace.folder)
    print(f"{workspace.database.stat().st_size / 1e6:,.0f} MB, {took:.1f} s")


if __name__ == "__main__":
    main()
