#!/usr/bin/env python3
"""Runs Global 100 under each rule of `rules/` and prints a table of what each did, for docs/regimes.md.

    backtests/regimes/compare.py MARKET EXCLUSIONS [--runs 200] [--seed 1] [--only RULE ...]

MARKET is a CSV of daily snapshots with the columns date, asset, price, market_cap and volume; EXCLUSIONS one with the columns
coingecko_id and kind, of assets that are no constituents. Needs nothing but Python and `regimen` (`cargo build --release`).
"""

import argparse
import csv
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The stablecoins of the years before 2021, by the slugs of their vendors, and an asset whose market cap is wrong.
FURTHER = dict.fromkeys(
    "bitusd nubits trueusd single-collateral-dai multi-collateral-dai usdk susd neutrino-usd gemini-dollar paxos-standard".split(),
    "stablecoin",
) | {"innovative-bioresearch-classic": "broken_data"}


def main():
    arguments = parsed()
    folder = arguments.out
    folder.mkdir(parents=True, exist_ok=True)
    write_asset_list(arguments.exclusions, folder / "assets.csv")
    rules = arguments.only or sorted(path.stem for path in (HERE / "rules").glob("*.toml"))
    rows = []
    for rule in rules:
        rows.append(row(rule, *run(rule, folder, arguments)))
        print(rows[-1], file=sys.stderr, flush=True)
    print("| rule | NAV multiple | worst drawdown | flips | time bullish | switches cost | one day late | NAV percentile | drawdown percentile |")
    print("|---|---|---|---|---|---|---|---|---|")
    print("\n".join([always_bullish(folder / rules[0] / "run")] + rows))


def parsed():
    parser = argparse.ArgumentParser(description="Global 100 under several regime rules.")
    parser.add_argument("market", type=Path)
    parser.add_argument("exclusions", type=Path)
    parser.add_argument("--from", dest="first", default="2015-01-01", help="the first date of each run")
    parser.add_argument("--runs", type=int, default=200, help="random runs for each rule")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out/regimes"))
    parser.add_argument("--regimen", type=Path, default=HERE.parents[1] / "target/release/regimen")
    parser.add_argument("--only", nargs="+", metavar="RULE")
    return parser.parse_args()


def write_asset_list(exclusions, path):
    categories = dict(FURTHER)
    with exclusions.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            # One of the vendors prefixes the identifiers of another.
            for asset in (line["coingecko_id"], "cg:" + line["coingecko_id"]):
                categories.setdefault(asset, line["kind"])
    lines = [f"{asset},{category}\n" for asset, category in sorted(categories.items())]
    path.write_text("asset,category\n" + "".join(lines), encoding="utf-8")


def run(rule, folder, arguments):
    definition = folder / f"{rule}.toml"
    parts = [HERE / "definition.toml", HERE / "rules" / f"{rule}.toml"]
    definition.write_text("\n".join(part.read_text(encoding="utf-8") for part in parts), encoding="utf-8")
    out = folder / rule / "run"
    command = [arguments.regimen, "backtest", definition, "--snapshots", arguments.market, "--out", out, "--from", arguments.first]
    command += ["--counterfactuals", arguments.runs, "--seed", arguments.seed, "--format", "json"]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    return [json.loads((out / name).read_text()) for name in ("summary.json", "regime_report.json")]


def row(rule, summary, report):
    snapshots = summary["snapshots_in_regime"]
    cost = sum((Decimal(switch["cost_of_nav"]) for switch in report["switches"]), Decimal(0))
    random = report["counterfactuals"]["random"]
    percentiles = [random[figure]["percentile_of_rule"] for figure in ("nav_multiple", "worst_drawdown")]
    return "| " + " | ".join(
        [
            f"`{rule}`",
            f"{Decimal(summary['nav_multiple']):,.2f}",
            f"{Decimal(summary['worst_drawdown']) * 100:.1f} %",
            str(report["flips"]),
            f"{Decimal(snapshots['bullish']) * 100 / Decimal(summary['snapshots']):.0f} %",
            f"{cost * 100:.1f} % of NAV",
            f"{Decimal(report['counterfactuals']['late'][0]['run']['nav_multiple']):,.2f}",
            *(f"{Decimal(percentile):.1f}" for percentile in percentiles),
        ]
    ) + " |"


def always_bullish(folder):
    run = json.loads((folder / "regime_report.json").read_text())["counterfactuals"]["always_bullish"]
    drawdown = f"{Decimal(run['worst_drawdown']) * 100:.1f} %"
    return f"| always bullish | {Decimal(run['nav_multiple']):,.2f} | {drawdown} | 0 | 100 % | 0.0 % of NAV | | | |"


if __name__ == "__main__":
    main()
