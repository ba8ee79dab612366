//! The explanation as text: what a person reads.

use std::fmt::{self, Display, Write};

use regimen_types::{Cause, Money, Side, TradeCosts};

use super::asset::{AssetExplanation, AssetOrder, AssetTransaction, AssetVerdictRow, TargetChange};
use super::decision::{DecisionExplanation, NamedCount, SideTotal, TradeTotals};
use super::explanation::Explanation;
use super::figures::{figure, money, percent};
use super::hold::HoldExplanation;

use crate::tables::DecisionVerdict;

/// The assets that a list names before it only counts.
const NAMED: usize = 5;
/// The weights on one line.
const WEIGHTS_A_LINE: usize = 6;
/// The reasons that a list gives before it only counts.
const REASONS: usize = 6;

impl Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text)?;
        formatter.write_str(text.trim_end())
    }
}

impl Explanation {
    fn write(&self, formatter: &mut String) -> fmt::Result {
        let Self { index, currency, as_of, .. } = self;
        writeln!(formatter, "{index} at {as_of}")?;
        let (nav, cash) = (money(self.nav.decimal()), money(self.cash.decimal()));
        let invested = money(self.invested.decimal());
        writeln!(formatter, "  NAV {nav} {currency}: {invested} invested, {cash} cash")?;
        writeln!(formatter, "  index level {}", figure(self.index_level.decimal()))?;
        write!(formatter, "\n{}", self.regime)?;
        if let Some(booked) = &self.booked {
            write!(formatter, "\nBooked on this date\n{booked}")?;
        }
        match &self.decision {
            Some(decision) => self.write_decision(formatter, decision)?,
            None => writeln!(formatter, "\nNothing was decided up to this date.")?,
        }
        match &self.asset {
            Some(asset) => write!(formatter, "\n{asset}"),
            None => Ok(()),
        }
    }

    fn write_decision(&self, formatter: &mut String, decision: &DecisionExplanation) -> fmt::Result {
        let next = match self.next_decision {
            Some(next) => format!("the next decision came on {next}"),
            None => "the run has no later decision".to_owned(),
        };
        let cause = cause_in_words(decision.cause);
        let held = self.hold.as_ref().map(HoldExplanation::in_words);
        if decision.as_of == self.as_of {
            writeln!(formatter, "\nDecided on this date: {cause}; {next}")?;
            if let Some(held) = held {
                writeln!(formatter, "The portfolio held: {held}")?;
            }
        } else {
            let held = held.map_or_else(String::new, |held| format!("{held}; "));
            writeln!(formatter, "\nNothing was decided on this date: {held}{next}")?;
            writeln!(formatter, "The last decision was on {}: {cause}", decision.as_of)?;
        }
        if let Some(supply_as_of) = decision.supply_as_of {
            writeln!(formatter, "  ranked and weighed with the supplies of {supply_as_of}")?;
        }
        for crossed in &decision.crossed {
            writeln!(formatter, "  {}: {}", crossed.asset, crossed.how)?;
        }
        // An asset's story needs the decision's date and cause; its other assets would only hide it.
        if self.asset.is_none() { write!(formatter, "{decision}") } else { Ok(()) }
    }
}

impl Display for DecisionExplanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let excluded = self.excluded.iter().map(|each| each.count).sum();
        let counts: [(u64, &str); 6] = [
            (self.reserve, "next in line"),
            (self.below_count, "below the count"),
            (self.group_full, "of a full group"),
            (self.below_threshold, "below the threshold"),
            (excluded, "excluded"),
            (self.held, "held only"),
        ];
        write!(formatter, "  {}: {} selected", self.regime, self.selected)?;
        for (count, name) in counts.iter().filter(|(count, _)| *count > 0) {
            write!(formatter, ", {count} {name}")?;
        }
        writeln!(formatter)?;
        write_reasons(formatter, "excluded", &self.excluded)?;
        for (index, line) in self.weights_in_words().chunks(WEIGHTS_A_LINE).enumerate() {
            writeln!(formatter, "  {:8} {}", if index == 0 { "weights:" } else { "" }, line.join(", "))?;
        }
        if self.sells.count + self.buys.count == 0 {
            writeln!(formatter, "  nothing to trade")?;
            return write_reasons(formatter, "skipped", &self.skipped);
        }
        let (sells, buys) = (self.sells.of("sale"), self.buys.of("purchase"));
        writeln!(formatter, "  orders: {sells}, {buys}, at the decision's prices")?;
        write_reasons(formatter, "skipped", &self.skipped)?;
        self.write_outcome(formatter)
    }
}

