//! Every indicator against what pandas, numpy and statsmodels say of the same prices
//! (`tests/figures/make_figures.py`).

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use regimen_regime::{
    AgainstAverage, Average, AverageCrossover, Drawdown, Indicator, MarkovParameters, Momentum,
    MonthEndsAgainstAverage, Reading, SeriesWindow, Volatility, VolatilityAgainstQuantile,
};
use regimen_types::Observation;

use crate::signals::count;

const PRICES: &str = include_str!("../figures/prices.csv");
const FIGURES: &str = include_str!("../figures/figures.csv");
const LIKELIHOOD: &str = include_str!("../figures/likelihood.txt");

fn prices() -> Vec<Observation<f64>> {
    let rows = PRICES.lines().skip(1).map(|line| line.split_once(',').unwrap());
    rows.map(|(date, price)| Observation { as_of: date.parse().unwrap(), value: price.parse().unwrap() })
        .collect()
}

/// The columns of figures, `None` for empty cells.
fn figures() -> BTreeMap<&'static str, Vec<Option<f64>>> {
    let names = FIGURES.lines().next().unwrap().split(',').skip(1);
    let columns = names.enumerate().map(|(column, name)| {
        let cells = FIGURES.lines().skip(1).map(|line| line.split(',').nth(column + 1).unwrap());
        (name, cells.map(|cell| cell.parse().ok()).collect())
    });
    columns.collect()
}

fn log_returns() -> Vec<f64> {
    prices().windows(2).map(|pair| (pair[1].value / pair[0].value).ln()).collect()
}

#[test]
fn every_reading_is_that_of_pandas() {
    let (prices, mut figures) = (prices(), figures());
    let simple = |window| Average::simple(count(window));
    let exponential = Average::Exponential { span: count(50), window: count(150) };
    let indicators: [(&str, Box<dyn Indicator>); 8] = [
        ("sma_200", Box::new(AgainstAverage(simple(200)))),
        ("ema_50", Box::new(AgainstAverage(exponential))),
        ("crossover_20_100", Box::new(AverageCrossover { fast: simple(20), slow: simple(100) })),
        ("momentum_252", Box::new(Momentum { back: count(252) })),
        ("drawdown_365", Box::new(Drawdown { window: count(365) })),
        ("volatility_30", Box::new(Volatility { returns: count(30), per_year: 365.0 })),
        (
            "quantile_30_250_70",
            Box::new(VolatilityAgainstQuantile { returns: count(30), window: count(250), quantile: 0.7 }),
        ),
        ("faber_10", Box::new(MonthEndsAgainstAverage { months: NonZeroU32::new(10).unwrap() })),
    ];
    for (name, indicator) in indicators {
        let expected = figures.remove(name).unwrap();
        assert!(expected.iter().flatten().count() > 500, "{name}");
        for (end, expected) in (1..).zip(expected) {
            let as_of = prices[end - 1].as_of;
            let reading = indicator.read(&SeriesWindow::new(as_of, &prices[..end]));
            match (reading, expected) {
                (Reading::Known(known), Some(expected)) => {
                    let error = (known.value() - expected).abs();
                    assert!(error < 1e-12, "{name} at {as_of}: {} for {expected}", known.value());
                }
                (Reading::WarmingUp { .. }, None) => {}
                other => panic!("{name} at {as_of}: {other:?}"),
            }
        }
    }
    assert_eq!(figures.into_keys().collect::<Vec<_>>(), ["markov"]);
}

#[test]
fn filtered_probabilities_are_those_of_statsmodels() {
    let model = MarkovParameters { mean: [0.002, -0.003], variance: [0.0004, 0.0025], stay: [0.96, 0.95] };
    let (returns, figures) = (log_returns(), figures());
    for (end, expected) in (1..).zip(figures["markov"].iter().skip(1)) {
        let filtered = model.filter(&returns[..end]).unwrap();
        let error = (filtered[0] - expected.unwrap()).abs();
        assert!(error < 1e-10, "after {end} returns: {} for {expected:?}", filtered[0]);
    }
}

#[test]
fn the_fit_is_as_likely_as_that_of_statsmodels() {
    let returns = &log_returns()[..500];
    let fitted = MarkovParameters::fit(returns).unwrap();
    let (found, best) = (fitted.log_likelihood(returns).unwrap(), LIKELIHOOD.trim().parse::<f64>().unwrap());
    assert!((best - 0.05..best + 0.05).contains(&found), "{found}, but statsmodels finds {best}: {fitted:?}");
}
