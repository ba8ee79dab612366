//! What a definition or a file names must occur in the data: refused, warned of, or excused.

use regimen_types::{Diagnostic, Severity};

use crate::open::{COSTS, Folder, SELECTED, SLEEVE};

/// A definition or file that names what the data lack. The market has `bitcoin` and `tether` on ten days from
/// 2021-01-01, a Friday.
struct Case {
    code: &'static str,
    severity: Severity,
    /// Tables of the definition in place of a sleeve of cash, the two largest and plain costs.
    sleeve: &'static str,
    selected: &'static str,
    costs: &'static str,
    further: &'static str,
    overrides: &'static [&'static str],
    files: &'static [(&'static str, &'static str)],
    /// What the message or the help states.
    states: &'static str,
}

const PLAIN: Case = Case {
    code: "",
    severity: Severity::Warning,
    sleeve: SLEEVE,
    selected: SELECTED,
    costs: COSTS,
    further: "",
    overrides: &[],
    files: &[],
    states: "",
};

const SIGNAL: &str = "regime={rule='signals',combine='all',enter_above=0,exit_below=0,confirm_snapshots=1,\
min_dwell_days=0,evaluate='every_snapshot',signals=[{name='mood',neutral=0,full=1,reads={signal='level',\
of={series='file',path='mood.csv',max_stale_days=2,when_stale='hold'}}}]}";
const OPTIONAL_WRAPPED: &str = "snapshots.optional=['wrapped']";
const GAS: &str = "costs = { fee_bps = 10, slippage_bps = 5, gas = { default_chain = \"ethereum\", \
series = { path = \"gas.csv\", max_stale_days = 7 } } }\n";

const CASES: &[Case] = &[
    Case {
        code: "CLI200",
        severity: Severity::Error,
        files: &[("assets.csv", "asset,symbol,category\nUSDT,USDT,stablecoin\nBTC,BTC,coin\nETH,ETH,coin\n")],
        states: "0 of 3 listed assets occur",
        ..PLAIN
    },
    Case {
        code: "CLI200",
        severity: Severity::Error,
        overrides: &["universe.screens=[{rule='deny',assets=[{asset='BTC'}]}]"],
        files: &[("assets.csv", "asset,symbol,category\nbitcoin,btc,\ntether,USDT,stablecoin\n")],
        states: "its symbol is that of `bitcoin`",
        ..PLAIN
    },
    Case {
        code: "CLI201",
        files: &[("assets.csv", "asset,category\nbitcoin,\ntether,stablecoin\ndogecoin,\n")],
        states: "1 of 3 listed assets do not occur in the snapshots: dogecoin",
        ..PLAIN
    },
    Case {
        code: "CLI201",
        overrides: &["costs.fee_of_asset=[{asset='Bitcoin',bps=1},{asset='tether',bps=1}]"],
        states: "told apart by case, and the snapshots have `bitcoin`",
        ..PLAIN
    },
    Case {
        code: "CLI202",
        severity: Severity::Error,
        overrides: &[
            "universe.screens=[{rule='attribute',name='grdae',bound='at_least',enter=1,if_unknown='exclude'}]",
        ],
        files: &[(
            "market.csv",
            "date,asset,price,market_cap,volume,grade\n2021-01-04,bitcoin,1,1,1,1\n2021-01-04,tether,1,1,1,1\n",
        )],
        states: "did you mean grade?",
        ..PLAIN
    },
    Case {
        code: "CLI202",
        severity: Severity::Error,
        overrides: &["costs.half_spread={by='column',column='nope',otherwise_bps=100}"],
        states: "`costs.half_spread.column` names the column \"nope\"",
        ..PLAIN
    },
    Case {
        code: "CLI203",
        severity: Severity::Error,
        overrides: &["universe.exclude_categories=['stablecoins']"],
        states: "did you mean stablecoin?",
        ..PLAIN
    },
    Case {
        code: "CLI203",
        severity: Severity::Error,
        overrides: &["universe.screens=[{rule='require_categories',categories=['layer-one']}]"],
        states: "which no asset has",
        ..PLAIN
    },
    Case {
        code: "CLI204",
        overrides: &["universe.exclude_categories=['stablecoin','wrapped']"],
        states: "the category \"wrapped\", which no asset has",
        ..PLAIN
    },
    Case {
        code: "CLI205",
        costs: GAS,
        files: &[("gas.csv", "as_of,chain,per_trade\n2020-12-31,ethereum,1\n2020-12-31,etherium,1\n")],
        states: "did you mean ethereum?",
        ..PLAIN
    },
    Case {
        code: "CLI206",
        further: "cash_flows = { from = \"list\", flows = [{ as_of = \"2020-01-05\", amount = 1 }, { as_of = \"2021-01-05\", amount = 1 }] }\n",
        states: "1 of 2 cash flows lie outside the snapshots",
        ..PLAIN
    },
    Case {
        code: "CLI206",
        overrides: &[SIGNAL],
        files: &[("mood.csv", "date,value\n2021-01-05,1\n2021-01-10,1\n")],
        states: "begins at 2021-01-05, after the first snapshot",
        ..PLAIN
    },
    Case {
        code: "CLI207",
        severity: Severity::Error,
        overrides: &[SIGNAL],
        files: &[("mood.csv", "date,value\n2007-01-01,1\n2007-01-02,1\n")],
        states: "it is current at none",
        ..PLAIN
    },
    Case {
        code: "CLI208",
        overrides: &["schedule={every='month',on='day 20',if_missing='skip'}"],
        states: "schedules no day",
        ..PLAIN
    },
    Case {
        code: "CLI208",
        overrides: &["schedule.weekday='sunday'"],
        files: &[(
            "market.csv",
            "date,asset,price,market_cap,volume\n2021-01-01,bitcoin,1,1,1\n2021-01-01,tether,1,1,1\n2021-01-11,bitcoin,1,1,1\n2021-01-11,tether,1,1,1\n",
        )],
        states: "2 of 2 scheduled days had no snapshot",
        ..PLAIN
    },
    Case {
        code: "CLI209",
        overrides: &[OPTIONAL_WRAPPED],
        states: "excuses \"wrapped\", which nothing names",
        ..PLAIN
    },
    Case {
        code: "CLI210",
        overrides: &["universe.history_snapshots_min=11"],
        states: "is 11, and there are 10 snapshots",
        ..PLAIN
    },
    Case {
        code: "CLI211",
        severity: Severity::Error,
        overrides: &[SIGNAL],
        files: &[
            ("mood.csv", "date,value\n2021-01-01,1\n2021-01-02,1\n"),
            (
                "market.csv",
                "date,asset,price,market_cap,volume\n2021-01-01T00:00:00Z,bitcoin,1,1,1\n2021-01-01T00:00:00Z,tether,1,1,1\n2021-01-01T01:00:00Z,bitcoin,1,1,1\n",
            ),
        ],
        states: "`delay_hours`",
        ..PLAIN
    },
];

