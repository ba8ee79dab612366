"""The peer job in polars and numpy, as a competent person writes it: floats, one pass, no framework.

    python polars_numpy.py market.csv[.gz] [out_nav.csv]

Each Monday: while BTC is above its 200-day mean, the 100 largest market caps in proportion, else all cash.
15 bps on traded notional, fractional units, execution at the same close. Prints the last NAV.
"""

import sys

import numpy as np
import polars as pl

WINDOW = 200
COUNT = 100
COST = 0.0015
START_CASH = 1_000_000.0
MONDAY = 1


def read_market(path):
    """Reads the rows by date, then cap descending, with assets as small integers."""
    market = pl.read_csv(
        path,
        columns=["date", "asset", "price", "market_cap"],
        schema_overrides={"date": pl.String, "asset": pl.Categorical, "price": pl.Float64, "market_cap": pl.Float64},
    )
    # Dates come sorted, so a date's rows are adjacent, and only each date's first text is parsed.
    date_runs = market["date"].rle().struct.unnest()
    dates = date_runs["value"].str.to_date()
    starts = np.concatenate([[0], np.cumsum(date_runs["len"].to_numpy(), dtype=np.int64)])
    assets = market["asset"].to_physical().to_numpy()
    is_btc = (market["asset"] == "BTC").to_numpy()
    return dates, starts, assets, is_btc, market["price"].to_numpy(), market["market_cap"].to_numpy()


def bullish_days(starts, is_btc, prices):
    """Says for each date whether BTC's price is above the mean of its last 200 prices, this one included."""
    rows = np.flatnonzero(is_btc)
    btc = prices[rows]
    sums = np.concatenate([[0.0], np.cumsum(btc)])
    above = np.zeros(len(btc), dtype=bool)
    above[WINDOW - 1 :] = btc[WINDOW - 1 :] > (sums[WINDOW:] - sums[:-WINDOW]) / WINDOW
    bullish = np.zeros(len(starts) - 1, dtype=bool)
    bullish[np.searchsorted(starts, rows, side="right") - 1] = above
    return bullish


def value_after_costs(value, weights, held_values):
    """Solves V' = V - cost × Σ|w V' - q p| by iteration: the map contracts by the cost rate."""
    after = value
    while True:
        refined = value - COST * np.abs(weights * after - held_values).sum()
        if abs(refined - after) <= 1e-15 * value:
            return refined
        after = refined


def daily_nav(dates, starts, assets, is_btc, prices, caps):
    """Runs the job: the NAV after trading on each date."""
    bullish = bullish_days(starts, is_btc, prices)
    monday = (dates.dt.weekday() == MONDAY).to_numpy()
    last_price = np.zeros(int(assets.max()) + 1)
    units = np.zeros_like(last_price)
    held = np.empty(0, dtype=np.int64)
    cash = START_CASH
    navs = np.empty(len(dates))
    for day in range(len(dates)):
        rows = slice(starts[day], starts[day + 1])
        last_price[assets[rows]] = prices[rows]
        held_values = units[held] * last_price[held]
        nav = cash + held_values.sum()
        if monday[day] and (bullish[day] or held.size):
            if bullish[day]:
                day_caps = caps[rows]
                top = np.argsort(-day_caps, kind="stable")[:COUNT]
                members = assets[rows][top]
                target = day_caps[top] / day_caps[top].sum()
            else:
                members, target = np.empty(0, dtype=np.int64), np.empty(0)
            involved = np.union1d(held, members)
            weights = np.zeros(len(involved))
            weights[np.searchsorted(involved, members)] = target
            nav = value_after_costs(nav, weights, units[involved] * last_price[involved])
            units[held] = 0.0
            units[members] = target * nav / last_price[members]
            cash = 0.0 if bullish[day] else nav
            held = members
        navs[day] = nav
    return navs


def main():
    dates, *market = read_market(sys.argv[1])
    navs = daily_nav(dates, *market)
    if len(sys.argv) > 2:
        pl.DataFrame({"date": dates, "nav": navs}).write_csv(sys.argv[2])
    print(dates[-1], float(navs[-1]))


if __name__ == "__main__":
    main()
