//! Laws of screens.

use std::collections::BTreeMap;

use regimen_types::{AssetId, History, HistoryWindow, Row};
use regimen_weighting::{Exclusion, Membership, Occasion, UniverseScreen};

use crate::check::Check;
use crate::law::{Judgement, Objection, laws};
use crate::market::{MarketTable, Markets};
use crate::signals::{history, some};

laws! {
    /// The laws of screens.
    ScreenLaw {
        Determinism = "determinism": "the same snapshot is screened the same way each time, whatever was screened before",
        LookAhead = "no look-ahead": "a verdict depends on nothing that became known after its instant",
        RowOrder = "order of rows": "the order of the rows changes no verdict",
        Verdicts = "verdicts": "there are no more verdicts than rows",
        Incumbency = "incumbency": "being an incumbent never keeps an asset out",
        Names = "names": "what assets are called changes no verdict, as long as the names sort the same way",
    }
}

/// Prepares the check of a screen on random markets.
///
/// Every snapshot is screened twice: for a new index, and for one whose incumbents are every second asset. A
/// screen that names assets does not keep the law of names: leave that out with [`Check::without`].
///
/// ```
/// use regimen_laws::{markets, screen};
/// use regimen_weighting::KnownMarketCap;
/// screen(&KnownMarketCap, markets()).check().unwrap();
/// ```
#[must_use]
pub fn screen(screen: &dyn UniverseScreen, markets: Markets) -> Check<'_, ScreenLaw, MarketTable> {
    let judge = move |law, market: &MarketTable| judge(law, screen, market);
    Check::new(format!("{screen:?}"), ScreenLaw::ALL, markets, judge)
}

/// The reason of each asset that is out, `None` for those that pass.
type Verdicts = BTreeMap<AssetId, Option<String>>;

fn judge(law: ScreenLaw, screen: &dyn UniverseScreen, market: &MarketTable) -> Judgement {
    let clean = history(market)?;
    match law {
        ScreenLaw::Determinism => determinism(screen, market, &clean),
        ScreenLaw::LookAhead => look_ahead(screen, market, &clean),
        ScreenLaw::RowOrder => {
            other_market(screen, market, &clean, &market.reversed(), "the rows in reversed order")
        }
        ScreenLaw::Verdicts => verdict_count(screen, market, &clean),
        ScreenLaw::Incumbency => incumbency(screen, &clean),
        ScreenLaw::Names => names(screen, market, &clean),
    }
}

/// The two cases: no asset is an incumbent, or every second one is.
fn memberships(market: &MarketTable) -> [Membership; 2] {
    let constituents = market.assets().into_iter().step_by(2).collect();
    let reconstitutions = 1;
    [Membership::START, Membership { constituents, reconstitutions, ..Membership::START }]
}

fn screened(
    screen: &dyn UniverseScreen,
    window: &HistoryWindow<'_>,
    membership: &Membership,
) -> Result<Verdicts, Objection> {
    let rows: Vec<Row<'_>> = window.snapshot().rows().collect();
    let occasion = Occasion { window: *window, membership, supply: None };
    let verdicts = screen.screen(&rows, &occasion).map_err(|_| Objection::NotApplicable)?;
    let reasons = verdicts.into_iter().map(|reason| reason.as_ref().map(Exclusion::to_string));
    let reasons = reasons.chain(std::iter::repeat(None));
    Ok(rows.iter().map(|row| row.asset().clone()).zip(reasons).collect())
}

fn determinism(screen: &dyn UniverseScreen, market: &MarketTable, clean: &History) -> Judgement {
    let windows: Vec<HistoryWindow<'_>> = clean.windows().collect();
    for membership in &memberships(market) {
        let first = windows.iter().map(|window| screened(screen, window, membership));
        let first = first.collect::<Result<Vec<_>, _>>()?;
        for (window, expected) in windows.iter().zip(&first).rev() {
            let found = screened(screen, window, membership)?;
            same("the snapshots screened again, the newest first", window, expected, &found)?;
        }
    }
    Ok(())
}

