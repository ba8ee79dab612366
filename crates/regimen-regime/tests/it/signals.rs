//! One of each signal, of a lookback that short histories fill.

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;

use regimen_regime::{
    AgainstAverage, Average, AverageCrossover, BullishState, Drawdown, Indicator, Level, MarkovFilter,
    MarkovSettings, Momentum, MonthEndsAgainstAverage, PriceSignal, RefitPeriod, RegimeSignal, Volatility,
    VolatilityAgainstQuantile,
};

pub(crate) fn count(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

/// Every indicator by its name.
pub(crate) fn indicators() -> Vec<(&'static str, Arc<dyn Indicator>)> {
    let exponential = Average::Exponential { span: count(4), window: count(9) };
    let markov = MarkovSettings {
        fit_returns: count(25),
        refit: RefitPeriod::Month,
        bullish: BullishState::HigherMean,
    };
    vec![
        ("simple average", Arc::new(AgainstAverage(Average::simple(count(5))))),
        ("exponential average", Arc::new(AgainstAverage(exponential))),
        ("crossover", Arc::new(AverageCrossover { fast: Average::simple(count(3)), slow: exponential })),
        ("momentum", Arc::new(Momentum { back: count(7) })),
        ("month ends", Arc::new(MonthEndsAgainstAverage { months: NonZeroU32::new(2).unwrap() })),
        ("drawdown", Arc::new(Drawdown { window: count(10) })),
        ("volatility", Arc::new(Volatility { returns: count(6), per_year: 365.0 })),
        (
            "volatility quantile",
            Arc::new(VolatilityAgainstQuantile { returns: count(4), window: count(9), quantile: 0.6 }),
        ),
        ("level", Arc::new(Level)),
        ("markov", Arc::new(MarkovFilter::new(markov))),
    ]
}

/// Every indicator as a signal of an asset's price.
pub(crate) fn price_signals() -> Vec<(&'static str, Arc<dyn RegimeSignal>)> {
    let signal = |indicator| -> Arc<dyn RegimeSignal> {
        Arc::new(PriceSignal::new("BTC".parse().unwrap(), indicator))
    };
    indicators().into_iter().map(|(name, indicator)| (name, signal(indicator))).collect()
}
