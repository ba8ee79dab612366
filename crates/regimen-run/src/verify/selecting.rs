//! The selection: ranks, amounts and incumbents give the constituents again.

use regimen::IndexDefinition;
use regimen::definition::SuccessorName;
use regimen_types::{AsOf, Cause, Regime};
use regimen_weighting::{Choice, Membership, RankSelection, RankedAsset, SelectionRule, Size};

use super::actions::Actions;
use super::faults::{Faults, place};
use crate::codes::DECISION;
use crate::tables::{DecisionRow, DecisionVerdict};

/// Selects again, reconstitution by reconstitution.
pub(super) struct Selecting {
    /// `None` if the tables do not hold all that the rule looks at.
    rule: Option<RankSelection>,
    membership: Membership,
    /// The last instant.
    last: Option<AsOf>,
}

impl Selecting {
    pub(super) fn by(definition: Option<&IndexDefinition>) -> Self {
        let rule = definition
            .filter(|definition| tells_all(definition))
            .and_then(|definition| definition.selection.as_ref().map(regimen::selection_rule));
        // Groups are in no table; the date that decides the count is that of the schedule, not of the
        // snapshot.
        let rule = rule.filter(|rule| rule.group_max.is_none() && !matches!(rule.size, Size::CountByDate(_)));
        Self { rule, membership: Membership::START, last: None }
    }

    /// Checks the verdicts of one instant.
    pub(super) fn check(&mut self, rows: &[DecisionRow], actions: &Actions, faults: &mut Faults) {
        let (Some(rule), Some(first)) = (&self.rule, rows.first()) else { return };
        for (_, action) in self.last.into_iter().flat_map(|last| actions.between(last, first.as_of)) {
            self.membership.carry_over(action);
        }
        self.last = Some(first.as_of);
        let ranked: Vec<&DecisionRow> = rows.iter().filter(|row| row.rank.is_some()).collect();
        if ranked.is_empty() && !selects(first) {
            return;
        }
        let Some(assets) = ranked.iter().map(|row| self.ranked_asset(row)).collect::<Option<Vec<_>>>() else {
            return;
        };
        if let Ok(choices) = rule.choose(&assets, first.as_of) {
            for (row, choice) in ranked.iter().zip(choices) {
                let expected = verdict(choice);
                faults.expect(
                    place(*row, "verdict"),
                    DECISION,
                    &row.verdict,
                    &expected,
                    "by rank and incumbency",
                );
            }
        }
        let selected = ranked.iter().filter(|row| row.verdict == DecisionVerdict::Selected);
        self.membership.constituents = selected.filter_map(|row| row.asset.clone()).collect();
    }

    fn ranked_asset(&self, row: &DecisionRow) -> Option<RankedAsset> {
        let asset = row.asset.clone()?;
        let incumbent = self.membership.includes(&asset);
        Some(RankedAsset { asset, amount: row.rank_amount?, group: None, incumbent })
    }
}

/// Returns true if constituents are selected anew at the instant of a row.
fn selects(row: &DecisionRow) -> bool {
    let causes = [Cause::Inception, Cause::Schedule, Cause::ThresholdCross, Cause::RegimeSwitch];
    row.regime == Regime::Bullish && causes.contains(&row.cause)
}

/// Returns true if the table holds every change of constituents that matters to the next selection.
fn tells_all(definition: &IndexDefinition) -> bool {
    // Without a buffer nothing depends on who was a constituent.
    if definition.selection.as_ref().is_some_and(|selection| selection.buffer.is_none()) {
        return true;
    }
    // An instant that has a later rebalance too does not show an announced basket that took effect.
    let announced = definition.schedule.may_take_effect_later();
    // Nor is a deletion at the very snapshot of a rebalance.
    let deletion = definition.index.deletion.as_ref();
    let deleted = deletion.is_some_and(|rule| rule.then != SuccessorName::Freeze);
    // Where the portfolio has causes of its own, those of the index are not told.
    let triggered = definition.trading.as_ref().is_some_and(|trading| trading.triggers.is_some());
    !announced && !deleted && !triggered
}

fn verdict(choice: Choice) -> DecisionVerdict {
    match choice {
        Choice::Selected => DecisionVerdict::Selected,
        Choice::Reserve => DecisionVerdict::Reserve,
        Choice::BelowCount => DecisionVerdict::BelowCount,
        Choice::GroupFull => DecisionVerdict::GroupFull,
        Choice::BelowThreshold => DecisionVerdict::BelowThreshold,
    }
}
