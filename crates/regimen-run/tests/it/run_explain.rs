//! Explanations: what they say, what they refuse, and that every date of a run has one.

use regimen_run::{Explanation, explain};
use regimen_types::{AsOf, AssetId, Diagnostics, Side};

use crate::sample_run::{DAYS, SampleRun, day};

fn at(run: &SampleRun, as_of: AsOf, asset: Option<&str>) -> Result<Explanation, Diagnostics> {
    let asset = asset.map(|asset| asset.parse::<AssetId>().unwrap());
    explain(&run.path(), as_of, asset.as_ref())
}

fn text(date: &str, asset: Option<&str>) -> String {
    at(&SampleRun::new(), date.parse().unwrap(), asset).unwrap().to_string()
}

#[test]
fn a_date_with_a_decision() {
    let expected = "\
Sample 3 at 2021-02-15
  NAV 84,519.55 USD: 65,302.55 invested, 19,217.00 cash
  index level 156.58

Regime: bearish since 2021-02-08
  BTC at 12,100.39 is 7.99 % below its 4-snapshot average of 13,150.58 (2021-02-15)
  bullish begins above 1 %, at once

Decided on this date: the scheduled rebalance; the next decision came on 2021-02-20
  bearish: 1 selected, 1 excluded
    excluded: 1 (off its peg by more than the tolerance): USD-B
  weights: USD-A 75 %, cash 25 %
  orders: 1 sale of 20,269.10, 1 purchase of 18,312.81, at the decision's prices
Executed on 2021-02-16
  1 sale of 20,269.10, 1 purchase of 18,316.47; fees 38.59, slippage 19.29";
    assert_eq!(text("2021-02-15", None), expected);
}

#[test]
fn a_date_without_a_decision() {
    let expected = "\
Sample 3 at 2021-02-03
  NAV 86,992.98 USD: 81,490.24 invested, 5,502.75 cash
  index level 154.328

Regime: bullish since 2021-01-27
  BTC at 16,301.17 is 6.89 % above its 4-snapshot average of 15,250.98 (2021-02-03)
  bearish begins at -1 % or below, at once

Booked on this date
  1 write-off of 5,356.83; fees 0.00, slippage 0.00

Nothing was decided on this date: no rebalance is due; the next decision came on 2021-02-08
The last decision was on 2021-02-01: the scheduled rebalance
  bullish: 3 selected, 1 below the count, 2 excluded, 1 held only
    excluded: 2 (category stablecoin is excluded): USD-A, USD-B
  weights: BTC 65.25 %, ETH 28.29 %, LTC 6.46 %
  orders: 2 sales of 4,855.74, 1 purchase of 4,841.19, at the decision's prices
    skipped: 1 (not tradable): GONE
Executed on 2021-02-02
  2 sales of 5,078.55, 1 purchase of 4,917.64; fees 10.00, slippage 5.00";
    assert_eq!(text("2021-02-03", None), expected);
}

#[test]
fn an_asset() {
    let expected = "\
Sample 3 at 2021-01-29
  NAV 117,975.60 USD: 117,975.60 invested, 0.00 cash
  index level 130.246

Regime: bullish since 2021-01-27
  BTC at 12,800.52 is 8.94 % above its 4-snapshot average of 11,750.32 (2021-01-29)
  bearish begins at -1 % or below, at once

Nothing was decided on this date: no rebalance is due; the next decision came on 2021-02-01
The last decision was on 2021-01-27: the regime changed

GONE at that decision
  selected, rank 1 of 5 eligible
  price 30.22, market cap 15,110,000
  weight 47.8613 % (raw 47.8613 %)
  units 0 before, target 1,811.14: buy 1,811.14
  executed: buy 1,753.46 at 30.33 for 53,182.55 on 2021-01-28, fee 53.18, slippage 26.59 (transaction 22)
  57.6765 not bought (cash short)
  in the target since 2021-01-27: the regime changed, then at rank 1
  held after this date: 1,753.46";
    assert_eq!(text("2021-01-29", Some("GONE")), expected);
}

#[test]
fn an_asset_that_left() {
    let left = text("2021-02-05", Some("GONE"));
    assert!(left.contains("\n  held: not in the target\n"), "{left}");
    assert!(left.contains("no trade (not tradable)"), "{left}");
    assert!(left.contains("out of the target since 2021-02-01: the scheduled rebalance"), "{left}");
    assert!(left.contains("last moved: write off 1,753.46 at 30.55 for 5,356.83 on 2021-02-03"), "{left}");
    let below = text("2021-02-05", Some("ADA"));
    assert!(below.contains("below the count, rank 4 of 4 eligible"), "{below}");
    assert!(below.contains("never in the target up to this date"), "{below}");
    let absent = text("2021-02-15", Some("ETH"));
    assert!(absent.contains("no row"), "{absent}");
    assert!(absent.contains("out of the target since 2021-02-08: the regime changed"), "{absent}");
}