impl DecisionExplanation {
    fn weights_in_words(&self) -> Vec<String> {
        let named = self.top_weights.iter();
        let mut weights: Vec<String> =
            named.map(|each| format!("{} {}", each.asset, percent(each.weight.decimal(), 2))).collect();
        let unnamed = self.selected.saturating_sub(weights.len() as u64);
        if unnamed > 0 {
            weights.push(format!("{unnamed} more"));
        }
        if !self.cash_weight.is_zero() {
            weights.push(format!("cash {}", percent(self.cash_weight.decimal(), 2)));
        }
        weights
    }

    fn write_outcome(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(closed_at) = self.closed_at else {
            return writeln!(formatter, "  the orders wait for their execution when the run ends");
        };
        match &self.traded {
            Some(traded) => write!(formatter, "Executed on {closed_at}\n{traded}")?,
            None => writeln!(formatter, "On {closed_at} nothing was executed")?,
        }
        write_reasons(formatter, "not in full", &self.shortfalls)
    }
}

impl Display for TradeTotals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.deposits, "deposit"),
            (self.sells, "sale"),
            (self.buys, "purchase"),
            (self.write_offs, "write-off"),
            (self.interest, "interest payment"),
        ];
        let parts: Vec<String> =
            parts.iter().filter(|(total, _)| total.count > 0).map(|(total, name)| total.of(name)).collect();
        let costs =
            self.costs.map_or_else(|| "costs unknown".to_owned(), |costs| costs_in_words("fees", &costs));
        writeln!(formatter, "  {}; {costs}", parts.join(", "))
    }
}

impl SideTotal {
    fn of(&self, name: &str) -> String {
        match (self.count, self.notional) {
            (0, _) => format!("no {name}"),
            (1, notional) => format!("1 {name} of {}", sum(notional)),
            (count, notional) => format!("{count} {name}s of {}", sum(notional)),
        }
    }
}

fn sum(amount: Option<Money>) -> String {
    amount.map_or_else(|| "unknown value".to_owned(), |amount| money(amount.decimal()))
}

fn write_reasons(formatter: &mut fmt::Formatter<'_>, what: &str, reasons: &[NamedCount]) -> fmt::Result {
    for NamedCount { reason, count, assets } in reasons.iter().take(REASONS) {
        let mut names: Vec<&str> = assets.iter().take(NAMED).map(|asset| asset.as_str()).collect();
        if assets.len() > NAMED {
            names.push("…");
        }
        let reason = reason.replace('_', " ");
        writeln!(formatter, "    {what}: {count} ({reason}): {}", names.join(", "))?;
    }
    match reasons.len().saturating_sub(REASONS) {
        0 => Ok(()),
        more => writeln!(formatter, "    {what}: and for {more} more reasons"),
    }
}

impl Display for AssetExplanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} at that decision", self.asset)?;
        match &self.verdict {
            Some(verdict) => write!(formatter, "{verdict}")?,
            None => writeln!(
                formatter,
                "  no row: it was neither in the snapshot nor held, or is not in the sleeve"
            )?,
        }
        if let Some(order) = &self.order {
            write!(formatter, "{order}")?;
        }
        match &self.last_change {
            Some(change) => writeln!(formatter, "  {change}")?,
            None => writeln!(formatter, "  never in the target up to this date")?,
        }
        writeln!(formatter, "  held after this date: {}", figure(self.units.decimal()))?;
        let executed = self.order.as_ref().and_then(|order| order.trade.as_ref());
        match &self.last_transaction {
            Some(last) if Some(last) != executed => writeln!(formatter, "  last moved: {last}"),
            _ => Ok(()),
        }
    }
}

