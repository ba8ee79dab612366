"""Compares a regimen run of the peer job with the oracle's NAVs and trades.

    python check_parity.py RUN_FOLDER ORACLE_FOLDER

Prints the largest relative NAV difference and the trades that only one side has; exits with 1 if the NAVs differ by
more than 1e-9 anywhere, or the dates or the sets of (date, asset, side) differ at all.
"""

import csv
import gzip
import sys
from fractions import Fraction
from pathlib import Path

TOLERANCE = Fraction(1, 10**9)


def rows(path):
    opened = gzip.open(path, "rt", newline="") if path.suffix == ".gz" else open(path, newline="")
    with opened as file:
        yield from csv.DictReader(file)


def navs(path, date_column):
    return {row[date_column]: Fraction(row["nav"]) for row in rows(path)}


def compare_navs(ours, theirs):
    """Prints the comparison and returns whether it holds."""
    for side, missing in (("run", theirs.keys() - ours.keys()), ("oracle", ours.keys() - theirs.keys())):
        if missing:
            print(f"NAV: the {side} lacks {len(missing)} dates, the first {min(missing)}")
    shared = sorted(ours.keys() & theirs.keys())
    if not shared:
        print("NAV: no date in common")
        return False
    difference, worst = max((abs(ours[date] / theirs[date] - 1), date) for date in shared)
    print(f"NAV: {len(shared)} dates, largest relative difference {float(difference):.3g} on {worst}")
    print(f"NAV: last {float(ours[shared[-1]])!r}, oracle {float(theirs[shared[-1]])!r}")
    return ours.keys() == theirs.keys() and difference <= TOLERANCE


def compare_trades(ours, theirs):
    """Prints the comparison and returns whether it holds."""
    print(f"trades: {len(ours)} in the run, {len(theirs)} in the oracle, {len(ours & theirs)} in both")
    for side, only in (("run", ours - theirs), ("oracle", theirs - ours)):
        for date, asset, direction in sorted(only)[:5]:
            print(f"trades: only in the {side}: {date} {direction} {asset}")
    return ours == theirs


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    run, oracle = map(Path, sys.argv[1:])
    navs_agree = compare_navs(navs(run / "nav.csv", "as_of"), navs(oracle / "nav.csv", "date"))
    trades_agree = compare_trades(
        {(row["as_of"], row["asset"], row["side"]) for row in rows(run / "transactions.csv") if row["side"]},
        {(row["date"], row["asset"], row["side"]) for row in rows(oracle / "trades.csv.gz")},
    )
    print("parity holds" if navs_agree and trades_agree else "parity FAILS")
    sys.exit(0 if navs_agree and trades_agree else 1)


if __name__ == "__main__":
    main()
