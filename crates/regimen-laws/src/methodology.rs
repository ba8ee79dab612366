//! Laws of whole methodologies, from a snapshot to the ledger.

use std::collections::BTreeMap;

use regimen::{Action, HoldReason, Methodology};
use regimen_ledger::{Index, TRANSACTION_COLUMNS, replay_log};
use regimen_types::{AssetId, Cause, Exact, History, HistoryWindow, Holdings, Price};
use rust_decimal::Decimal;

use crate::check::Check;
use crate::engine::{Engine, EngineRun, EngineStep};
use crate::law::{Judgement, Objection, laws};
use crate::market::{MarketTable, Markets};
use crate::signals::{history, some};

laws! {
    /// The laws of whole methodologies.
    MethodologyLaw {
        Determinism = "determinism": "the same market gives the same run",
        LookAhead = "no look-ahead": "nothing that is done at an instant depends on what became known after it",
        Resume = "resume": "a run that stops, stores its state and goes on is the run that never stopped",
        RowOrder = "order of rows": "the order of a snapshot's rows changes nothing",
        Names = "names": "what assets are called changes nothing, as long as the names sort the same way",
        CapUnit = "unit of caps": "multiplying all market caps by one number changes neither the index nor the portfolio",
        Cash = "cash": "cash is never negative",
        Value = "value": "the NAV is the cash and the units at their last known prices",
        Books = "books": "booking the transaction log again gives the same holdings",
        Reasons = "reasons": "a hold for want of a trigger has readings that do not fire; a rebalance that triggers caused has the one that fired",
        Continuity = "continuity": "a rebalance never moves the level of the index",
    }
}

/// Prepares the check of a methodology on random markets, which must contain the assets that the definition
/// names.
///
/// A definition with absolute thresholds of market cap does not keep [`MethodologyLaw::CapUnit`], and one
/// whose old and new baskets meet at an earlier close does not keep [`MethodologyLaw::Continuity`] at the
/// snapshot of the rebalance. Leave such laws out with [`Check::without`].
#[must_use]
pub fn methodology(methodology: &Methodology, markets: Markets) -> Check<'_, MethodologyLaw, MarketTable> {
    engine(methodology, markets).called(&methodology.definition().name)
}

/// Prepares the check of an engine of your own.
#[must_use]
pub fn engine(engine: &dyn Engine, markets: Markets) -> Check<'_, MethodologyLaw, MarketTable> {
    let judge = move |law, market: &MarketTable| judge(law, engine, market);
    Check::new(format!("{engine:?}"), MethodologyLaw::ALL, markets, judge).cases(40)
}

fn judge(law: MethodologyLaw, engine: &dyn Engine, market: &MarketTable) -> Judgement {
    let history = history(market)?;
    let run = engine.run(&history, &[]);
    let is_empty = |step: &EngineStep| {
        step.holdings.positions().len() == 0
            && step.index.as_ref().is_none_or(|index| index.basket().is_empty())
    };
    if run.steps.iter().all(is_empty) {
        // Cash that lies still keeps any law.
        return Err(Objection::NotApplicable);
    }
    match law {
        MethodologyLaw::Determinism => same_run("run again", &run, &engine.run(&history, &[])),
        MethodologyLaw::LookAhead => look_ahead(engine, market, &run),
        MethodologyLaw::Resume => resume(engine, &history, &run),
        MethodologyLaw::RowOrder => row_order(engine, market, &run),
        MethodologyLaw::Names => names(engine, market, &run),
        MethodologyLaw::CapUnit => cap_unit(engine, market, &run),
        MethodologyLaw::Cash => cash(&run),
        MethodologyLaw::Value => value(engine.money_scale(), &history, &run),
        MethodologyLaw::Books => books(engine.money_scale(), &run),
        MethodologyLaw::Reasons => reasons(&run),
        MethodologyLaw::Continuity => continuity(&history, &run),
    }
}

fn look_ahead(engine: &dyn Engine, market: &MarketTable, clean: &EngineRun) -> Judgement {
    for cut in some(0..market.snapshots.len(), 4) {
        let poisoned = market.poisoned_after(cut);
        let ended = poisoned.first(cut.saturating_add(1));
        for (changed, after) in [(&ended, "nothing"), (&poisoned, "garbage")] {
            let run = engine.run(&history(changed)?, &[]);
            let at = market.snapshots[cut].as_of;
            let known = clean.steps.iter().take_while(|step| step.as_of <= at);
            for (number, expected) in known.enumerate() {
                let Some(found) = run.steps.get(number) else {
                    let error = run.error.unwrap_or_default();
                    return Err(Objection::breach(format!("{after} after {at}"), shown(expected), error));
                };
                same_step(&format!("{after} after {at}"), expected, found)?;
            }
        }
    }
    Ok(())
}

