//! What a decision prints reads back from JSON as it was.

use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::prelude::*;
use regimen_types::{Cause, Side, Weight};
use rust_decimal_macros::dec;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::frictional::*;
use super::portfolios::*;
use crate::*;

fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "{json}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn plans_fills_drifts_and_quotes_survive_json(case in friction_cases(), sells in any::<bool>()) {
        let plan = case.terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        survives(&plan);
        survives(&case.terms.fill(&plan, &case.holdings, &case.market));
        survives(&case.goal);
        let drift = Drift::measure(now(), &case.holdings, &case.goal, &case.market).unwrap();
        survives(&drift);
        let trigger = DriftTrigger { absolute: Some(weight(dec!(0.05))), relative: None };
        survives(&trigger.read(&drift).unwrap());
        let adverse_move = (0..COUNT).map(|number| (asset(number), bps(100))).collect();
        let bounds = QuoteBounds { adverse_move, volume_part: Weight::ONE };
        survives(&bounds);
        let request = QuoteRequest {
            as_of: now(),
            side: if sells { Side::Sell } else { Side::Buy },
            amount: money(dec!(1000)),
            holdings: &case.holdings,
            target: &case.goal,
            bounds: &bounds,
        };
        survives(&quote(&request, &case.market, &case.terms.terms()).unwrap());
    }
}

#[test]
fn every_reason_survives_json_under_its_name_and_has_words() {
    let mut words = BTreeMap::new();
    for reason in SkipReason::ALL {
        survives(&reason);
        assert_eq!(serde_json::to_string(&reason).unwrap(), format!("{:?}", reason.as_str()));
        assert_eq!(SkipReason::from_name(reason.as_str()), Some(reason));
        assert_eq!(
            words.insert(reason.to_string(), reason.as_str()),
            None,
            "each reason has words of its own"
        );
    }
    words.clear();
    for reason in ShortfallReason::ALL {
        survives(&reason);
        assert_eq!(serde_json::to_string(&reason).unwrap(), format!("{:?}", reason.as_str()));
        assert_eq!(
            words.insert(reason.to_string(), reason.as_str()),
            None,
            "each reason has words of its own"
        );
    }
}

#[test]
fn a_stored_target_that_breaks_its_rules_is_refused() {
    let refused = |json: &str| serde_json::from_str::<TargetPortfolio>(json).unwrap_err().to_string();
    let above = refused(r#"{"weights":{"a":"0.6","b":"0.5"},"cash_weight":"0"}"#);
    assert!(above.contains("the target weights sum to 1.1, more than 1"), "{above}");
    let cash = refused(r#"{"weights":{"a":"0.6"},"cash_weight":"0.3"}"#);
    assert!(cash.contains("states a cash weight of 0.3, but its weights leave 0.4"), "{cash}");
    let unknown = refused(r#"{"weights":{},"cash_weight":"1","cash":"1"}"#);
    assert!(unknown.contains("unknown field `cash`"), "{unknown}");
}
