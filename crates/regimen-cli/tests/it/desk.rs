//! Features of a trading desk: a management fee, gas from a file, the log of holds, cash flows that cause
//! trades.

use std::collections::BTreeMap;
use std::fs;

use regimen_types::AsOf;
use serde_json::Value;

use crate::commands::run;
use crate::workspace::Sample;

const GAS: &str = "--set costs.gas={default_chain=\"a\",assets=[{asset=\"BTC\",chain=\"b\"}],\
    chains=[{chain=\"b\",per_trade=1}],series={path=\"gas.csv\",max_stale_days=400OTHERWISE}}";

fn gas(otherwise: &str) -> String {
    GAS.replace("OTHERWISE", otherwise)
}

fn summary(sample: &Sample) -> Value {
    serde_json::from_slice(&fs::read(sample.path("run/summary.json")).unwrap()).unwrap()
}

#[test]
fn gas_is_read_from_a_file_and_its_age_is_not_passed_over() {
    let sample = Sample::new();
    let always = "--set regime={rule=\"always_bullish\"}";
    let backtest = |gas: &str| run(&sample, &format!("backtest index.toml {always} {gas} --out run"));
    // The snapshots begin on the first of January 2021; the second value is known two days late.
    fs::write(
        sample.path("gas.csv"),
        "as_of,chain,per_trade,known_at\n2021-01-01,a,0.25,\n2021-02-01,a,4,2021-02-03\n",
    )
    .unwrap();
    let (code, _, error) = backtest(&gas(""));
    assert_eq!(code, 0, "{error}");
    assert_eq!(run(&sample, "verify run").0, 0);
    let log = fs::read_to_string(sample.path("run/transactions.csv")).unwrap();
    let header: Vec<&str> = log.lines().next().unwrap().split(',').collect();
    let place = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let (as_of, kind, asset, charged) = (place("as_of"), place("kind"), place("asset"), place("gas"));
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for cells in log.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()) {
        if !["buy", "sell"].contains(&cells[kind]) {
            continue;
        }
        let expected = match cells[asset] {
            "BTC" => "1",
            _ if cells[as_of] < "2021-02-03" => "0.25",
            _ => "4",
        };
        assert_eq!(cells[charged], expected, "{cells:?}");
        *seen.entry(expected).or_default() += 1;
    }
    assert_eq!(seen.len(), 3, "{seen:?}");

    // Ten days later the last value is too old: an error, unless an amount stands in.
    let short = |otherwise: &str| gas(otherwise).replace("max_stale_days=400", "max_stale_days=10");
    let (code, _, error) = backtest(&short(""));
    assert_eq!(code, 2);
    assert!(error.contains("CLI007") && error.contains("gas of a is of 2021-01-01"), "{error}");
    assert_eq!(backtest(&short(",otherwise=2")).0, 0);
    assert!(fs::read_to_string(sample.path("run/transactions.csv")).unwrap().contains(",2,"));

    fs::write(sample.path("gas.csv"), "as_of,chain,per_trade\n2021-01-01,c,0.25\n").unwrap();
    let (code, _, error) = backtest(&gas(""));
    assert_eq!(code, 2);
    assert!(error.contains("CLI042") && error.contains("\"a\""), "{error}");
}

#[test]
fn a_deposit_makes_the_portfolio_trade_and_a_hold_says_why() {
    let sample = Sample::new();
    let triggers =
        "--set trading={triggers={calendar=false,forced_exits=true,cash_flows=true,drift={absolute=0.9}}}";
    let flows = "--set cash_flows={from=\"list\",flows=[{as_of=\"2021-03-10\",amount=25000}]}";
    let fee =
        "--set costs.management_fee={bps_per_year=150,days_per_year=365} --set trading.cash_buffer=0.01";
    let always = "--set regime={rule=\"always_bullish\"}";
    let (code, out, error) =
        run(&sample, &format!("backtest index.toml {always} {triggers} {flows} {fee} --out run"));
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("management fees") && out.contains("by management fee"), "{out}");
    let (code, out, error) = run(&sample, "verify run");
    assert_eq!(code, 0, "{out}{error}");
    let orders = fs::read_to_string(sample.path("run/orders.csv")).unwrap();
    assert!(orders.contains("2021-03-10,2021-03-11,cash_flow,"), "{orders}");
    let summary = summary(&sample);
    // 1.5 % a year of the NAV of each snapshot until the next, to the last cent.
    let number = |text: &str| text.parse::<f64>().unwrap();
    let nav = fs::read_to_string(sample.path("run/nav.csv")).unwrap();
    let navs = nav.lines().skip(1).map(|line| line.split_once(',').unwrap());
    let navs: Vec<(AsOf, f64)> =
        navs.map(|(as_of, rest)| (as_of.parse().unwrap(), number(rest.split(',').next().unwrap()))).collect();
    let days = |pair: &[(AsOf, f64)]| pair[1].0.millis_since(pair[0].0) as f64 / 86_400_000.0;
    let accrued = navs.windows(2).map(|pair| pair[0].1 * days(pair) * 0.015 / 365.0).sum::<f64>();
    let figure = |key: &str| number(summary[key].as_str().unwrap());
    let charged = figure("management_fees") + figure("management_fee_owed");
    assert!((charged - accrued).abs() < 0.005, "{charged} is not {accrued}");
    assert_eq!(
        summary["tracking_difference"]["terms"]["management_fee"],
        format!("-{}", summary["management_fees"].as_str().unwrap())
    );

    let holds = fs::read_to_string(sample.path("run/holds.csv")).unwrap();
    assert!(holds.starts_with("as_of,reason_code,reason,trigger,asset,measured,allowed\n"));
    assert!(
        holds.contains(
            "2021-03-01,within_limits,the portfolio is within the limits of its triggers,forced_exit,"
        ),
        "{holds}"
    );
    let (code, out, _) = run(&sample, "explain run --at 2021-03-01");
    assert_eq!(code, 0);
    assert!(out.contains("within the limits of its triggers; forced exit"), "{out}");
    let (_, out, _) = run(&sample, "explain run --at 2021-03-01 --format json");
    let explanation: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(explanation["hold"]["reason"], "within_limits");
}
