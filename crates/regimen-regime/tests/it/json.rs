//! An evaluation of the rule reads back from JSON as it was, to the last digit.

use std::num::NonZeroU32;

use proptest::prelude::*;
use regimen_regime::{
    Combination, Hysteresis, Input, Level, Member, Reading, RegimeRule, RegimeState, RegimeStep, ScoreScale,
    Signal, Thresholds, WhenStale,
};
use regimen_types::{AsOf, History, RowInput};

fn signal(name: &str) -> Signal {
    let scale = ScoreScale::new(0.0, 0.1).unwrap();
    Signal { name: name.to_owned(), weight: 1.5, scale, input: Input::Measured(std::sync::Arc::new(Level)) }
}

fn rule() -> RegimeRule {
    let group = Member::Group {
        name: "both".to_owned(),
        weight: 2.0,
        combination: Combination::Weighted,
        signals: vec![signal("second"), signal("third")],
    };
    let thresholds = Thresholds::new(0.1, -0.1).unwrap();
    RegimeRule {
        combination: Combination::Weighted,
        members: vec![Member::Signal(signal("first")), group],
        hysteresis: Hysteresis { thresholds, confirm: NonZeroU32::new(2).unwrap(), dwell_days_min: 3 },
    }
}

fn readings() -> impl Strategy<Value = Reading> {
    let newest = AsOf::from_ymd(2024, 1, 1).unwrap();
    let stale = [WhenStale::Hold, WhenStale::LeaveOut, WhenStale::Bullish, WhenStale::Bearish];
    prop_oneof![
        3 => (-0.2..0.2_f64, prop::num::f64::NORMAL).prop_map(|(value, seen)| Reading::of(value, seen, value)),
        1 => prop::sample::select(stale.to_vec()).prop_map(move |then| Reading::Stale { newest, then }),
        1 => (0..5_usize).prop_map(|observations| Reading::WarmingUp { observations, lookback: 5 }),
        1 => Just(Reading::Missing),
    ]
}

proptest! {
    #[test]
    fn a_step_survives_json(readings in prop::collection::vec(readings(), 3)) {
        let as_of = AsOf::from_ymd(2024, 1, 2).unwrap();
        let row = RowInput::new("a".parse().unwrap(), "1".parse().unwrap(), "1".parse().unwrap());
        let history = History::builder().snapshot(as_of, [row]).build().unwrap();
        let read = |signal: &Signal| match signal.name.as_str() {
            "first" => readings[0],
            "second" => readings[1],
            _ => readings[2],
        };
        let step = rule().step_by(RegimeState::START, &history.newest().unwrap(), read);
        let json = serde_json::to_string(&step).unwrap();
        prop_assert_eq!(&serde_json::from_str::<RegimeStep>(&json).unwrap(), &step, "{}", json);
    }
}
