//! Decisions and quotes read back from their JSON, to the last digit and bit.

use proptest::prelude::*;
use regimen::{Decision, IndexQuote, QuoteOptions, quote_index};
use regimen_types::Side;

use crate::methodology::methodology;
use crate::record::records_until_error;
use crate::signals::{rules, under_rule};
use crate::strategies::{eventful_choices, eventful_markets, markets};

fn assert_reads_back(decision: &Decision) -> Result<(), TestCaseError> {
    let text = serde_json::to_string(decision).unwrap();
    prop_assert_eq!(&serde_json::from_str::<Decision>(&text).unwrap(), decision, "{}", text);
    Ok(())
}

fn options() -> QuoteOptions {
    QuoteOptions {
        deviations: "2".parse().unwrap(),
        volume_part: "0.5".parse().unwrap(),
        window_snapshots: 10,
        cost_ratio_max: "0.01".parse().unwrap(),
        tracking_error_max: "0.5".parse().unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn decisions_of_eventful_markets_read_back(
        table in eventful_markets(4..30), overrides in eventful_choices(0..4),
    ) {
        let (records, _) = records_until_error(&methodology(&overrides), &table.history());
        records.iter().try_for_each(|record| assert_reads_back(&record.decision))?;
    }

    #[test]
    fn decisions_by_signals_read_back(table in markets(4..30), rule in rules()) {
        let (records, _) = records_until_error(&under_rule(&rule), &table.history());
        records.iter().try_for_each(|record| assert_reads_back(&record.decision))?;
    }

    #[test]
    fn quotes_read_back(table in markets(4..30), buys: bool) {
        let history = table.history();
        let (side, amount) = (if buys { Side::Buy } else { Side::Sell }, "1000".parse().unwrap());
        let newest = history.newest().unwrap();
        if let Ok(quote) = quote_index(&methodology(&[] as &[&str]), &newest, side, amount, None, options()) {
            let text = serde_json::to_string(&quote).unwrap();
            prop_assert_eq!(serde_json::from_str::<IndexQuote>(&text).unwrap(), quote, "{}", text);
        }
    }
}
