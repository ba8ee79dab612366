"""The three CRIX indices in plain floats, from their published rules, beside and apart from the engine.

    python3 crix.py market > market.csv            a made-up market: whole numbers in, the same bytes on every machine
    python3 crix.py levels market.csv > levels.csv

Python's standard library alone. `levels.csv` is committed; the test makes the market again and compares the engine with it.
"""

import csv
import hashlib
import sys
from collections import defaultdict
from datetime import date, timedelta

FIRST, LAST, BASE = date(2014, 3, 29), date(2016, 4, 6), date(2014, 7, 31)
ASSETS = 96
# A month's last day, a day within a month: the file has no row of them.
NO_SNAPSHOT = {date(2014, 12, 31), date(2015, 6, 10)}
COUNTS = [
    (date(2014, 8, 1), 5),
    (date(2014, 11, 1), 25),
    (date(2015, 2, 1), 5),
    (date(2015, 5, 1), 30),
    (date(2015, 8, 1), 15),
    (date(2015, 11, 1), 30),
    (date(2016, 2, 1), 55),
]


class Numbers:
    """Knuth's linear congruential generator of 64 bits; the high 32 bits of each state count."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 32) % limit


def scientific(mantissa, exponent):
    """Writes a number of 17 digits as C's `%.16e` does."""
    return f"{mantissa // 10**16}.{mantissa % 10**16:016d}e{exponent:+03d}"


def seventeen_digits(mantissa, exponent):
    while mantissa >= 10**17:
        mantissa, exponent = mantissa // 10, exponent + 1
    while mantissa < 10**16:
        mantissa, exponent = mantissa * 10, exponent - 1
    return mantissa, exponent


def coin(number):
    """Yields the cells of an asset, day by day; `None` for a day without a row."""
    numbers = Numbers(number + 1)
    mantissa = 10**16 + numbers.below(2**31) * 40_000_000
    # A few prices lie below 1e-10, one beyond the decimal places that a decimal has.
    exponent = -11 - number // 16 % 3 if number % 16 == 7 else numbers.below(6) - 4
    supply = 10 ** (8 - exponent if number % 16 == 7 else 5) + numbers.below(2**31)
    busy = numbers.below(8)
    # Two thirds are there from the start; some die.
    born = 0 if number % 3 else numbers.below(500)
    dies = born + 150 + numbers.below(400) if number % 7 == 2 else 10**6
    for day in range((LAST - FIRST).days + 1):
        moved = mantissa * (9_200 + numbers.below(1_641)) // 10_000
        mantissa, exponent = seventeen_digits(moved, exponent)
        fate, traded = numbers.below(3_000), 10**16 + numbers.below(2**31) * 40_000_000
        cap = seventeen_digits(mantissa * supply // 10**7, exponent + 7)
        cells = [scientific(mantissa, exponent), scientific(*cap), scientific(traded, busy)]
        # Now and then a cell is empty or zero, or the row is not there.
        if fate < 12:
            cells[fate % 3] = "" if fate < 9 else "0"
        yield cells if born <= day < dies and not 12 <= fate < 18 else None


def market():
    coins = [coin(number) for number in range(ASSETS)]
    print("date,asset,price,market_cap,volume")
    for day in range((LAST - FIRST).days + 1):
        today = FIRST + timedelta(days=day)
        for number, each in enumerate(coins):
            cells = next(each)
            if cells and today not in NO_SNAPSHOT:
                print(f"{today},coin-{number:02d},{','.join(cells)}")


def read(path):
    """Reads a market as date -> asset -> (price, cap, volume); what is empty or zero is None."""
    days = defaultdict(dict)
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            cells = [row[column] for column in ("price", "market_cap", "volume")]
            days[date.fromisoformat(row["date"])][row["asset"]] = [float(cell or 0) or None for cell in cells]
    return dict(sorted(days.items()))


def quantile_type_7(values, fraction):
    """R's default: Hyndman and Fan 1996, number 7."""
    values = sorted(values)
    place = (len(values) - 1) * fraction
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])


def members(month, with_volume, count):
    """Selects by the days of one month: a list of day -> asset -> figures, the last day last."""
    complete = [
        asset
        for asset in month[-1]
        if all(asset in day and None not in day[asset][:2] for day in month)
    ]
    if with_volume:
        mean = {asset: sum(day[asset][2] or 0.0 for day in month) / len(month) for asset in complete}
        least = quantile_type_7(mean.values(), 0.25) if mean else 0.0
        complete = [asset for asset in complete if mean[asset] >= least]
    ranked = sorted(complete, key=lambda asset: (-month[-1][asset][1], asset))
    return ranked[:count]


def index(days, with_volume, equal):
    dates = list(days)
    last_of_month = {day for day, after in zip(dates, dates[1:]) if (day.year, day.month) != (after.year, after.month)}
    level, units, divisor, last_price, levels = 1000.0, {}, 1.0, {}, {}
    for today, rows in days.items():
        last_price.update({asset: row[0] for asset, row in rows.items() if row[0]})
        if today < BASE:
            continue
        if units:
            level = sum(number * last_price[asset] for asset, number in units.items()) / divisor
        levels[today] = level
        if today in last_of_month:
            month = [days[day] for day in dates if (day.year, day.month) == (today.year, today.month)]
            count = None
            if with_volume:
                next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
                count = [number for begin, number in COUNTS if begin <= next_month][-1]
            chosen = members(month, with_volume, count)
            total = sum(rows[asset][1] for asset in chosen)
            if equal:
                units = {asset: total / len(chosen) / rows[asset][0] for asset in chosen}
            else:
                units = {asset: rows[asset][1] / rows[asset][0] for asset in chosen}
            divisor = sum(number * rows[asset][0] for asset, number in units.items()) / level
    return levels


def levels(path):
    with open(path, "rb") as file:
        print(f"# the market's SHA-256: {hashlib.sha256(file.read()).hexdigest()}")
    days = read(path)
    crix, total, equal = index(days, True, False), index(days, False, False), index(days, True, True)
    print("date,crix,total_market,equal_weight")
    for day in crix:
        print(f"{day},{crix[day]!r},{total[day]!r},{equal[day]!r}")


if __name__ == "__main__":
    market() if sys.argv[1] == "market" else levels(sys.argv[2])
