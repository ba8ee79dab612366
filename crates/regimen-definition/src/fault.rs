//! What can be wrong with a definition: codes, faults, and the error that carries all of them.

use std::fmt;

use serde::Serialize;

pub(super) const NOT_TOML: &str = "DEF001";
pub(super) const BAD_OVERRIDE: &str = "DEF002";
pub(super) const UNKNOWN_KEY: &str = "DEF003";
pub(super) const MISSING_KEY: &str = "DEF004";
pub(super) const WRONG_TYPE: &str = "DEF005";
pub(super) const NOT_A_CHOICE: &str = "DEF006";
pub(super) const BAD_VALUE: &str = "DEF007";
pub(super) const LISTED_TWICE: &str = "DEF008";
pub(super) const BAND_REVERSED: &str = "DEF009";
pub(super) const SLEEVE_ABOVE_ONE: &str = "DEF010";
pub(super) const IGNORED_TABLE: &str = "DEF011";
pub(super) const NO_ASSET_LIST: &str = "DEF012";
pub(super) const NO_WEIGHTS_FILE: &str = "DEF013";
pub(super) const CASH_TOO_FINE: &str = "DEF014";
pub(super) const COSTS_TAKE_ALL: &str = "DEF015";
pub(super) const NO_SIGNAL: &str = "DEF020";
pub(super) const NO_UNIVERSE: &str = "DEF021";
pub(super) const FLAT_SCORE: &str = "DEF022";
pub(super) const IGNORED_WEIGHT: &str = "DEF023";
pub(super) const CROSSOVER_REVERSED: &str = "DEF024";
pub(super) const REENTRY_LOOSE: &str = "DEF030";
pub(super) const YIELD_ELSEWHERE: &str = "DEF031";
pub(super) const SELECTION_SIZE: &str = "DEF040";
pub(super) const COUNTS_UNSORTED: &str = "DEF041";
pub(super) const BUFFER_REVERSED: &str = "DEF042";
pub(super) const BUFFER_MISFIT: &str = "DEF043";
pub(super) const LIMITS_REVERSED: &str = "DEF044";
pub(super) const NO_LIMITS: &str = "DEF045";
pub(super) const LIST_REVERSED: &str = "DEF046";
pub(super) const THRESHOLD_REVERSED: &str = "DEF047";
pub(super) const PERIODS_TWICE: &str = "DEF048";
pub(super) const NO_FIXED_WEIGHTS: &str = "DEF049";
pub(super) const NO_SUPPLY: &str = "DEF050";
pub(super) const NO_ATTRIBUTE: &str = "DEF051";
pub(super) const TWO_DELAYS: &str = "DEF060";
pub(super) const NO_RESERVE: &str = "DEF061";
pub(super) const NO_DISTRIBUTIONS: &str = "DEF062";
pub(super) const UNREAD_SUPPLY: &str = "DEF063";
pub(super) const NO_CROSSED_SCREEN: &str = "DEF064";
pub(super) const TIERS_DESCEND: &str = "DEF080";
pub(super) const NO_GAS: &str = "DEF081";
pub(super) const NO_DISTANCE: &str = "DEF082";
pub(super) const EXIT_ABOVE_TRADE: &str = "DEF083";
pub(super) const NO_SUCH_COLUMN: &str = "DEF084";
pub(super) const GAS_TWICE: &str = "DEF085";
pub(super) const SLICES_WITHOUT_LAG: &str = "DEF100";
pub(super) const FLOW_OF_NOTHING: &str = "DEF101";
pub(super) const FLOW_TOO_FINE: &str = "DEF102";
pub(super) const NOTHING_FOLLOWS: &str = "DEF103";
pub(super) const SECRET: &str = "DEF120";
pub(super) const MARK_TWICE: &str = "DEF140";
pub(super) const UNREAD_PATTERN: &str = "DEF141";

