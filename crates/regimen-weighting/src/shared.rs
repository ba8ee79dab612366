//! Rules behind a shared pointer, so that several methodologies can hold one rule.

use std::sync::Arc;

use regimen_types::{ArithmeticError, AsOf, AssetId, HistoryWindow, Row};

use crate::limits::{LimitError, RawWeight, WeightCap};
use crate::occasion::Occasion;
use crate::screen::{Exclusion, UniverseScreen};
use crate::selection::{Choice, RankedAsset, SelectionRule};
use crate::weighting::{Candidate, HistoryWeighting, WeightingError};
use crate::weights::Weights;

impl UniverseScreen for Arc<dyn UniverseScreen> {
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
        self.as_ref().screen(passed, occasion)
    }

    fn counts_periods(&self) -> bool {
        self.as_ref().counts_periods()
    }
}

impl SelectionRule for Arc<dyn SelectionRule> {
    fn choose(&self, ranked: &[RankedAsset], effective_at: AsOf) -> Result<Vec<Choice>, ArithmeticError> {
        self.as_ref().choose(ranked, effective_at)
    }
}

impl HistoryWeighting for Arc<dyn HistoryWeighting> {
    fn excludes(&self, asset: &AssetId, window: &HistoryWindow<'_>) -> Option<Exclusion> {
        self.as_ref().excludes(asset, window)
    }

    fn weigh_at(
        &self,
        candidates: &[Candidate],
        window: &HistoryWindow<'_>,
    ) -> Result<Weights, WeightingError> {
        self.as_ref().weigh_at(candidates, window)
    }
}

impl WeightCap for Arc<dyn WeightCap> {
    fn limit(&self, raw: &[RawWeight]) -> Result<Weights, LimitError> {
        self.as_ref().limit(raw)
    }
}
