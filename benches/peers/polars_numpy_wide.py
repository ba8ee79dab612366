"""The peer job in polars and numpy, as most people write it first: one wide array of dates × assets per column.

    python polars_numpy_wide.py market.csv[.gz]

The job is that of polars_numpy.py; this one lets polars parse the dates and holds the market as wide arrays of floats.
Prints the last NAV.
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
    """Returns dates, assets, and prices and caps as arrays of dates × assets, NaN where there is no row."""
    columns = ["date", "asset", "price", "market_cap"]
    market = pl.read_csv(path, try_parse_dates=True, columns=columns)
    dates = market["date"].unique().sort()
    assets = market["asset"].unique().sort()
    row = dates.search_sorted(market["date"]).to_numpy()
    column = market["asset"].cast(pl.Enum(assets)).to_physical().to_numpy()
    prices = np.full((len(dates), len(assets)), np.nan)
    caps = np.full_like(prices, np.nan)
    prices[row, column] = market["price"].to_numpy()
    caps[row, column] = market["market_cap"].to_numpy()
    return dates, assets.to_list(), prices, caps


def bullish_days(btc):
    """Says for each date whether BTC's price is above the mean of its last 200 prices, this one included."""
    sums = np.concatenate([[0.0], np.cumsum(btc)])
    bullish = np.zeros(len(btc), dtype=bool)
    bullish[WINDOW - 1 :] = btc[WINDOW - 1 :] > (sums[WINDOW:] - sums[:-WINDOW]) / WINDOW
    return bullish


def target_weights(caps):
    """The weights of the largest caps of a date, in proportion."""
    caps = np.where(np.isnan(caps), -1.0, caps)
    top = np.argsort(-caps, kind="stable")[:COUNT]
    top = top[caps[top] > 0]
    weights = np.zeros(len(caps))
    weights[top] = caps[top] / caps[top].sum()
    return weights


def value_after_costs(value, weights, held_values):
    """Solves V' = V - cost × Σ|w V' - q p| by iteration."""
    after = value
    while True:
        refined = value - COST * np.abs(weights * after - held_values).sum()
        if abs(refined - after) <= 1e-15 * value:
            return refined
        after = refined


def daily_nav(dates, assets, prices, caps):
    """Runs the job: the NAV after trading on each date."""
    bullish = bullish_days(prices[:, assets.index("BTC")])
    monday = (dates.dt.weekday() == MONDAY).to_numpy()
    last_price = np.zeros(len(assets))
    units = np.zeros(len(assets))
    cash = START_CASH
    navs = np.empty(len(dates))
    for day in range(len(dates)):
        quoted = ~np.isnan(prices[day])
        last_price[quoted] = prices[day, quoted]
        held_values = units * last_price
        nav = cash + held_values.sum()
        if monday[day] and (bullish[day] or units.any()):
            weights = target_weights(caps[day]) if bullish[day] else np.zeros(len(assets))
            nav = value_after_costs(nav, weights, held_values)
            units = np.divide(weights * nav, last_price, out=np.zeros(len(assets)), where=weights > 0)
            cash = 0.0 if bullish[day] else nav
        navs[day] = nav
    return navs


def main():
    dates, *market = read_market(sys.argv[1])
    print(dates[-1], float(daily_nav(dates, *market)[-1]))


if __name__ == "__main__":
    main()
