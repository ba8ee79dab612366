//! `regimen plan`: the live path.

use std::path::Path;

use regimen::planning::TriggerReading;
use regimen::{Action, Decision, HoldReason, State, decide, vanished_positions};
use regimen_input::Opened;
use regimen_types::{AssetId, Diagnostic, HistoryWindow, Holdings, Order};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::arguments::{Format, Plan};
use crate::codes;
use crate::failure::Failure;
use crate::inputs::{read_market, read_with_portfolio};
use crate::print::{json, table, table_with_header};

/// The output of `--format json`.
#[derive(Serialize)]
struct Planned<'a> {
    orders: Vec<&'a Order>,
    vanished: Vec<AssetId>,
    decision: &'a Decision,
    state: &'a State,
}

pub(crate) fn run(command: &Plan) -> Result<String, Failure> {
    let definition = read_with_portfolio(&command.definition, "plan")?;
    let Opened { methodology, history, .. } =
        read_market(definition, Some(&command.snapshots), command.definition.strict)?;
    let holdings: Holdings =
        read_json(&command.holdings, "{\"cash\": \"10000\", \"units\": {\"BTC\": \"0.5\"}}")?;
    let state = match &command.state {
        Some(path) => read_json(path, "the state that an earlier plan wrote")?,
        None => State::START,
    };
    let window = history.newest().ok_or_else(|| Failure::internal("a history without snapshots was read"))?;
    check_holdings(&holdings, &window, &command.holdings)?;
    let (decision, next) = decide(&methodology, &state, &window, &holdings).map_err(|error| {
        let help = "check the snapshots, the holdings and the state";
        Diagnostic::general(codes::NO_PLAN.code, format!("there is no plan: {error}"), help)
    })?;
    // The orders are now the caller's: the holdings of the next plan show what became of them.
    let next = State { pending: None, ..next };
    let vanished: Vec<AssetId> = methodology
        .portfolio()
        .map(|rules| vanished_positions(rules.vanished, &window, &holdings))
        .into_iter()
        .flatten()
        .map(|position| position.asset)
        .collect();
    if let Some(path) = &command.state_out {
        write_state(path, &next)?;
    }
    match command.format {
        Format::Json => {
            json(&Planned { orders: orders(&decision), vanished, decision: &decision, state: &next })
        }
        Format::Text => Ok(text(&decision, &vanished)),
    }
}

fn orders(decision: &Decision) -> Vec<&Order> {
    match &decision.action {
        Action::Hold(_) => Vec::new(),
        Action::Rebalance(rebalance) => rebalance.plan.orders().collect(),
    }
}

fn text(decision: &Decision, vanished: &[AssetId]) -> String {
    let regime = decision.index.regime.state;
    let since = regime.since.map_or_else(String::new, |since| format!(" since {since}"));
    let mut text = format!("as of {}: {}{since}\n", decision.index.as_of, regime.regime);
    for asset in vanished {
        text += &format!("{asset} is held but has had no price for longer than the methodology carries it\n");
    }
    let rebalance = match &decision.action {
        Action::Hold(reason) => return text + &format!("hold: {}\n", reason.as_str()) + &readings(reason),
        Action::Rebalance(rebalance) => rebalance,
    };
    let plan = &rebalance.plan;
    text += &table(&[
        ("cause", rebalance.cause.to_string()),
        ("equity", plan.equity.to_string()),
        ("equity after costs", plan.equity_after_costs.to_string()),
        ("cash weight", rebalance.target.cash_weight().to_string()),
    ]);
    let row = |order: &Order| {
        vec![
            order.side.to_string(),
            order.asset.to_string(),
            order.units.to_string(),
            order.decision_price.to_string(),
            rebalance.target.weight(&order.asset).to_string(),
        ]
    };
    text + &table_with_header(&["side", "asset", "units", "price", "target weight"], plan.orders().map(row))
}

/// Lists the readings of the triggers if they are the reason for doing nothing.
fn readings(reason: &HoldReason) -> String {
    let HoldReason::WithinLimits { readings } = reason else { return String::new() };
    let row = |reading: &TriggerReading| {
        let asset = reading.asset.as_ref().map_or_else(|| "all".to_owned(), ToString::to_string);
        vec![reading.cause.to_string(), asset, reading.measured.to_string(), reading.allowed.to_string()]
    };
    table_with_header(&["trigger", "asset", "measured", "allowed"], readings.iter().map(row))
}

/// Refuses holdings of assets that the snapshots never priced.
pub(crate) fn check_holdings(
    holdings: &Holdings,
    window: &HistoryWindow<'_>,
    path: &Path,
) -> Result<(), Failure> {
    if holdings.cash().is_negative() {
        let message = format!("the cash is below zero: {}", holdings.cash());
        let help = "nothing can be planned on debt; state the cash that there is";
        return Err(bad_holdings(path, message, help));
    }
    let unpriced =
        holdings.positions().map(|(asset, _)| asset).find(|asset| window.last_price(asset).is_none());
    match unpriced {
        Some(asset) => {
            let message = format!("{asset} is held but never had a price in the snapshots");
            Err(bad_holdings(path, message, "use the identifier that the snapshots use"))
        }
        None => Ok(()),
    }
}

fn bad_holdings(path: &Path, message: String, help: &str) -> Failure {
    Diagnostic::error(codes::BAD_HOLDINGS.code, &path.display().to_string(), message, help).into()
}

pub(crate) fn read_json<T: DeserializeOwned>(path: &Path, expected: &str) -> Result<T, Failure> {
    let refuse = |problem: &dyn std::fmt::Display| {
        bad_holdings(path, problem.to_string(), &format!("expected {expected}"))
    };
    let text = std::fs::read_to_string(path).map_err(|problem| refuse(&problem))?;
    serde_json::from_str(&text).map_err(|problem| refuse(&problem))
}

fn write_state(path: &Path, state: &State) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(state).map_err(Failure::internal)?;
    let partial = path.with_extension("partial");
    let written = std::fs::write(&partial, text + "\n").and_then(|()| std::fs::rename(&partial, path));
    written.map_err(|problem| Failure::unwritable(path, &problem))
}
