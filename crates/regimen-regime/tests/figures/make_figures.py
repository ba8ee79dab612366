"""Makes prices.csv and figures.csv beside this file: what pandas, numpy and statsmodels say of a made-up series.

    python3 -m venv venv && venv/bin/pip install pandas statsmodels && venv/bin/python make_figures.py

The figures of the committed files are those of pandas 3.1.1, numpy 2.4.6 and statsmodels 0.15.0.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

FOLDER = Path(__file__).parent
DAYS = 900


def prices() -> pd.Series:
    random = np.random.default_rng(20140101)
    wild = np.zeros(DAYS, dtype=bool)
    for day in range(1, DAYS):
        wild[day] = wild[day - 1] if random.random() < 0.97 else not wild[day - 1]
    returns = np.where(wild, random.normal(-0.004, 0.06, DAYS), random.normal(0.003, 0.015, DAYS))
    days = pd.date_range("2020-01-01", periods=DAYS)
    return pd.Series(100 * np.exp(np.cumsum(returns)), days).round(4)


def distance(price: pd.Series, average: pd.Series) -> pd.Series:
    return price / average - 1


def figures(price: pd.Series) -> pd.DataFrame:
    returns = np.log(price).diff()
    found = pd.DataFrame(index=price.index)
    found["sma_200"] = distance(price, price.rolling(200).mean())
    found["ema_50"] = distance(
        price, price.rolling(150).apply(lambda part: part.ewm(span=50, adjust=True).mean().iloc[-1])
    )
    found["crossover_20_100"] = distance(price.rolling(20).mean(), price.rolling(100).mean())
    found["momentum_252"] = price.pct_change(252)
    found["drawdown_365"] = distance(price, price.rolling(365).max())
    found["volatility_30"] = returns.rolling(30).std(ddof=1) * np.sqrt(365)
    volatility = returns.rolling(30).std(ddof=1)
    found["quantile_30_250_70"] = distance(
        volatility, volatility.rolling(250).apply(lambda part: np.quantile(part, 0.7, method="linear"))
    )
    month_ends = price.groupby(price.index.to_period("M")).last()
    faber = distance(month_ends, month_ends.rolling(10).mean()).shift(1)
    found["faber_10"] = faber.reindex(price.index.to_period("M")).to_numpy()
    return found


def markov(price: pd.Series) -> pd.DataFrame:
    """The filter at given parameters, and the greatest likelihood of the first 500 returns."""
    returns = np.log(price).diff().dropna()
    model = MarkovRegression(returns.to_numpy(), k_regimes=2, switching_variance=True)
    # p[0->0], p[1->0], means, variances
    given = np.array([0.96, 0.05, 0.002, -0.003, 0.0004, 0.0025])
    filtered = model.filter(given)
    short = MarkovRegression(returns.to_numpy()[:500], k_regimes=2, switching_variance=True)
    best = short.fit(search_reps=50, disp=False)
    (FOLDER / "likelihood.txt").write_text(f"{float(best.llf)!r}\n")
    return pd.DataFrame({"markov": filtered.filtered_marginal_probabilities[:, 0]}, index=returns.index)


if __name__ == "__main__":
    np.random.seed(1)
    price = prices()
    price.rename("price").to_csv(FOLDER / "prices.csv", index_label="date", float_format="%.4f")
    table = figures(price).join(markov(price))
    table.to_csv(FOLDER / "figures.csv", index_label="date", float_format="%.15g")