fn look_ahead(screen: &dyn UniverseScreen, market: &MarketTable, clean: &History) -> Judgement {
    for membership in &memberships(market) {
        // All of them first: a screen that remembers has seen the end then.
        let expected = clean.windows().map(|window| screened(screen, &window, membership));
        let expected = expected.collect::<Result<Vec<_>, _>>()?;
        for (cut, expected) in some(expected.iter().enumerate(), 6) {
            let poisoned = market.poisoned_after(cut);
            let ended = poisoned.first(cut.saturating_add(1));
            for (changed, after) in [(&ended, "nothing"), (&poisoned, "garbage")] {
                let changed = history(changed)?;
                let window = changed.window(cut).ok_or(Objection::NotApplicable)?;
                let found = screened(screen, &window, membership)?;
                same(&format!("{after} after {}", window.as_of()), &window, expected, &found)?;
            }
        }
    }
    Ok(())
}

/// Judges that another market is screened in the same way.
fn other_market(
    screen: &dyn UniverseScreen,
    market: &MarketTable,
    clean: &History,
    other: &MarketTable,
    change: &str,
) -> Judgement {
    let other = history(other)?;
    for membership in &memberships(market) {
        for (window, changed) in clean.windows().zip(other.windows()) {
            let expected = screened(screen, &window, membership)?;
            same(change, &window, &expected, &screened(screen, &changed, membership)?)?;
        }
    }
    Ok(())
}

fn verdict_count(screen: &dyn UniverseScreen, market: &MarketTable, clean: &History) -> Judgement {
    for membership in &memberships(market) {
        for window in clean.windows() {
            let rows: Vec<Row<'_>> = window.snapshot().rows().collect();
            let occasion = Occasion { window, membership, supply: None };
            let verdicts = screen.screen(&rows, &occasion).map_err(|_| Objection::NotApplicable)?;
            if verdicts.len() > rows.len() {
                let expected = format!("at most {} verdicts at {}", rows.len(), window.as_of());
                return Err(Objection::breach("", expected, verdicts.len()));
            }
        }
    }
    Ok(())
}

fn incumbency(screen: &dyn UniverseScreen, clean: &History) -> Judgement {
    for window in clean.windows() {
        for (asset, reason) in screened(screen, &window, &Membership::START)? {
            if reason.is_some() {
                continue;
            }
            let membership =
                Membership { reconstitutions: 1, constituents: [asset.clone()].into(), ..Membership::START };
            let found = screened(screen, &window, &membership)?;
            if let Some(Some(reason)) = found.get(&asset) {
                let expected = format!("{asset} passes at {}", window.as_of());
                return Err(Objection::breach(format!("{asset} an incumbent"), expected, reason));
            }
        }
    }
    Ok(())
}

fn names(screen: &dyn UniverseScreen, market: &MarketTable, clean: &History) -> Judgement {
    let longer = |asset: &AssetId| format!("{asset}0").parse().unwrap_or_else(|_| asset.clone());
    let renamed = history(&market.renamed(longer))?;
    for membership in &memberships(market) {
        let constituents = membership.constituents.iter().map(longer).collect();
        let other = Membership { constituents, ..membership.clone() };
        for (window, changed) in clean.windows().zip(renamed.windows()) {
            let expected = screened(screen, &window, membership)?;
            let expected = expected.iter().map(|(asset, reason)| (longer(asset), reason.clone())).collect();
            same("each name followed by 0", &window, &expected, &screened(screen, &changed, &other)?)?;
        }
    }
    Ok(())
}

fn same(change: &str, window: &HistoryWindow<'_>, expected: &Verdicts, found: &Verdicts) -> Judgement {
    if expected == found {
        return Ok(());
    }
    let differs = |(asset, _): &(&AssetId, &Option<String>)| expected.get(*asset) != found.get(*asset);
    let shown = |verdicts: &Verdicts| {
        let lines = verdicts.iter().filter(differs).map(|(asset, reason)| {
            format!("{asset} at {}: {}", window.as_of(), reason.as_deref().unwrap_or("passes"))
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    Err(Objection::breach(change, shown(expected), shown(found)))
}