impl Display for AssetVerdictRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rank =
            self.rank.map_or_else(String::new, |rank| format!(", rank {rank} of {} eligible", self.eligible));
        let verdict = match self.verdict {
            DecisionVerdict::Reserve => "next in line".to_owned(),
            DecisionVerdict::BelowCount => "below the count".to_owned(),
            DecisionVerdict::Followed => "in the index, at its present weight".to_owned(),
            verdict => verdict.as_str().replace('_', " "),
        };
        let reason = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        writeln!(formatter, "  {verdict}{reason}{rank}")?;
        let known = |value: Option<String>| value.unwrap_or_else(|| "unknown".to_owned());
        let price = known(self.price.map(|price| figure(price.decimal())));
        let market_cap = known(self.market_cap.map(|cap| figure(cap.decimal())));
        writeln!(formatter, "  price {price}, market cap {market_cap}")?;
        let raw_weight =
            self.raw_weight.map_or_else(String::new, |raw| format!(" (raw {})", percent(raw.decimal(), 4)));
        writeln!(formatter, "  weight {}{raw_weight}", percent(self.weight.decimal(), 4))?;
        let Some(trade) = &self.trade else { return Ok(()) };
        let (units, target) = (figure(trade.units.decimal()), figure(trade.target_units.decimal()));
        let action = match trade.side {
            Some(side) => format!("{side} {}", figure(trade.trade_units.decimal())),
            None => format!("no trade ({})", trade.reason.replace('_', " ")),
        };
        writeln!(formatter, "  units {units} before, target {target}: {action}")
    }
}

impl Display for AssetOrder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(closed_at) = self.closed_at else {
            return writeln!(formatter, "  the order waits for its execution when the run ends");
        };
        match &self.trade {
            Some(trade) => writeln!(formatter, "  executed: {trade}")?,
            None => writeln!(formatter, "  not executed on {closed_at}")?,
        }
        match self.shortfall {
            Some(reason) => {
                let units =
                    self.trade.as_ref().map_or(self.units, |trade| self.units.left_after(trade.units));
                let side = if self.side == Side::Buy { "bought" } else { "sold" };
                writeln!(formatter, "  {} not {side} ({})", figure(units.decimal()), reason.replace('_', " "))
            }
            None => Ok(()),
        }
    }
}

impl Display for AssetTransaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, as_of, kind, .. } = self;
        let units = figure(self.units.decimal());
        let price = self.price.map_or_else(String::new, |price| format!(" at {}", figure(price.decimal())));
        let (notional, costs) = (money(self.notional.decimal()), costs_in_words("fee", &self.costs));
        write!(
            formatter,
            "{} {units}{price} for {notional} on {as_of}, {costs} (transaction {seq})",
            kind.replace('_', " ")
        )
    }
}

/// Names fee and slippage, and the other kinds of cost where there are any.
fn costs_in_words(fee: &str, costs: &TradeCosts) -> String {
    let mut text =
        format!("{fee} {}, slippage {}", money(costs.fee.decimal()), money(costs.slippage.decimal()));
    for (name, amount) in costs.named().skip(2).filter(|(_, amount)| !amount.is_zero()) {
        let _ = write!(text, ", {} {}", name.replace('_', " "), money(amount.decimal()));
    }
    text
}

impl Display for TargetChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rank = self.rank.map_or_else(String::new, |rank| format!(", then at rank {rank}"));
        let status = if self.came_in { "in the target since" } else { "out of the target since" };
        write!(formatter, "{status} {}: {}{rank}", self.as_of, cause_in_words(self.cause))
    }
}

fn cause_in_words(cause: Cause) -> &'static str {
    match cause {
        Cause::Inception => "the first rebalance",
        Cause::Schedule => "the scheduled rebalance",
        Cause::Deletion => "a constituent without a price was deleted",
        Cause::Rebalance => "the scheduled rebalance of the weights alone",
        Cause::ThresholdCross => "an attribute crossed its threshold",
        Cause::RegimeSwitch => "the regime changed",
        Cause::Vanished => "an asset vanished",
        Cause::Interest => "interest",
        Cause::OffPeg => "an asset of the sleeve left its peg",
        Cause::Drift => "the portfolio drifted from the index",
        Cause::ForcedExit => "a held asset left the index",
        Cause::Carried => "an earlier rebalance went on",
        Cause::CashFlow => "money came in or went out",
        Cause::Accrual => "a fee accrued",
        Cause::Redenomination => "an asset was redenominated",
        Cause::Migration => "an asset was swapped for its successor",
        Cause::TickerChange => "an asset goes on under another identifier",
        Cause::Fork => "a chain forked",
        Cause::Airdrop => "holders were given units",
        Cause::Delisting => "an asset was delisted",
        Cause::Staking => "units earned units",
    }
}
