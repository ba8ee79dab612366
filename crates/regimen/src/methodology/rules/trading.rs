//! The costs, bands, filters and triggers of a definition as objects that plan and fill.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use regimen_definition::{
    Costs, GasCost, HalfSpreadCost, IndexDefinition, LimitedTurnover, LotSteps, NoTradeBand, RateFrom,
    Trading, Triggers,
};
use regimen_planning::{
    Band, Commission, DriftTrigger, ForcedExitTrigger, Frictions, Gas, GasSeries, HalfSpread, Lots,
    MinimumNotional, RebalanceTrigger, SquareRootImpact, TradingRules, TurnoverLimit, TurnoverTrigger,
};
use regimen_types::{Bps, Money, Weight};

use crate::methodology::inputs::GasTable;

/// What trades cost and what keeps them small.
#[derive(Debug)]
pub(crate) struct TradingModel {
    pub(crate) costs: Frictions,
    pub(crate) rules: TradingRules,
    /// Whether each rebalance of the index is followed.
    pub(crate) follows_calendar: bool,
    /// Whether a cash flow makes the portfolio trade.
    pub(crate) follows_cash_flows: bool,
    /// What else makes the portfolio trade; the first that fires is the cause.
    pub(crate) triggers: Vec<Box<dyn RebalanceTrigger>>,
    pub(crate) liquidity: LiquiditySource,
}

/// Where the liquidity of an asset is read from.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiquiditySource {
    /// Over how many returns the volatility is measured; `None` if nothing needs it.
    pub(crate) volatility_snapshots: Option<NonZeroU32>,
    /// The column of half-spreads in basis points.
    pub(crate) half_spread_column: Option<String>,
}

impl TradingModel {
    pub(crate) fn new(costs: &Costs, definition: &IndexDefinition, gas: &GasTable) -> Self {
        let trading = definition.trading.as_ref();
        let fill_participation_max = definition.execution.and_then(|execution| execution.participation_max);
        let impact = costs.impact.as_ref();
        let triggering = trading.and_then(|trading| trading.triggers.as_ref());
        let half_spread_column = match &costs.half_spread {
            Some(HalfSpreadCost::Column { column, .. }) => Some(column.clone()),
            _ => None,
        };
        Self {
            costs: frictions(costs, gas),
            rules: TradingRules { fill_participation_max, ..trading.map(rules).unwrap_or_default() },
            follows_calendar: triggering.is_none_or(|triggers| triggers.calendar),
            follows_cash_flows: triggering.is_some_and(|triggers| triggers.cash_flows),
            triggers: triggering.map(triggers).unwrap_or_default(),
            liquidity: LiquiditySource {
                volatility_snapshots: impact.and_then(|impact| NonZeroU32::new(impact.volatility_snapshots)),
                half_spread_column,
            },
        }
    }
}

fn frictions(costs: &Costs, gas_table: &GasTable) -> Frictions {
    Frictions {
        commission: Commission {
            rate: costs.fee_bps,
            tiers: tiers(&costs.fee_tiers),
            of_asset: costs.fee_of_asset.iter().map(|each| (each.asset.clone(), each.bps)).collect(),
            fixed: costs.fee_fixed.unwrap_or(Money::ZERO),
        },
        slippage: costs.slippage_bps,
        half_spread: match &costs.half_spread {
            None => HalfSpread::default(),
            Some(HalfSpreadCost::Rate { bps }) => HalfSpread::Fixed(*bps),
            Some(HalfSpreadCost::Volume { otherwise_bps, tiers: by_volume }) => {
                HalfSpread::ByVolume { otherwise: *otherwise_bps, tiers: tiers(by_volume) }
            }
            Some(HalfSpreadCost::Column { otherwise_bps, .. }) => {
                HalfSpread::Column { otherwise: *otherwise_bps }
            }
        },
        impact: costs.impact.as_ref().map(|impact| SquareRootImpact {
            coefficient: impact.coefficient.decimal(),
            otherwise: impact.otherwise_bps,
        }),
        gas: costs.gas.as_ref().map(|cost| gas(cost, gas_table)),
        platform_fee: costs.platform_fee_bps.unwrap_or(Bps::ZERO),
    }
}

fn tiers(rates: &[RateFrom]) -> Vec<(Money, Bps)> {
    rates.iter().map(|rate| (rate.from, rate.bps)).collect()
}

fn gas(gas: &GasCost, table: &GasTable) -> Gas {
    let mut per_trade: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for each in &gas.chains {
        per_trade.entry(each.chain.clone()).or_default().push((each.from, each.per_trade));
    }
    Gas {
        default_chain: gas.default_chain.clone(),
        chain_of: gas.assets.iter().map(|each| (each.asset.clone(), each.chain.clone())).collect(),
        per_trade,
        series: gas.series.as_ref().map(|file| GasSeries {
            values: table.clone(),
            max_stale_days: file.max_stale_days,
            otherwise: file.otherwise,
        }),
    }
}

fn rules(trading: &Trading) -> TradingRules {
    TradingRules {
        band: trading.band.as_ref().map(band),
        minimum: trading
            .minimum_notional
            .as_ref()
            .map(|minimum| MinimumNotional { trade: minimum.trade, exit: minimum.exit }),
        lots: trading.lots.as_ref().map(lots).unwrap_or_default(),
        participation_max: trading.participation_max,
        fill_participation_max: None,
        turnover: trading.turnover_limit.as_ref().map(turnover),
        cash_buffer: trading.cash_buffer.unwrap_or(Weight::ZERO),
    }
}

fn triggers(triggers: &Triggers) -> Vec<Box<dyn RebalanceTrigger>> {
    let mut list: Vec<Box<dyn RebalanceTrigger>> = Vec::new();
    if triggers.forced_exits {
        list.push(Box::new(ForcedExitTrigger));
    }
    if let Some(drift) = &triggers.drift {
        list.push(Box::new(DriftTrigger { absolute: drift.absolute, relative: drift.relative }));
    }
    if let Some(one_way_max) = triggers.turnover {
        list.push(Box::new(TurnoverTrigger { one_way_max }));
    }
    list
}

fn band(band: &NoTradeBand) -> Band {
    Band { absolute: band.absolute, relative: band.relative, trade_to: band.trade_to }
}

fn lots(lots: &LotSteps) -> Lots {
    let of_asset = lots.assets.iter().map(|each| (each.asset.clone(), each.lot)).collect();
    Lots { default: lots.default, of_asset }
}

fn turnover(limit: &LimitedTurnover) -> TurnoverLimit {
    TurnoverLimit { one_way_max: limit.one_way_max, priority: limit.priority }
}
