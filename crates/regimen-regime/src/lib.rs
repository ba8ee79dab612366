//! Indicators, signals and hysteresis: the market's history becomes a regime.
