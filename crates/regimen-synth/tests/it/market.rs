//! What a market promises, for any seed and size.

use proptest::prelude::*;
use regimen_synth::{Market, MarketKind, SynthSettings};
use regimen_types::AsOf;

use crate::findings::Findings;
use crate::table::{Table, snapshots_text};

fn settings(seed: u64, assets: u32, days: u32, kind: MarketKind) -> SynthSettings {
    SynthSettings { seed, first_day: AsOf::from_ymd(2021, 1, 1).unwrap(), days, assets, kind }
}

#[test]
fn the_seed_decides() {
    for kind in [MarketKind::Realistic, MarketKind::Clean] {
        let text = snapshots_text(settings(1, 40, 200, kind));
        assert_eq!(text, snapshots_text(settings(1, 40, 200, kind)));
        assert_ne!(text, snapshots_text(settings(2, 40, 200, kind)));
    }
}

#[test]
fn about_two_thirds_live_at_a_time() {
    for seed in 0..3 {
        let table = Table::of(settings(seed, 300, 365, MarketKind::Clean));
        let alive = table.row_count as f64 / (300.0 * 365.0);
        assert!((0.6..0.74).contains(&alive), "seed {seed}: {alive}");
        let findings = Findings::of(&table);
        assert!(findings.born_later > 100 && findings.ended_earlier > 30 && findings.collapsed > 8);
        assert!(findings.collapsed < findings.ended_earlier, "some just end");
    }
}

#[test]
fn btc_crosses_its_average_several_times_but_not_daily() {
    for seed in 0..10 {
        let table = Table::of(settings(seed, 20, 1_500, MarketKind::Clean));
        let prices: Vec<f64> = table.assets["BTC"].values().map(|row| row.price).collect();
        let above: Vec<bool> =
            prices.windows(200).map(|window| window[199] > window.iter().sum::<f64>() / 200.0).collect();
        let crossings = above.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!((4..80).contains(&crossings), "seed {seed}: {crossings}");
        let bullish = above.iter().filter(|above| **above).count() as f64 / above.len() as f64;
        assert!((0.15..0.9).contains(&bullish), "seed {seed}: {bullish}");
    }
}

#[test]
fn pegged_and_wrapped_assets_follow() {
    let table = Table::of(settings(3, 20, 1_000, MarketKind::Clean));
    for asset in ["USD-A", "USD-B", "USD-C"] {
        assert_eq!(table.categories[asset], "stablecoin");
        assert!(table.assets[asset].values().all(|row| (row.price - 1.0).abs() < 0.006), "{asset}");
    }
    assert_eq!(table.categories["WBTC"], "wrapped");
    for (btc, wrapped) in table.assets["BTC"].values().zip(table.assets["WBTC"].values()) {
        assert!((wrapped.price / btc.price - 1.0).abs() < 0.005);
    }
}

#[test]
fn all_settings_out_of_range_are_refused() {
    let error = |settings| Market::new(settings).err().unwrap();
    let few_assets = error(settings(1, 19, 200, MarketKind::Clean));
    assert_eq!(few_assets.code(), "SYNTH001");
    assert_eq!(few_assets.to_string(), "a synthetic market cannot have 19 assets, only 20 to 100000");
    assert_eq!(error(settings(1, 100_001, 200, MarketKind::Clean)).code(), "SYNTH001");
    assert_eq!(error(settings(1, 20, 99, MarketKind::Realistic)).code(), "SYNTH002");
    assert_eq!(error(settings(1, 20, 0, MarketKind::Clean)).code(), "SYNTH002");
    assert_eq!(error(settings(1, 20, 36_501, MarketKind::Clean)).code(), "SYNTH002");
    let late = AsOf::from_ymd(9999, 12, 31).unwrap();
    assert_eq!(
        error(SynthSettings { first_day: late, ..settings(1, 20, 2, MarketKind::Clean) }).code(),
        "SYNTH003"
    );
    let last = snapshots_text(SynthSettings { first_day: late, ..settings(1, 20, 1, MarketKind::Clean) });
    assert!(last.lines().skip(1).all(|line| line.starts_with("9999-12-31,")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_realistic_market_has_every_pathology(seed: u64, assets in 20_u32..80, days in 100_u32..500) {
        let table = Table::of(settings(seed, assets, days, MarketKind::Realistic));
        prop_assert_eq!(table.assets.len(), assets as usize);
        let findings = Findings::of(&table);
        prop_assert!(findings.missing_days.len() >= 2);
        prop_assert_eq!(findings.jumps.len(), 3, "one redenomination, one bad tick up and down");
        let redenominations = findings.redenominations();
        prop_assert_eq!(redenominations.len(), 1);
        prop_assert!((700.0..1400.0).contains(&redenominations[0].price_factor()));
        prop_assert!((0.7..1.4).contains(&redenominations[0].cap_factor()));
        let bad_ticks = findings.bad_ticks();
        prop_assert_eq!(bad_ticks.len(), 1);
        prop_assert!((17.0..35.0).contains(&bad_ticks[0].price_factor()));
        prop_assert!((-0.55..-0.45).contains(&findings.deepest_fall.btc), "{}", findings.deepest_fall.btc);
        prop_assert!((-0.65..-0.30).contains(&findings.deepest_fall.total_cap), "{}", findings.deepest_fall.total_cap);
        prop_assert_eq!(findings.off_peg.len(), 7);
        prop_assert!(findings.off_peg.iter().all(|(asset, _, price)| asset == "USD-B" && *price > 0.87));
        prop_assert!(findings.off_peg.iter().any(|(_, _, price)| *price < 0.89));
        prop_assert!(findings.gaps.iter().all(|gap| (1..=3).contains(&gap.snapshots)));
    }

    #[test]
    fn a_clean_market_has_none(seed: u64, assets in 20_u32..80, days in 1_u32..500) {
        let table = Table::of(settings(seed, assets, days, MarketKind::Clean));
        prop_assert_eq!(table.assets.len(), assets as usize);
        prop_assert_eq!(table.days.len(), days as usize);
        if days > 6 {
            let findings = Findings::of(&table);
            prop_assert!(findings.jumps.is_empty() && findings.off_peg.is_empty() && findings.gaps.is_empty());
            prop_assert_eq!((findings.empty_caps, findings.empty_volumes), (0, 0));
            prop_assert!(findings.deepest_fall.btc > -0.4);
        }
    }
}