fn resume(engine: &dyn Engine, history: &History, expected: &EngineRun) -> Judgement {
    let all: Vec<usize> = (0..history.snapshot_count()).collect();
    same_run("a stop after each snapshot", expected, &engine.run(history, &all))?;
    for stop in some(all.into_iter(), 4) {
        let at = history.instants().get(stop).map(ToString::to_string).unwrap_or_default();
        same_run(&format!("a stop after {at}"), expected, &engine.run(history, &[stop]))?;
    }
    Ok(())
}

fn row_order(engine: &dyn Engine, market: &MarketTable, expected: &EngineRun) -> Judgement {
    let found = engine.run(&history(&market.reversed())?, &[]);
    same_run("the rows of each snapshot in reversed order", expected, &found)
}

/// Lengthens each one-letter name. The new names sort as before, also relative to the names in the
/// definition.
fn names(engine: &dyn Engine, market: &MarketTable, expected: &EngineRun) -> Judgement {
    let has_short_name = |asset: &AssetId| asset.as_str().len() == 1;
    let longer = |asset: &AssetId| {
        let name = if has_short_name(asset) { format!("{asset}0").parse().ok() } else { None };
        name.unwrap_or_else(|| asset.clone())
    };
    let found = engine.run(&history(&market.renamed(longer))?, &[]);
    for (before, after) in expected.steps.iter().zip(&found.steps) {
        let mut renamed = Holdings::of_cash(before.holdings.cash());
        before.holdings.positions().for_each(|(asset, units)| renamed.set_units(&longer(asset), units));
        let before = EngineStep { holdings: renamed, ..before.clone() };
        same_outcome("each name of one letter followed by 0", &before, after)?;
    }
    same_end("each name of one letter followed by 0", expected, &found)
}

fn cap_unit(engine: &dyn Engine, market: &MarketTable, expected: &EngineRun) -> Judgement {
    for factor in [Decimal::ONE_THOUSAND, Decimal::from_parts(1, 0, 0, false, 2)] {
        let other = market.with_rows(|row| row.market_cap = row.market_cap.saturating_mul(factor));
        let found = engine.run(&history(&other)?, &[]);
        let change = format!("all market caps times {}", factor.normalize());
        for (before, after) in expected.steps.iter().zip(&found.steps) {
            same_outcome(&change, before, after)?;
        }
        same_end(&change, expected, &found)?;
    }
    Ok(())
}

fn cash(run: &EngineRun) -> Judgement {
    match run.steps.iter().find(|step| step.holdings.cash().is_negative()) {
        Some(step) => Err(Objection::breach("", "cash of zero or more", shown(step))),
        None => Ok(()),
    }
}

fn value(money_scale: u32, history: &History, run: &EngineRun) -> Judgement {
    let lost = |_| Objection::NotApplicable;
    for (step, window) in run.steps.iter().zip(windows(history, run)) {
        let worth = step.holdings.value(|asset| last_price(&window, asset)).map_err(lost)?;
        let gap = Exact::from(step.nav.total.decimal()).minus(worth).map_err(lost)?;
        let gap = gap.round(money_scale, regimen_types::Rounding::Down).map_err(lost)?;
        if !gap.is_zero() || step.nav.cash != step.holdings.cash() {
            let worth = worth.round(money_scale, regimen_types::Rounding::HalfEven).map_err(lost)?;
            let expected = format!("{}: NAV {}", step.as_of, worth.normalize());
            return Err(Objection::breach("", expected, shown(step)));
        }
    }
    Ok(())
}

fn books(money_scale: u32, run: &EngineRun) -> Judgement {
    let mut log = vec![TRANSACTION_COLUMNS.join(",")];
    for step in &run.steps {
        log.extend(step.booked.iter().cloned());
        let expected = shown(step);
        match replay_log(&log, money_scale) {
            Ok(replayed) if *replayed.state().holdings() == step.holdings => {}
            Ok(replayed) => {
                let found = EngineStep { holdings: replayed.state().holdings().clone(), ..step.clone() };
                return Err(Objection::breach("the log booked again", expected, shown(&found)));
            }
            Err(fault) => return Err(Objection::breach("the log booked again", expected, fault)),
        }
    }
    Ok(())
}

