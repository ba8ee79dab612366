//! What had no effect in a run: a regime that never began, screens that passed or excluded nobody, no trade.

use std::collections::{BTreeMap, BTreeSet};

use regimen::definition::{IndexDefinition, RegimeDefinition, ScreenDefinition};
use regimen::weighting::{ExclusionCode, Verdict};
use regimen::{Basis, IndexDecision, Methodology};
use regimen_ledger::TransactionKind;
use regimen_replay::{Period, Step};
use regimen_types::{CodeEntry, Diagnostic, Regime};

use crate::codes::{EXCLUDED_NOBODY, FLOW_OUTSIDE_RUN, NEVER_DETERMINED, NO_TRADE, PASSED_NOBODY};

/// What the place of a warning names: a methodology has no file.
const DEFINITION: &str = "definition";

/// Counts the effects of a methodology over the snapshots of a run or an index.
#[derive(Clone, Debug)]
pub struct Effects<'a> {
    methodology: &'a Methodology,
    snapshots: u64,
    determined: u64,
    /// The selections of constituents, and those of them in which an asset passed every screen.
    selections: u64,
    with_eligible: u64,
    /// How many assets each kind of screen excluded.
    excluded: BTreeMap<ExclusionCode, u64>,
    /// The trades; `None` until a step of a portfolio was seen.
    trades: Option<u64>,
}

impl<'a> Effects<'a> {
    /// Starts counting.
    #[must_use]
    pub fn of(methodology: &'a Methodology) -> Self {
        Self {
            methodology,
            snapshots: 0,
            determined: 0,
            selections: 0,
            with_eligible: 0,
            excluded: BTreeMap::new(),
            trades: None,
        }
    }

    /// Counts the effects of one step of a run.
    pub fn add(&mut self, step: &Step<'_>) {
        let is_trade = |kind| matches!(kind, TransactionKind::Buy | TransactionKind::Sell);
        let trades = step.transactions.iter().filter(|each| is_trade(each.kind)).count() as u64;
        self.trades = Some(self.trades.unwrap_or_default().saturating_add(trades));
        self.add_index(&step.decision.index);
    }

    /// Counts the effects of one decision of an index.
    pub fn add_index(&mut self, decision: &IndexDecision) {
        self.snapshots = self.snapshots.saturating_add(1);
        self.determined += u64::from(decision.regime.state.regime != Regime::Undetermined);
        let basis = decision.rebalance.as_ref().map(|rebalance| &rebalance.basis);
        let Some(Basis::Constituents(verdicts)) = basis else { return };
        self.selections = self.selections.saturating_add(1);
        let mut any_eligible = false;
        for each in verdicts {
            match &each.verdict {
                Verdict::Excluded(exclusion) => *self.excluded.entry(exclusion.code()).or_default() += 1,
                _ => any_eligible = true,
            }
        }
        self.with_eligible += u64::from(any_eligible);
    }

    /// Returns a warning for everything that had no effect in the snapshots of a period.
    #[must_use]
    pub fn findings(&self, period: Period) -> Vec<Diagnostic> {
        let definition = self.methodology.definition();
        let mut findings = Vec::new();
        let has_regime = !matches!(definition.regime, RegimeDefinition::AlwaysBullish);
        if has_regime && self.determined == 0 {
            let message = format!("the regime was undetermined at all {} snapshots", self.snapshots);
            findings.push(warning(NEVER_DETERMINED, "regime", message));
        }
        if self.selections > 0 && self.with_eligible == 0 {
            findings.push(warning(PASSED_NOBODY, "universe", self.passed_nobody()));
        } else if self.selections > 0 {
            let idle = screens(definition).into_iter().filter(|(_, codes)| !self.excludes_by(codes));
            findings.extend(idle.map(|(key, _)| {
                let message = format!("`{key}` excluded nobody at {} selections", self.selections);
                warning(EXCLUDED_NOBODY, &key, message)
            }));
        }
        let Some(trades) = self.trades else { return findings };
        if trades == 0 {
            let message = format!("the portfolio did not trade at any of {} snapshots", self.snapshots);
            findings.push(warning(NO_TRADE, "", message));
        }
        let flows = self.methodology.cash_flows();
        let outside = flows.iter().filter(|flow| !period.contains(flow.as_of)).count();
        if outside > 0 {
            let message =
                format!("{outside} of {} cash flows lie outside the period of the run", flows.len());
            findings.push(warning(FLOW_OUTSIDE_RUN, "cash_flows", message));
        }
        findings
    }

    fn excludes_by(&self, codes: &BTreeSet<ExclusionCode>) -> bool {
        codes.iter().any(|code| self.excluded.contains_key(code))
    }

    fn passed_nobody(&self) -> String {
        let by_count = self.excluded.iter().max_by_key(|(_, count)| **count);
        let most = by_count.map_or_else(String::new, |(code, count)| {
            format!("; most often by `{}`, {count} times", code.as_str())
        });
        format!("no asset passed every screen at any of {} selections{most}", self.selections)
    }
}

/// Lists the screens that a definition states, each with the exclusions that it can cause.
///
/// A code that two screens share is the effect of both. What a universe always asks for, such as a known
/// price, is no screen that somebody stated.
fn screens(definition: &IndexDefinition) -> Vec<(String, BTreeSet<ExclusionCode>)> {
    let Some(universe) = &definition.universe else { return Vec::new() };
    let mut screens = Vec::new();
    if !universe.exclude_categories.is_empty() {
        screens.push(("universe.exclude_categories".to_owned(), BTreeSet::from([ExclusionCode::Category])));
    }
    for (index, screen) in universe.screens.iter().enumerate() {
        screens.push((format!("universe.screens[{index}]"), exclusions_of(screen)));
    }
    screens
}

fn exclusions_of(screen: &ScreenDefinition) -> BTreeSet<ExclusionCode> {
    use ExclusionCode as Code;
    let codes: &[Code] = match screen {
        ScreenDefinition::ExcludeCategories { .. } => &[Code::Category],
        ScreenDefinition::RequireCategories { .. } => &[Code::CategoryNotListed],
        ScreenDefinition::Allow { .. } => &[Code::NotAllowed],
        ScreenDefinition::Deny { .. } => &[Code::Denied],
        ScreenDefinition::MinHistory { .. } => &[Code::ShortHistory],
        ScreenDefinition::MinAge { .. } => &[Code::TooYoung],
        ScreenDefinition::MaxStaleness { .. } => &[Code::Stale],
        ScreenDefinition::MinPrice { .. } => &[Code::PriceTooLow, Code::NoPrice],
        ScreenDefinition::NoneMissing { .. } => &[Code::Unknown, Code::NoSnapshots],
        ScreenDefinition::MinVolume { .. } | ScreenDefinition::MinVolumeQuantile { .. } => {
            &[Code::VolumeTooLow, Code::NoSnapshots]
        }
        ScreenDefinition::MinMarketCap { .. } => &[Code::AmountTooLow, Code::NoAmount],
        ScreenDefinition::MinShare { .. } => &[Code::ShareTooLow, Code::NoAmount],
        ScreenDefinition::Attribute { .. } => {
            &[Code::AttributeUnknown, Code::AttributeTooLow, Code::AttributeTooHigh]
        }
        ScreenDefinition::ConsecutivePeriods { .. } => &[Code::FewPeriods],
    };
    codes.iter().copied().collect()
}

fn warning(entry: CodeEntry, key: &str, message: String) -> Diagnostic {
    let finding = Diagnostic::warning(entry.code, DEFINITION, message, entry.remedy);
    if key.is_empty() { finding } else { finding.in_column(key) }
}
