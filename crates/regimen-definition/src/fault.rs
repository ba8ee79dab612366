//! What can be wrong with a definition: codes, faults, and the error that carries all of them.

use std::fmt;

use regimen_types::CodeEntry;
use serde::Serialize;

regimen_types::codes! {
    /// The codes of definitions, in order.
    pub const CODES;
    pub(super) NOT_TOML = "DEF001",
        "The definition is not TOML.",
        "Correct the text at the place named.";
    pub(super) BAD_OVERRIDE = "DEF002",
        "A `--set` is not `key=value`, or its key leads through something that is no table.",
        "Write the dotted key of the definition, `=`, and the value: `--set selection.count=50`.";
    pub(super) UNKNOWN_KEY = "DEF003",
        "A key means nothing where it stands.",
        "Correct its spelling or remove it; `regimen schema` prints all keys.";
    pub(super) MISSING_KEY = "DEF004",
        "A required key is missing.",
        "Add it: economic choices have no defaults.";
    pub(super) WRONG_TYPE = "DEF005",
        "A value has another type than its key asks for.",
        "Write text in quotes, whole numbers and true or false without, lists in brackets.";
    pub(super) NOT_A_CHOICE = "DEF006",
        "A value is not one of the words that its key allows.",
        "Use one of the words listed.";
    pub(super) BAD_VALUE = "DEF007",
        "A value lies outside what its key allows.",
        "Use a value in the range named.";
    pub(super) LISTED_TWICE = "DEF008",
        "An asset, category, column or signal is named twice where once is meant.",
        "Remove one of the two.";
    pub(super) BAND_REVERSED = "DEF009",
        "A bullish regime would end above the distance or score at which it begins.",
        "Let `regime.exit_below` be at most `regime.enter_above`.";
    pub(super) SLEEVE_ABOVE_ONE = "DEF010",
        "The weights of the defensive sleeve sum to more than 1.",
        "Lower them; what they leave of 1 is cash.";
    pub(super) IGNORED_TABLE = "DEF011",
        "With weights from a file nothing is screened or selected, so `universe` and `selection` would be ignored.",
        "Remove the table, or choose another weighting rule.";
    pub(super) NO_ASSET_LIST = "DEF012",
        "Categories are excluded, but there is no asset list that gives assets their categories.",
        "Name it in `snapshots.asset_list`, or exclude no categories.";
    pub(super) NO_WEIGHTS_FILE = "DEF013",
        "The schedule follows a file of weights, but the weights come from a rule.",
        "Set `weighting.rule` to `file`, or choose another schedule.";
    pub(super) CASH_TOO_FINE = "DEF014",
        "The initial cash has more decimal places than the portfolio's money.",
        "Round `portfolio.initial_cash`, or raise `portfolio.money_scale`.";
    pub(super) COSTS_TAKE_ALL = "DEF015",
        "Fee and slippage together take the whole notional or more, so nothing can be sold.",
        "Let `costs.fee_bps` and `costs.slippage_bps` sum to less than 10000.";
    pub(super) NO_SIGNAL = "DEF020",
        "A regime, or a group of signals, has no signal.",
        "Add one to `regime.signals`, or choose another `regime.rule`.";
    pub(super) NO_UNIVERSE = "DEF021",
        "A signal reads the eligible universe, but with weights from a file there is no universe.",
        "Let the signal read an asset, the index level or a file.";
    pub(super) FLAT_SCORE = "DEF022",
        "A signal's score would be 0 and 1 at the same reading.",
        "Let `full` differ from `neutral`: below it for a signal that is bullish when its reading is low.";
    pub(super) IGNORED_WEIGHT = "DEF023",
        "A signal has a weight where scores do not combine by weight.",
        "Remove the weight, or set `combine` to `weighted`.";
    pub(super) CROSSOVER_REVERSED = "DEF024",
        "The fast average of a crossover has no fewer values than the slow one.",
        "Let the fast one have fewer.";
    pub(super) REENTRY_LOOSE = "DEF030",
        "An asset of the sleeve would be bought again further from its peg than where it leaves.",
        "Let `defensive.reentry.tolerance` be at most `defensive.peg_tolerance`.";
    pub(super) YIELD_ELSEWHERE = "DEF031",
        "A yield is stated for an asset that is not of the defensive sleeve.",
        "Name assets of `defensive.sleeve`, or remove the yield.";
    pub(super) SELECTION_SIZE = "DEF040",
        "A selection says in no way, or in several, how many assets are selected.",
        "Keep exactly one of `count`, `count_by_date`, `coverage` and `all = true`.";
    pub(super) COUNTS_UNSORTED = "DEF041",
        "The dates of `selection.count_by_date` do not ascend, or there are none.",
        "List the dates in ascending order, each once.";
    pub(super) BUFFER_REVERSED = "DEF042",
        "A buffer asks more of incumbents than of newcomers, or does not lie around the count.",
        "By rank let `enter` be at most the count and `stay` at least; by amount let `stay` be at most `enter`.";
    pub(super) BUFFER_MISFIT = "DEF043",
        "A buffer by rank goes with a selection that has no count.",
        "Give `selection.count` or `selection.count_by_date`, or use a buffer by amount.";
    pub(super) LIMITS_REVERSED = "DEF044",
        "A floor is above its cap, or the cap of the largest is below that of the others.",
        "Lower the floor or raise the cap.";
    pub(super) NO_LIMITS = "DEF045",
        "A table of limits names no cap and no floor.",
        "Name one, or remove the table.";
    pub(super) LIST_REVERSED = "DEF046",
        "An asset is listed until an instant that is not after the one from which it is listed.",
        "Let `until` be later than `from`.";
    pub(super) THRESHOLD_REVERSED = "DEF047",
        "A screen is stricter with incumbents than with newcomers.",
        "Let `stay` be as loose as `enter` or looser: at most `enter` for a least value, at least for a greatest.";
    pub(super) PERIODS_TWICE = "DEF048",
        "Two screens count periods in a row.",
        "Keep one `consecutive_periods`: what it counts are the screens before it.";
    pub(super) NO_FIXED_WEIGHTS = "DEF049",
        "The list of fixed weights is empty.",
        "List the assets and their weights.";
    pub(super) NO_SUPPLY = "DEF050",
        "A float-adjusted market cap needs the circulating supply, but no column is named for it.",
        "Name it in `snapshots.columns.circulating_supply`.";
    pub(super) NO_ATTRIBUTE = "DEF051",
        "A rule needs an attribute that `snapshots.attributes` does not keep.",
        "Add its name to the list, or leave out the list to keep all numeric columns.";
    pub(super) TWO_DELAYS = "DEF060",
        "A new basket would take effect after a number of snapshots and after a number of days.",
        "Keep `schedule.effective_after_snapshots` or `schedule.effective_after_days`.";
    pub(super) NO_RESERVE = "DEF061",
        "A deleted constituent is replaced by the next in rank, but the selection names none.",
        "Set `selection.reserve` to how many are next in line, or `index.deletion.then` to another word.";
    pub(super) NO_DISTRIBUTIONS = "DEF062",
        "Distributions come from a column that is not read.",
        "Name the column in `snapshots.attributes`, or leave that key out to keep all numeric columns.";
    pub(super) UNREAD_SUPPLY = "DEF063",
        "Supply snapshots are scheduled, but neither the ranking nor the weighting reads a price times a supply.",
        "Remove `schedule.supply`, or rank or weigh by `market_cap` or `float_adjusted`.";
    pub(super) NO_CROSSED_SCREEN = "DEF064",
        "Crosses of an attribute's threshold are to cause reconstitutions, but no screen has that threshold.",
        "Add an `attribute` screen of that name to `universe.screens`, or remove the name.";
    pub(super) TIERS_DESCEND = "DEF080",
        "Tiers of rates, or the gas of a chain over time, are not in ascending order.",
        "Order them by the amount, or by the instant, from which each holds.";
    pub(super) NO_GAS = "DEF081",
        "Assets live on a chain whose gas is not given.",
        "List the chain in `costs.gas.chains`, with a gas of 0 if it takes none.";
    pub(super) NO_DISTANCE = "DEF082",
        "A band has neither an absolute nor a relative distance, so it would have no width.",
        "Give it `absolute`, `relative`, or both.";
    pub(super) EXIT_ABOVE_TRADE = "DEF083",
        "The sale of a position that leaves would have to be worth more than any other trade, so remains would stay.",
        "Let `trading.minimum_notional.exit` be at most `trading.minimum_notional.trade`.";
    pub(super) NO_SUCH_COLUMN = "DEF084",
        "The half-spread comes from a column that is not read.",
        "Name the column in `snapshots.attributes`, or leave that key out to keep all numeric columns.";
    pub(super) GAS_TWICE = "DEF085",
        "Gas is read from a series, but every chain has a given amount.",
        "Remove `costs.gas.series`, or the chains that it is for from `costs.gas.chains`.";
    pub(super) SLICES_WITHOUT_LAG = "DEF100",
        "Execution is spread over snapshots, but with a lag of 0 it happens at the decision.",
        "Raise `portfolio.lag_snapshots`, or remove `execution`.";
    pub(super) FLOW_OF_NOTHING = "DEF101",
        "A cash flow is zero.",
        "Remove it, or state what comes in (above zero) or goes out (below).";
    pub(super) FLOW_TOO_FINE = "DEF102",
        "A cash flow has more decimal places than the portfolio's money.",
        "Round it, or raise `portfolio.money_scale`.";
    pub(super) NOTHING_FOLLOWS = "DEF103",
        "Execution or cash flows are defined, but no portfolio.",
        "Add `portfolio`, `costs` and `vanished`, or remove the table.";
    pub(super) SECRET = "DEF120",
        "A key has the name of a secret, or a value looks like one. The value is not printed.",
        "Remove it, and replace the secret, since this text has held it: the engine needs none and has no place for one.";
    pub(super) MARK_TWICE = "DEF140",
        "One mark separates both thousands and decimals.",
        "Set `decimal_mark` and `thousands_mark` in `[snapshots]` to different marks.";
    pub(super) UNREAD_PATTERN = "DEF141",
        "A pattern of names is given where the layout of the snapshots reads none, or not all of it.",
        "Set `layout` in `[snapshots]`, or remove `asset_pattern`.";
}

/// One thing that is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DefinitionFault {
    /// The stable code, such as `DEF004`.
    pub code: &'static str,
    /// The key, such as `defensive.sleeve[1].weight`.
    pub key: String,
    /// The offending value as text, if there is one.
    pub text: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl DefinitionFault {
    pub(super) fn new(
        entry: CodeEntry,
        key: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { code: entry.code, key: key.into(), text: None, message: message.into(), help: help.into() }
    }

    /// Builds a fault whose help is the code's own remedy.
    pub(super) fn of(entry: CodeEntry, key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(entry, key, message, entry.remedy)
    }

    pub(super) fn quoting(self, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..self }
    }

    /// Returns true if the fault lies at a key or below it.
    pub(super) fn is_within(&self, key: &str) -> bool {
        self.key.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }
}

impl fmt::Display for DefinitionFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "error[{}]: {}", self.code, self.message)?;
        if let Some(text) = &self.text {
            write!(formatter, ", text {text:?}")?;
        }
        write!(formatter, "\n  help: {}", self.help)
    }
}

/// Everything that is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DefinitionError {
    /// The faults, at least one.
    pub faults: Vec<DefinitionFault>,
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            write!(formatter, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for DefinitionError {}
