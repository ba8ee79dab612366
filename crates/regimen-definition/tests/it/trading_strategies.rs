//! Strategies that make valid costs and trading rules.

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use regimen_definition::{
    ChainOfAsset, Costs, DriftBand, GasCost, GasFile, GasOfChain, HalfSpreadCost, ImpactCost,
    LimitedTurnover, LotOfAsset, LotSteps, ManagementFeeCost, MinimumTrade, NoTradeBand, RateFrom,
    RateOfAsset, TradeTo, Trading, Triggers, TurnoverPriority,
};
use regimen_types::{AsOf, Bps, Money, Quantity, Ratio, Weight};
use rust_decimal::Decimal;

use crate::definition_strategies::{asset, fraction};

fn bps() -> impl Strategy<Value = Bps> {
    (0_i64..10_000_000).prop_map(|thousandths| Bps::new(Decimal::new(thousandths, 3)).unwrap())
}

fn amount() -> impl Strategy<Value = Money> {
    (0_i64..1_000_000_000).prop_map(|cents| Money::new(Decimal::new(cents, 2)).unwrap())
}

fn part() -> impl Strategy<Value = Weight> {
    (1_i64..=1_000_000).prop_map(|millionths| Weight::new(Decimal::new(millionths, 6)).unwrap())
}

fn tiers() -> impl Strategy<Value = Vec<RateFrom>> {
    btree_map(1_i64..1_000_000, bps(), 0..4).prop_map(|tiers| {
        let tier = |(from, bps)| RateFrom { from: Money::new(Decimal::from(from)).unwrap(), bps };
        tiers.into_iter().map(tier).collect()
    })
}

fn half_spread() -> impl Strategy<Value = HalfSpreadCost> {
    prop_oneof![
        bps().prop_map(|bps| HalfSpreadCost::Rate { bps }),
        (bps(), tiers()).prop_map(|(otherwise_bps, tiers)| HalfSpreadCost::Volume { otherwise_bps, tiers }),
    ]
}

fn impact() -> impl Strategy<Value = ImpactCost> {
    (0_i64..=100_000, 2..=u32::MAX, bps()).prop_map(|(coefficient, volatility_snapshots, otherwise_bps)| {
        let coefficient = Ratio::new(Decimal::new(coefficient, 3)).unwrap();
        ImpactCost { coefficient, volatility_snapshots, otherwise_bps }
    })
}

fn gas() -> impl Strategy<Value = GasCost> {
    let from = |day: u32| AsOf::from_ymd(2021, 5, day);
    let chains = btree_map("[a-z]{1,8}", vec(amount(), 1..3), 1..4);
    let series = ("[a-z]{1,8}", any::<u32>(), option::of(amount()))
        .prop_map(|(path, max_stale_days, otherwise)| GasFile { path, max_stale_days, otherwise });
    (chains, btree_set(asset(), 0..4), option::of(series)).prop_map(move |(chains, assets, series)| {
        let default_chain = chains.keys().next().unwrap().clone();
        let of_chain = |(chain, amounts): (&String, &Vec<Money>)| {
            let chain = chain.clone();
            let gas = amounts.clone().into_iter().zip(0_u32..);
            gas.map(move |(per_trade, day)| GasOfChain { chain: chain.clone(), per_trade, from: from(day) })
                .collect::<Vec<_>>()
        };
        let list = chains.iter().flat_map(of_chain).collect();
        // A chain without a given amount needs the series.
        let other = if series.is_some() { "UNLISTED".to_owned() } else { default_chain.clone() };
        let series = series.filter(|_| !assets.is_empty());
        let assets = assets.into_iter().map(|asset| ChainOfAsset { asset, chain: other.clone() });
        GasCost { chains: list, assets: assets.collect(), default_chain, series }
    })
}

/// Makes the costs of any valid definition.
pub(crate) fn costs() -> impl Strategy<Value = Costs> {
    // Thousandths of a basis point; both together stay below the whole notional.
    let rate = |thousandths| Bps::new(Decimal::new(thousandths, 3)).unwrap();
    let rates = (0_i64..10_000_000).prop_flat_map(|sum| (0..=sum, Just(sum)));
    let of_asset = btree_map(asset(), bps(), 0..4);
    let parts = (option::of(half_spread()), option::of(impact()), option::of(gas()));
    let management = (bps(), 360_u32..=366)
        .prop_map(|(bps_per_year, days_per_year)| ManagementFeeCost { bps_per_year, days_per_year });
    let fees = (option::of(amount()), option::of(bps()), option::of(management));
    (rates, tiers(), of_asset, parts, fees).prop_map(move |((fee, sum), fee_tiers, of_asset, parts, fees)| {
        let (half_spread, impact, gas) = parts;
        let (fee_fixed, platform_fee_bps, management_fee) = fees;
        Costs {
            fee_bps: rate(fee),
            slippage_bps: rate(sum - fee),
            fee_tiers,
            fee_of_asset: of_asset.into_iter().map(|(asset, bps)| RateOfAsset { asset, bps }).collect(),
            fee_fixed,
            half_spread,
            impact,
            gas,
            platform_fee_bps,
            management_fee,
        }
    })
}

/// Makes two distances, at least one of them given.
fn distances() -> impl Strategy<Value = (Option<Weight>, Option<Weight>)> {
    (part(), part(), 0..3).prop_map(|(absolute, relative, which)| {
        ((which != 0).then_some(absolute), (which != 1).then_some(relative))
    })
}

fn triggers() -> impl Strategy<Value = Triggers> {
    let drift = distances().prop_map(|(absolute, relative)| DriftBand { absolute, relative });
    (any::<[bool; 3]>(), option::of(drift), option::of(part())).prop_map(
        |([calendar, forced_exits, cash_flows], drift, turnover)| Triggers {
            calendar,
            forced_exits,
            cash_flows,
            drift,
            turnover,
        },
    )
}

fn band() -> impl Strategy<Value = NoTradeBand> {
    let trade_to = prop_oneof![Just(TradeTo::Target), Just(TradeTo::Edge)];
    (distances(), trade_to).prop_map(|((absolute, relative), trade_to)| NoTradeBand {
        absolute,
        relative,
        trade_to,
    })
}

fn lots() -> impl Strategy<Value = LotSteps> {
    let step = || (1_i64..1_000_000).prop_map(|step| Quantity::new(Decimal::new(step, 4)).unwrap());
    (option::of(step()), btree_map(asset(), step(), 0..4)).prop_map(|(default, assets)| LotSteps {
        default,
        assets: assets.into_iter().map(|(asset, lot)| LotOfAsset { asset, lot }).collect(),
    })
}

/// Makes the trading rules of any valid definition.
pub(crate) fn trading() -> impl Strategy<Value = Trading> {
    let minimum = (amount(), amount())
        .prop_map(|(one, other)| MinimumTrade { trade: one.max(other), exit: one.min(other) });
    let priority = prop_oneof![Just(TurnoverPriority::Largest), Just(TurnoverPriority::ProRata)];
    let limit =
        (part(), priority).prop_map(|(one_way_max, priority)| LimitedTurnover { one_way_max, priority });
    (
        option::of(triggers()),
        option::of(band()),
        option::of(minimum),
        option::of(lots()),
        option::of(part()),
        option::of(limit),
        option::of(fraction()),
    )
        .prop_map(
            |(triggers, band, minimum_notional, lots, participation_max, turnover_limit, cash_buffer)| {
                Trading {
                    triggers,
                    band,
                    minimum_notional,
                    lots,
                    participation_max,
                    turnover_limit,
                    cash_buffer,
                }
            },
        )
}
