//! The names and instants of files that must occur.

use std::collections::BTreeSet;

use regimen::CheckedDefinition;
use regimen::definition::CashFlow;
use regimen_types::{AsOf, AssetId, Diagnostic};

use super::content::{FileContent, FileRole};
use super::facts::MarketFacts;
use super::names::{help_for_chain, some_of};
use super::series;
use super::suggestion::{examples, help_for_asset};
use crate::codes;

/// Returns a finding for what a file names and the market, or the definition, does not have.
pub(super) fn check(
    content: &FileContent,
    definition: &CheckedDefinition,
    facts: &MarketFacts<'_>,
) -> Vec<Diagnostic> {
    let FileContent { file, role } = content;
    match role {
        FileRole::AssetList { assets } => {
            absent_assets(file, "listed assets", assets, facts).into_iter().collect()
        }
        FileRole::Weights { assets, instants } => {
            let absent = absent_assets(file, "assets with a weight", assets, facts);
            absent.into_iter().chain(weights_in_time(file, instants, facts)).collect()
        }
        FileRole::Gas { chains, instants } => chains_of_nobody(file, chains, facts)
            .into_iter()
            .chain(begins_in_time(file, "gas", instants, facts))
            .collect(),
        FileRole::Yields { instants } => begins_in_time(file, "rates", instants, facts).into_iter().collect(),
        FileRole::Series { signal, delay_hours, series } => {
            series::check(file, signal, *delay_hours, series, definition, facts)
        }
    }
}

/// Warns of cash flows that no snapshot books: those before the first and after the last.
pub(super) fn flows_in_time(flows: &[CashFlow], facts: &MarketFacts<'_>) -> Option<Diagnostic> {
    let (first, last) = facts.ends()?;
    let outside: Vec<String> = flows
        .iter()
        .filter(|flow| flow.as_of < first || flow.as_of > last)
        .map(|flow| flow.as_of.to_string())
        .collect();
    let message = format!(
        "{} of {} cash flows lie outside the snapshots, which go from {first} to {last}, and are never booked: {}",
        outside.len(),
        flows.len(),
        some_of(outside.iter().map(String::as_str))
    );
    let help = "correct their instants, or remove them";
    (!outside.is_empty()).then(|| {
        Diagnostic::warning(codes::OUTSIDE_SNAPSHOTS.code, "", message, help).in_column("cash_flows")
    })
}

/// Refuses a file if none of its assets occurs in the snapshots, and warns if some do not.
fn absent_assets(
    file: &str,
    what: &str,
    named: &BTreeSet<AssetId>,
    facts: &MarketFacts<'_>,
) -> Option<Diagnostic> {
    let occurs = |asset: &&AssetId| facts.has_asset(asset);
    let is_excused = |asset: &&AssetId| facts.is_optional(asset.as_str());
    let absent: Vec<&AssetId> = named.iter().filter(|asset| !occurs(asset) && !is_excused(asset)).collect();
    let first = absent.first()?;
    let shown = some_of(absent.iter().map(|asset| asset.as_str()));
    let (count, all) = (absent.len(), named.len());
    if !named.iter().any(|asset| occurs(&asset)) {
        let message = format!("0 of {all} {what} occur in the snapshots; missing: {shown}");
        let help = match facts.known_as(first.as_str()).any(|known| known != *first) {
            true => help_for_asset(first.as_str(), facts),
            false => format!(
                "use the identifiers of the snapshots, such as {}, or name another column in `snapshots.columns.asset`",
                examples(facts)
            ),
        };
        return Some(Diagnostic::error(codes::NOTHING_OCCURS.code, file, message, help).in_column("asset"));
    }
    let message = format!("{count} of {all} {what} do not occur in the snapshots: {shown}");
    let help = match facts.known_as(first.as_str()).next() {
        Some(_) => help_for_asset(first.as_str(), facts),
        None => "nothing to do if they are of another market; else use the identifiers of the snapshots"
            .to_owned(),
    };
    Some(Diagnostic::warning(codes::SOME_ABSENT.code, file, message, help).in_column("asset"))
}

/// Refuses weights that all begin after the last snapshot, and warns of some that do.
fn weights_in_time(file: &str, instants: &BTreeSet<AsOf>, facts: &MarketFacts<'_>) -> Option<Diagnostic> {
    let (_, last) = facts.ends()?;
    let late: Vec<String> = instants.iter().filter(|instant| **instant > last).map(AsOf::to_string).collect();
    if late.is_empty() {
        return None;
    }
    let shown = some_of(late.iter().map(String::as_str));
    if late.len() == instants.len() {
        let message = format!("all weights begin after the last snapshot, {last}: {shown}");
        let help = "correct the dates, or use snapshots of the same time";
        return Some(Diagnostic::error(codes::NEVER_IN_TIME.code, file, message, help).in_column("date"));
    }
    let message =
        format!("{} of {} dates lie after the last snapshot, {last}: {shown}", late.len(), instants.len());
    Some(
        Diagnostic::warning(
            codes::OUTSIDE_SNAPSHOTS.code,
            file,
            message,
            "nothing to do if they are of the future",
        )
        .in_column("date"),
    )
}

/// Refuses dated values that all begin after the last snapshot.
fn begins_in_time(
    file: &str,
    what: &str,
    instants: &BTreeSet<AsOf>,
    facts: &MarketFacts<'_>,
) -> Option<Diagnostic> {
    let (first, last) = facts.ends()?;
    let begins = *instants.first()?;
    if begins > last {
        let message = format!("the {what} begin at {begins}, after the last snapshot, {last}");
        let help = "correct the dates, or use snapshots of the same time";
        return Some(Diagnostic::error(codes::NEVER_IN_TIME.code, file, message, help));
    }
    let message = format!("the {what} begin at {begins}, after the first snapshot, {first}");
    let help = "nothing to do if there were none before; else add the earlier ones";
    (begins > first).then(|| Diagnostic::warning(codes::OUTSIDE_SNAPSHOTS.code, file, message, help))
}

/// Warns of chains in a file of gas on which nothing trades.
fn chains_of_nobody(file: &str, chains: &BTreeSet<String>, facts: &MarketFacts<'_>) -> Option<Diagnostic> {
    let is_used = |chain: &&String| facts.chains.contains(chain.as_str()) || facts.is_optional(chain);
    let unused: Vec<&str> = chains.iter().filter(|chain| !is_used(chain)).map(String::as_str).collect();
    let first = unused.first()?;
    let message = format!(
        "no asset of the definition trades on {} of {} chains: {}",
        unused.len(),
        chains.len(),
        some_of(unused.iter().copied())
    );
    Some(
        Diagnostic::warning(codes::CHAIN_OF_NOBODY.code, file, message, help_for_chain(first, facts))
            .in_column("chain"),
    )
}
