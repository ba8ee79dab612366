//! Laws of weighting rules that look at the market.

use std::collections::BTreeMap;

use regimen_types::{AssetId, History, HistoryWindow, Weight};
use regimen_weighting::{Candidate, HistoryWeighting};

use crate::check::Check;
use crate::law::{Judgement, Objection, laws};
use crate::market::{MarketTable, Markets};
use crate::signals::{history, some};

laws! {
    /// The laws of weighting rules that look at the market.
    HistoryWeightingLaw {
        Determinism = "determinism": "the same window gives the same weights, whatever was weighed before",
        LookAhead = "no look-ahead": "a weight depends on nothing that became known after its instant",
        RowOrder = "order of rows": "the order of the rows changes no weight",
        Order = "order": "the order of the candidates changes no weight",
        Members = "members": "each candidate gets one weight, and no other asset gets any",
    }
}

/// Prepares the check of a weighting rule that looks at the market, on random markets.
///
/// At each snapshot the candidates are the assets whose market cap is known.
///
/// ```
/// use regimen_laws::{history_weighting, markets};
/// use regimen_weighting::{Lookback, InverseVolatility};
/// let rule = InverseVolatility { lookback: Lookback::Snapshots(5.try_into().unwrap()) };
/// history_weighting(&rule, markets()).check().unwrap();
/// ```
#[must_use]
pub fn history_weighting(
    rule: &dyn HistoryWeighting,
    markets: Markets,
) -> Check<'_, HistoryWeightingLaw, MarketTable> {
    let judge = move |law, market: &MarketTable| judge(law, rule, market);
    Check::new(format!("{rule:?}"), HistoryWeightingLaw::ALL, markets, judge)
}

/// The weights by asset; `None` if the rule gives no weights.
type Weighed = Option<BTreeMap<AssetId, Weight>>;

fn judge(law: HistoryWeightingLaw, rule: &dyn HistoryWeighting, market: &MarketTable) -> Judgement {
    let clean = history(market)?;
    let expected: Vec<Weighed> = clean.windows().map(|window| weighed(rule, &window, false)).collect();
    if expected.iter().all(Option::is_none) {
        return Err(Objection::NotApplicable);
    }
    match law {
        HistoryWeightingLaw::Determinism => determinism(rule, &clean, &expected),
        HistoryWeightingLaw::LookAhead => look_ahead(rule, market, &expected),
        HistoryWeightingLaw::RowOrder => {
            let reversed = history(&market.reversed())?;
            for (window, expected) in reversed.windows().zip(&expected) {
                same(
                    "the rows of each snapshot in reversed order",
                    &window,
                    expected,
                    &weighed(rule, &window, false),
                )?;
            }
            Ok(())
        }
        HistoryWeightingLaw::Order => {
            for (window, expected) in clean.windows().zip(&expected) {
                same("the candidates in reversed order", &window, expected, &weighed(rule, &window, true))?;
            }
            Ok(())
        }
        HistoryWeightingLaw::Members => members(&clean, &expected),
    }
}

fn candidates(window: &HistoryWindow<'_>) -> Vec<Candidate> {
    let candidate = |row: regimen_types::Row<'_>| {
        Some(Candidate { asset: row.asset().clone(), market_cap: row.market_cap()? })
    };
    let mut list: Vec<Candidate> = window.snapshot().rows().filter_map(candidate).collect();
    list.sort_by(|left, right| left.asset.cmp(&right.asset));
    list
}

fn weighed(rule: &dyn HistoryWeighting, window: &HistoryWindow<'_>, reversed: bool) -> Weighed {
    let mut list = candidates(window);
    if reversed {
        list.reverse();
    }
    let weights = if list.is_empty() { None } else { rule.weigh_at(&list, window).ok() }?;
    Some(weights.iter().map(|(asset, weight)| (asset.clone(), weight)).collect())
}

fn determinism(rule: &dyn HistoryWeighting, clean: &History, expected: &[Weighed]) -> Judgement {
    let windows: Vec<HistoryWindow<'_>> = clean.windows().collect();
    for (window, expected) in windows.iter().zip(expected).rev() {
        same(
            "the snapshots weighed again, the newest first",
            window,
            expected,
            &weighed(rule, window, false),
        )?;
    }
    Ok(())
}

fn look_ahead(rule: &dyn HistoryWeighting, market: &MarketTable, expected: &[Weighed]) -> Judgement {
    for (cut, expected) in some(expected.iter().enumerate(), 6) {
        let poisoned = market.poisoned_after(cut);
        let ended = poisoned.first(cut.saturating_add(1));
        for (changed, after) in [(&ended, "nothing"), (&poisoned, "garbage")] {
            let changed = history(changed)?;
            let window = changed.window(cut).ok_or(Objection::NotApplicable)?;
            let change = format!("{after} after {}", window.as_of());
            same(&change, &window, expected, &weighed(rule, &window, false))?;
        }
    }
    Ok(())
}

fn members(clean: &History, expected: &[Weighed]) -> Judgement {
    for (window, weighed) in clean.windows().zip(expected) {
        let Some(weights) = weighed else { continue };
        let list = candidates(&window);
        if !list.iter().map(|each| &each.asset).eq(weights.keys()) {
            let names: Vec<&str> = list.iter().map(|each| each.asset.as_str()).collect();
            let expected = format!("weights of {} at {}", names.join(", "), window.as_of());
            return Err(Objection::breach("", expected, shown(weighed)));
        }
    }
    Ok(())
}

fn same(change: &str, window: &HistoryWindow<'_>, expected: &Weighed, found: &Weighed) -> Judgement {
    if expected == found {
        return Ok(());
    }
    let expected = format!("{}: {}", window.as_of(), shown(expected));
    Err(Objection::breach(change, expected, shown(found)))
}

fn shown(weighed: &Weighed) -> String {
    let Some(weights) = weighed else { return "no weights".to_owned() };
    let each = weights.iter().map(|(asset, weight)| format!("{asset} {weight}"));
    each.collect::<Vec<_>>().join(", ")
}