/// The codes that the cases provoke.
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    CASES.iter().map(|case| case.code)
}

/// Opens a case with further overrides and returns the findings.
fn findings(case: &Case, further: &[&str]) -> Vec<Diagnostic> {
    let folder = Folder::with(&[case.sleeve, case.selected, case.costs, case.further]);
    case.files.iter().for_each(|(name, text)| folder.write(name, text));
    let overrides = [case.overrides, further].concat();
    match folder.open(&overrides) {
        Ok(opened) => opened.warnings.items,
        Err(error) => error.diagnostics().items,
    }
}

#[test]
fn what_occurs_nowhere_is_refused_or_warned_of() {
    for case in CASES {
        let found = findings(case, &[]);
        let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 1, "{}: {texts:#?}", case.states);
        assert_eq!((found[0].code, found[0].severity), (case.code, case.severity), "{texts:#?}");
        assert!(texts[0].contains(case.states), "{} in {}", case.states, texts[0]);
        assert!(!found[0].help.is_empty() && !found[0].file.is_empty(), "{texts:#?}");
    }
}

#[test]
fn a_plain_definition_has_no_finding() {
    assert!(findings(&PLAIN, &[]).is_empty());
}

#[test]
fn an_excused_name_need_not_occur() {
    let wrapped = CASES.iter().find(|case| case.code == "CLI204").unwrap();
    assert!(findings(wrapped, &[OPTIONAL_WRAPPED]).is_empty());
}

/// The value of a day acts a day later, as its close is known: not at the midnight with which the day begins.
#[test]
fn a_stated_delay_moves_when_a_value_is_known() {
    let case = CASES.iter().find(|case| case.code == "CLI211").unwrap();
    let delayed = SIGNAL.replace("path='mood.csv'", "path='mood.csv',delay_hours=24");
    let folder = Folder::with(&[case.sleeve, case.selected, case.costs]);
    case.files.iter().for_each(|(name, text)| folder.write(name, text));
    let opened = folder.open(&[&delayed]).map(|_| ());
    // The first value is known a day after the last snapshot, which is in time for none of them.
    assert_eq!(opened.unwrap_err().diagnostics().items[0].code, "CLI207");
    let at_once = SIGNAL.replace("path='mood.csv'", "path='mood.csv',delay_hours=0");
    let found = findings(case, &[&at_once]);
    assert!(found.iter().all(|finding| finding.severity == Severity::Warning), "{found:#?}");
}