#[test]
fn a_run_that_warms_up_and_ends() {
    let first = text("2021-01-01", None);
    assert!(first.contains("Regime: undetermined since 2021-01-01\n  BTC has 1/4 of the prices"), "{first}");
    assert!(first.contains("1 deposit of 100,000.00") && first.contains("cash 25 %"), "{first}");
    let last = text("2021-03-01", None);
    assert!(last.contains("the run has no later decision") && last.contains("nothing to trade"), "{last}");
}

#[test]
fn orders_that_wait_or_are_replaced_are_said_to_be() {
    let run = SampleRun::with_lag(40);
    let last = at(&run, day(DAYS - 1), Some("BTC")).unwrap();
    assert!(last.to_string().contains("the order waits for its execution when the run ends"), "{last}");
    let replaced = at(&run, day(DAYS - 8), None).unwrap().to_string();
    assert!(replaced.contains("On 2021-03-01 nothing was executed"), "{replaced}");
    assert!(replaced.contains("not in full: 3 (replaced): BTC, ETH, LTC"), "{replaced}");
    let asset = at(&run, day(DAYS - 8), Some("BTC")).unwrap().to_string();
    assert!(asset.contains("not executed on 2021-03-01"), "{asset}");
}

#[test]
fn an_instant_without_a_snapshot_names_the_nearest() {
    let run = SampleRun::new();
    let message = |date: &str| at(&run, date.parse().unwrap(), None).unwrap_err().to_string();
    assert!(message("2020-12-31").contains("its first one is 2021-01-01"));
    assert!(message("2021-05-01").contains("its last one is 2021-03-01"));
    let between = message("2021-01-05T12:00:00Z");
    assert!(between.contains("RUN030") && between.contains("the nearest ones are 2021-01-05 and 2021-01-06"));
}

#[test]
fn an_unknown_asset_is_compared_with_the_known() {
    let run = SampleRun::new();
    let error = at(&run, day(30), Some("gome")).unwrap_err().to_string();
    assert!(error.contains("RUN031") && error.contains("did you mean GONE?"), "{error}");
    let error = at(&run, day(30), Some("monero")).unwrap_err().to_string();
    assert!(!error.contains("did you mean"), "{error}");
}

#[test]
fn a_spoilt_log_is_not_explained() {
    let run = SampleRun::new();
    run.edit("transactions.csv", |text| text.replacen(",buy,", ",bug,", 1));
    let error = at(&run, day(30), None).unwrap_err();
    assert_eq!(error.items[0].line, Some(3));
    std::fs::remove_file(run.file("decisions.csv")).unwrap();
    assert_eq!(at(&run, day(30), None).unwrap_err().items[0].code, "RUN011");
    std::fs::remove_file(run.file("manifest.json")).unwrap();
    assert_eq!(at(&run, day(30), None).unwrap_err().items[0].code, "RUN010");
}

/// Every date and asset has an explanation that a person can take in, and its figures agree with each other.
#[test]
fn every_date_and_asset_is_explained() {
    let run = SampleRun::new();
    for number in 0..DAYS {
        for asset in [None, Some("BTC"), Some("GONE"), Some("USD-B")] {
            let explanation = at(&run, day(number), asset).unwrap();
            let printed = explanation.to_string();
            assert!(printed.lines().count() <= 40 && !printed.contains('\u{1b}'), "{printed}");
            let json = serde_json::to_value(&explanation).unwrap();
            assert_eq!(json["as_of"], day(number).to_string());
            assert_eq!(explanation.cash.plus(explanation.invested).unwrap(), explanation.nav);
            let decision = explanation.decision.unwrap();
            assert!(decision.as_of <= day(number));
            assert!(explanation.next_decision.is_none_or(|next| next > day(number)));
            let order = explanation.asset.and_then(|asset| asset.order);
            if let Some(trade) = order.as_ref().and_then(|order| order.trade.as_ref()) {
                let side = order.as_ref().map(|order| order.side);
                assert_eq!(trade.kind, side.map_or("", Side::as_str));
                assert!(trade.as_of > decision.as_of);
            }
        }
    }
}

#[test]
fn what_was_earned_is_explained() {
    let run = SampleRun::with_yields();
    // Early on it is cash alone, and less than a cent.
    let explained = (1..DAYS).map(|number| at(&run, day(number), None).unwrap());
    let earned = explained.filter(|each| {
        let interest = each.booked.map(|booked| booked.interest);
        interest.is_some_and(|interest| interest.notional.is_some_and(|notional| !notional.is_zero()))
    });
    let printed: Vec<String> = earned.map(|each| each.to_string()).collect();
    assert!(printed.len() > 10, "{}", printed.len());
    assert!(printed.iter().all(|text| text.contains(" interest payment")), "{}", printed[0]);
}