fn continuity(history: &History, run: &EngineRun) -> Judgement {
    let mut before: Option<Index> = None;
    for (step, window) in run.steps.iter().zip(windows(history, run)) {
        if let Some(mut index) = before {
            let unmoved =
                index.mark(|asset| last_price(&window, asset)).map_err(|_| Objection::NotApplicable)?;
            if unmoved != step.level {
                let expected = format!("{}: level {unmoved}, that of the basket before", step.as_of);
                return Err(Objection::breach("", expected, shown(step)));
            }
        }
        before = step.index.clone();
    }
    if before.is_none() { Err(Objection::NotApplicable) } else { Ok(()) }
}

/// Iterates over the windows of a run's steps.
fn windows<'a>(history: &'a History, run: &EngineRun) -> impl Iterator<Item = HistoryWindow<'a>> {
    let first = run.steps.first().map(|step| step.as_of);
    history.windows().skip_while(move |window| Some(window.as_of()) < first)
}

fn last_price(window: &HistoryWindow<'_>, asset: &AssetId) -> Option<Price> {
    window.last_price(asset).map(|last| last.value)
}

fn same_run(change: &str, expected: &EngineRun, found: &EngineRun) -> Judgement {
    for (before, after) in expected.steps.iter().zip(&found.steps) {
        same_step(change, before, after)?;
    }
    same_end(change, expected, found)
}

fn same_end(change: &str, expected: &EngineRun, found: &EngineRun) -> Judgement {
    if (expected.steps.len(), expected.error.is_some()) == (found.steps.len(), found.error.is_some()) {
        return Ok(());
    }
    let end = |run: &EngineRun| match &run.error {
        Some(error) => format!("{} snapshots, then: {error}", run.steps.len()),
        None => format!("{} snapshots", run.steps.len()),
    };
    Err(Objection::breach(change, end(expected), end(found)))
}

fn same_step(change: &str, expected: &EngineStep, found: &EngineStep) -> Judgement {
    same_outcome(change, expected, found)?;
    if expected == found {
        return Ok(());
    }
    let texts = |step: &EngineStep| format!("{} {} {:?}", step.booked.join("\n"), step.report, step.index);
    let (before, after) = (texts(expected), texts(found));
    let (before, after) = around_difference(&before, &after);
    let at = |text| format!("{}: … {text} …", expected.as_of);
    Err(Objection::breach(change, at(before), at(after)))
}

/// Nothing is done, or left undone, without a reason that fits.
fn reasons(run: &EngineRun) -> Judgement {
    // An index that nothing follows neither holds nor trades.
    for (step, action) in run.steps.iter().filter_map(|step| Some((step, step.action.as_ref()?))) {
        let (fits, expected) = match action {
            Action::Hold(HoldReason::WithinLimits { readings }) => {
                let silent = readings.iter().all(|reading| !reading.fires);
                (silent && !readings.is_empty(), "a hold within limits with readings that do not fire")
            }
            Action::Hold(_) => continue,
            Action::Rebalance(rebalance) => {
                let mut fired = rebalance.readings.iter().filter(|reading| reading.fires);
                let by_trigger = matches!(rebalance.cause, Cause::Drift | Cause::ForcedExit);
                let named = fired.any(|reading| reading.cause == rebalance.cause);
                (named || !by_trigger, "a rebalance with the reading of the trigger that caused it")
            }
        };
        if !fits {
            let found = match action {
                Action::Hold(reason) => format!("{}: {reason:?}", step.as_of),
                Action::Rebalance(rebalance) => {
                    format!("{}: {} with {:?}", step.as_of, rebalance.cause, rebalance.readings)
                }
            };
            return Err(Objection::breach("", expected, found));
        }
    }
    Ok(())
}

fn same_outcome(change: &str, expected: &EngineStep, found: &EngineStep) -> Judgement {
    let outcome = |step: &EngineStep| (step.holdings.clone(), step.nav, step.level);
    if outcome(expected) == outcome(found) {
        return Ok(());
    }
    Err(Objection::breach(change, shown(expected), shown(found)))
}

/// Cuts two texts to their first difference and its surroundings.
fn around_difference(left: &str, right: &str) -> (String, String) {
    let same = left.chars().zip(right.chars()).take_while(|(left, right)| left == right).count();
    let cut = |text: &str| text.chars().skip(same.saturating_sub(60)).take(160).collect();
    (cut(left), cut(right))
}

fn shown(step: &EngineStep) -> String {
    let held: BTreeMap<&AssetId, String> =
        step.holdings.positions().map(|(asset, units)| (asset, units.to_string())).collect();
    let held: Vec<String> = held.into_iter().map(|(asset, units)| format!("{units} of {asset}")).collect();
    let held = if held.is_empty() { String::new() } else { format!(", {}", held.join(", ")) };
    format!(
        "{}: level {}, NAV {}, cash {}{held}",
        step.as_of,
        step.level,
        step.nav.total,
        step.holdings.cash()
    )
}
