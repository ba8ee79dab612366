//! The rules that the ledger, the log and the index keep, with their codes.

use regimen_types::CodeEntry;

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident = ($code:literal, $meaning:literal, $remedy:literal)),+ $(,)?) => {
        /// A rule that was broken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum LedgerRule {
            $($(#[$doc])* $rule),+
        }

        impl LedgerRule {
            /// Returns the rule's code, with what is wrong when the rule is broken and what to do about it.
            #[must_use]
            pub const fn entry(self) -> CodeEntry {
                match self {
                    $(Self::$rule => CodeEntry { code: $code, meaning: $meaning, remedy: $remedy }),+
                }
            }

            /// Returns the stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                self.entry().code
            }
        }

        /// Every rule's code, in order.
        pub const CODES: &[CodeEntry] = &[$(LedgerRule::$rule.entry()),+];
    };
}

rules! {
    /// Time does not go back.
    TimeOrder = (
        "LOG001",
        "a transaction is earlier than the one before it",
        "book transactions in order of time"
    ),
    /// Amounts and units have their sign.
    AmountRange = (
        "LOG002",
        "an amount or a number of units is outside its range",
        "move more than zero, and charge costs of zero or more, to trades only"
    ),
    /// Amounts have at most the decimal places of the money scale.
    MoneyScale = (
        "LOG003",
        "an amount is finer than the money scale",
        "round amounts at the money scale that the manifest names"
    ),
    /// Numbers have at most 28 digits.
    Digits = (
        "LOG004",
        "a number needs more than 28 digits",
        "choose a smaller money scale, or a currency unit that makes the amounts smaller"
    ),
    /// The notional is units times price, rounded against the portfolio.
    Notional = (
        "LOG005",
        "the notional is not units times price",
        "round units times price at the money scale: up for a buy, down for a sell; a write-off recovers at most that"
    ),
    /// Cash is never negative.
    CashSuffices = (
        "LOG006",
        "a transaction takes more cash than there is",
        "size buys so that notional, fee and slippage fit the cash"
    ),
    /// Units are never negative.
    UnitsSuffice = (
        "LOG007",
        "more units leave than are held",
        "sell at most what is held"
    ),
    /// A write-off leaves nothing behind.
    WholeWriteOff = (
        "LOG008",
        "a write-off leaves units behind",
        "write off all units of the asset"
    ),
    /// The log begins with its header.
    Header = (
        "LOG009",
        "the first line is not the header of a transaction log",
        "restore the log from the run that wrote it"
    ),
    /// A row has as many columns as the header.
    ColumnCount = (
        "LOG010",
        "a row has another number of columns than the header",
        "restore the log from the run that wrote it"
    ),
    /// A field reads as what its column holds.
    Field = (
        "LOG011",
        "a field does not read as what its column holds",
        "restore the log from the run that wrote it"
    ),
    /// Rows are numbered from 1 without a gap.
    Sequence = (
        "LOG012",
        "rows are missing, repeated or out of order",
        "restore the log from the run that wrote it"
    ),
    /// Cash and units after a row follow from the rows before it.
    Balance = (
        "LOG013",
        "the balance after the row does not follow from the rows before it",
        "restore the log from the run that wrote it"
    ),
    /// A field is written in the one canonical form.
    CanonicalForm = (
        "LOG014",
        "a field is not written in its canonical form",
        "restore the log from the run that wrote it"
    ),
    /// The hash of a row is the hash of its text and the row before it.
    HashChain = (
        "LOG015",
        "the hash does not match the row and the row before it",
        "this row or an earlier one was changed: restore the log from the run that wrote it"
    ),
    /// Every asset that is valued has a price.
    PriceKnown = (
        "LOG016",
        "an asset has no price",
        "give the last known price of every asset that is held or has a weight"
    ),
    /// Weights name each asset once.
    WeightsDistinct = (
        "LOG017",
        "an asset has two weights",
        "name each asset once"
    ),
    /// Weights sum to one at most.
    WeightsSum = (
        "LOG018",
        "the weights sum to more than 1",
        "let the weights sum to 1 at most; what is left is cash"
    ),
    /// A rebalance does not move the level.
    Continuity = (
        "LOG019",
        "no divisor keeps the index level, which is zero or too large",
        "choose a base level between 0.000001 and 1000000"
    ),
    /// What comes from units comes from all that are held.
    WholeSource = (
        "LOG050",
        "units come from another number of units than are held",
        "migrate all units of the asset, and let a distribution or yield count from all of them"
    ),
    /// What leaves was acquired before.
    LotsSuffice = (
        "LOG051",
        "more units leave than the log acquired before",
        "match disposals over the whole log, from its first transaction"
    ),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend() {
        assert!(CODES.is_sorted_by(|entry, next| entry.code < next.code));
        assert!(CODES.iter().all(|entry| !entry.meaning.is_empty() && !entry.remedy.is_empty()));
        assert_eq!(LedgerRule::Continuity.code(), "LOG019");
    }
}