/// The codes of definitions: code, meaning and remedy.
pub const CODES: &[(&str, &str, &str)] = &[
    (NOT_TOML, "The definition is not TOML.", "Correct the text at the place named."),
    (
        BAD_OVERRIDE,
        "A `--set` is not `key=value`, or its key leads through something that is no table.",
        "Write the dotted key of the definition, `=`, and the value: `--set selection.count=50`.",
    ),
    (
        UNKNOWN_KEY,
        "A key means nothing where it stands.",
        "Correct its spelling or remove it; `regimen schema` prints all keys.",
    ),
    (MISSING_KEY, "A required key is missing.", "Add it: economic choices have no defaults."),
    (
        WRONG_TYPE,
        "A value has another type than its key asks for.",
        "Write text in quotes, whole numbers and true or false without, lists in brackets.",
    ),
    (NOT_A_CHOICE, "A value is none of the words that its key allows.", "Use one of the words listed."),
    (BAD_VALUE, "A value lies outside what its key allows.", "Use a value in the range named."),
    (
        LISTED_TWICE,
        "An asset, category, column or signal is named twice where once is meant.",
        "Remove one of the two.",
    ),
    (
        BAND_REVERSED,
        "A bullish regime would end above the distance or score at which it begins.",
        "Let `regime.exit_below` be at most `regime.enter_above`.",
    ),
    (
        SLEEVE_ABOVE_ONE,
        "The weights of the defensive sleeve sum to more than 1.",
        "Lower them; what they leave of 1 is cash.",
    ),
    (
        IGNORED_TABLE,
        "With weights from a file nothing is screened or selected, so `universe` and `selection` would be ignored.",
        "Remove the table, or choose another weighting rule.",
    ),
    (
        NO_ASSET_LIST,
        "Categories are excluded, but there is no asset list that gives assets their categories.",
        "Name it in `snapshots.asset_list`, or exclude no categories.",
    ),
    (
        NO_WEIGHTS_FILE,
        "The schedule follows a file of weights, but the weights come from a rule.",
        "Set `weighting.rule` to `file`, or choose another schedule.",
    ),
    (
        CASH_TOO_FINE,
        "The initial cash has more decimal places than the portfolio's money.",
        "Round `portfolio.initial_cash`, or raise `portfolio.money_scale`.",
    ),
    (
        COSTS_TAKE_ALL,
        "Fee and slippage together take the whole notional or more, so nothing can be sold.",
        "Let `costs.fee_bps` and `costs.slippage_bps` sum to less than 10000.",
    ),
    (
        NO_SIGNAL,
        "A regime, or a group of signals, has no signal.",
        "Add one to `regime.signals`, or choose another `regime.rule`.",
    ),
    (
        NO_UNIVERSE,
        "A signal reads the eligible universe, but the weights come from a file, so there is none.",
        "Let the signal read an asset, the index level or a file.",
    ),
    (
        FLAT_SCORE,
        "A signal's score would be 0 and 1 at the same reading.",
        "Let `full` differ from `neutral`: below it for a signal that is bullish when its reading is low.",
    ),
    (
        IGNORED_WEIGHT,
        "A signal has a weight where scores do not combine by weight.",
        "Remove the weight, or set `combine` to `weighted`.",
    ),
    (
        CROSSOVER_REVERSED,
        "The fast average of a crossover has no fewer values than the slow one.",
        "Let the fast one have fewer.",
    ),
    (
        REENTRY_LOOSE,
        "An asset of the sleeve would be bought again further from its peg than where it leaves.",
        "Let `defensive.reentry.tolerance` be at most `defensive.peg_tolerance`.",
    ),
    (
        YIELD_ELSEWHERE,
        "A yield is stated for an asset that is not of the defensive sleeve.",
        "Name assets of `defensive.sleeve`, or remove the yield.",
    ),
    (
        SELECTION_SIZE,
        "A selection says in no way, or in several, how many assets are selected.",
        "Keep exactly one of `count`, `count_by_date`, `coverage` and `all = true`.",
    ),
    (
        COUNTS_UNSORTED,
        "The dates of `selection.count_by_date` do not ascend, or there are none.",
        "List the dates in ascending order, each once.",
    ),
    (
        BUFFER_REVERSED,
        "A buffer asks more of incumbents than of newcomers, or does not lie around the count.",
        "By rank let `enter` be at most the count and `stay` at least; by amount let `stay` be at most `enter`.",
    ),
    (
        BUFFER_MISFIT,
        "A buffer by rank goes with a selection that has no count.",
        "Give `selection.count` or `selection.count_by_date`, or use a buffer by amount.",
    ),
    (
        LIMITS_REVERSED,
        "A floor is above its cap, or the cap of the largest is below that of the others.",
        "Lower the floor or raise the cap.",
    ),
    (NO_LIMITS, "A table of limits names no cap and no floor.", "Name one, or remove the table."),
    (
        LIST_REVERSED,
        "An asset is listed until an instant that is not after the one from which it is listed.",
        "Let `until` be later than `from`.",
    ),
    (
        THRESHOLD_REVERSED,
        "A screen is stricter with incumbents than with newcomers.",
        "Let `stay` be as loose as `enter` or looser: at most `enter` for a least value, at least for a greatest.",
    ),
    (
        PERIODS_TWICE,
        "Two screens count periods in a row.",
        "Keep one `consecutive_periods`: what it counts are the screens before it.",
    ),
    (NO_FIXED_WEIGHTS, "The list of fixed weights is empty.", "List the assets and their weights."),
    (
        NO_SUPPLY,
        "A float-adjusted market cap needs the circulating supply, but no column is named for it.",
        "Name it in `snapshots.columns.circulating_supply`.",
    ),
    (
        NO_ATTRIBUTE,
        "A rule needs an attribute that `snapshots.attributes` does not keep.",
        "Add its name to the list, or leave out the list to keep all numeric columns.",
    ),
    (
        TWO_DELAYS,
        "A new basket would take effect after a number of snapshots and after a number of days.",
        "Keep `schedule.effective_after_snapshots` or `schedule.effective_after_days`.",
    ),
    (
        NO_RESERVE,
        "A deleted constituent is replaced by the next in rank, but the selection names none.",
        "Set `selection.reserve` to how many are next in line, or `index.deletion.then` to another word.",
    ),
    (
        NO_DISTRIBUTIONS,
        "Distributions come from a column that is not read.",
        "Name the column in `snapshots.attributes`, or leave that key out to keep all numeric columns.",
    ),
    (
        UNREAD_SUPPLY,
        "Supply snapshots are scheduled, but neither the ranking nor the weighting reads a price times a supply.",
        "Remove `schedule.supply`, or rank or weigh by `market_cap` or `float_adjusted`.",
    ),
    (
        NO_CROSSED_SCREEN,
        "Crosses of an attribute's threshold are to cause reconstitutions, but no screen has that threshold.",
        "Add an `attribute` screen of that name to `universe.screens`, or remove the name.",
    ),
    (
        TIERS_DESCEND,
        "Tiers of rates, or the gas of a chain over time, are not in ascending order.",
        "Order them by the amount, or by the instant, from which each holds.",
    ),
    (
        NO_GAS,
        "Assets live on a chain whose gas is not given.",
        "List the chain in `costs.gas.chains`, with a gas of 0 if it takes none.",
    ),
    (
        NO_DISTANCE,
        "A band has neither an absolute nor a relative distance, so it would have no width.",
        "Give it `absolute`, `relative`, or both.",
    ),
    (
        EXIT_ABOVE_TRADE,
        "The sale of a position that leaves would have to be worth more than any other trade, so remains would stay.",
        "Let `trading.minimum_notional.exit` be at most `trading.minimum_notional.trade`.",
    ),
    (
        NO_SUCH_COLUMN,
        "The half-spread comes from a column that is not read.",
        "Name the column in `snapshots.attributes`, or leave that key out to keep all numeric columns.",
    ),
    (
        GAS_TWICE,
        "Gas is read from a series, but every chain has a given amount.",
        "Remove `costs.gas.series`, or the chains that it is for from `costs.gas.chains`.",
    ),
    (
        SLICES_WITHOUT_LAG,
        "Execution is spread over snapshots, but with a lag of 0 it happens at the decision.",
        "Raise `portfolio.lag_snapshots`, or remove `execution`.",
    ),
    (
        FLOW_OF_NOTHING,
        "A cash flow is zero.",
        "Remove it, or state what comes in (above zero) or goes out (below).",
    ),
    (
        FLOW_TOO_FINE,
        "A cash flow has more decimal places than the portfolio's money.",
        "Round it, or raise `portfolio.money_scale`.",
    ),
    (
        NOTHING_FOLLOWS,
        "Execution or cash flows are defined, but no portfolio.",
        "Add `portfolio`, `costs` and `vanished`, or remove the table.",
    ),
    (
        SECRET,
        "A key has the name of a secret, or a value looks like one. The value is not printed.",
        "Remove it, and replace the secret, since this text has held it: the engine needs none and has no place for one.",
    ),
    (
        MARK_TWICE,
        "One mark separates both thousands and decimals.",
        "Set `decimal_mark` and `thousands_mark` in `[snapshots]` to different marks.",
    ),
    (
        UNREAD_PATTERN,
        "A pattern of names is given where the layout of the snapshots reads none, or not all of it.",
        "Set `layout` in `[snapshots]`, or remove `asset_pattern`.",
    ),
];

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
        code: &'static str,
        key: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { code, key: key.into(), text: None, message: message.into(), help: help.into() }
    }

    /// Builds a fault whose help is the code's own remedy.
    pub(super) fn of(code: &'static str, key: impl Into<String>, message: impl Into<String>) -> Self {
        let remedy = CODES.iter().find(|entry| entry.0 == code).map_or("", |entry| entry.2);
        Self::new(code, key, message, remedy)
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
