//! The costs of a desk: commission, half-spread, market impact, gas and platform fee.

use std::collections::BTreeMap;

use regimen_types::{ArithmeticError, AsOf, AssetId, Bps, Exact, Money, Rounding, TradeCosts};
use rust_decimal::Decimal;

use crate::cost_model::{Charge, CostModel, Trade};
use crate::gas::{Gas, UnknownGas};

/// Costs that depend on the asset, its liquidity and the size of the trade.
///
/// A missing part costs nothing. Charges in proportion to the notional never exceed it; charges per trade (a
/// fixed commission, gas) come on top.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Frictions {
    /// The commission of the venue or broker.
    pub commission: Commission,
    /// A flat distance from the snapshot's price.
    pub slippage: Bps,
    /// Half the distance between bid and ask.
    pub half_spread: HalfSpread,
    /// The price impact of the trade's own size.
    pub impact: Option<SquareRootImpact>,
    /// The network fee of the asset's chain.
    pub gas: Option<Gas>,
    /// The service's fee on the traded value.
    pub platform_fee: Bps,
}

/// A commission in proportion to the notional, tier by tier, and a fixed part.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Commission {
    /// The rate of the notional, or of its part below the first tier.
    pub rate: Bps,
    /// Rates for larger trades: each applies to the part of the notional above its amount. Amounts ascend.
    pub tiers: Vec<(Money, Bps)>,
    /// Rates of single assets, which replace rate and tiers.
    pub of_asset: BTreeMap<AssetId, Bps>,
    /// The cost per trade, independent of its size.
    pub fixed: Money,
}

/// The source of half the distance between bid and ask.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HalfSpread {
    /// One rate for all.
    Fixed(Bps),
    /// By daily volume: each rate applies from its volume upward. Volumes ascend.
    ByVolume {
        /// The rate below the first volume, and where the volume is unknown.
        otherwise: Bps,
        /// The tiers.
        tiers: Vec<(Money, Bps)>,
    },
    /// As the snapshot's column gives it.
    Column {
        /// The rate where the column is empty.
        otherwise: Bps,
    },
}

impl Default for HalfSpread {
    fn default() -> Self {
        Self::Fixed(Bps::ZERO)
    }
}

/// The square-root law of market impact: a trade of `Q` moves the price by `Y · σ · √(Q / V)`.
///
/// `σ` is the standard deviation of the asset's daily return, `V` the daily volume, and `Y` a number near one
/// (Tóth et al. 2011, "Anomalous price impact and the critical nature of liquidity in financial markets",
/// Physical Review X 1). The whole trade is charged at that rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SquareRootImpact {
    /// The number `Y`.
    pub coefficient: Decimal,
    /// The rate where volume or volatility is unknown.
    pub otherwise: Bps,
}

impl CostModel for Frictions {
    fn costs(&self, trade: &Trade<'_>, money_scale: u32) -> Result<TradeCosts, ArithmeticError> {
        let mut charge = Charge::on(trade.notional, money_scale);
        let fee = charge.take(self.commission.of(trade, money_scale)?)?;
        let slippage = charge.rate(self.slippage)?;
        let spread = charge.rate(self.half_spread.of(trade))?;
        let impact = match self.impact {
            None => Money::ZERO,
            Some(impact) => impact.charge(trade, &mut charge)?,
        };
        let platform_fee = charge.rate(self.platform_fee)?;
        let up = |amount: Money| Money::rounded(Exact::from(amount.decimal()), money_scale, Rounding::Up);
        let fixed = self.commission.fixed;
        let fee = if fixed.is_zero() { fee } else { fee.plus(up(fixed)?)? };
        let gas = match &self.gas {
            None => Money::ZERO,
            Some(gas) => up(gas.of(trade.asset, trade.as_of).unwrap_or(Money::ZERO))?,
        };
        Ok(TradeCosts { fee, slippage, spread, impact, gas, platform_fee })
    }

    fn proportional_rate(&self) -> Option<Exact> {
        let Commission { rate, tiers, of_asset, fixed } = &self.commission;
        let HalfSpread::Fixed(half_spread) = self.half_spread else { return None };
        // A plan by equation reserves the rounding of two rates; with more rates the search takes over.
        let plain = tiers.is_empty() && of_asset.is_empty() && fixed.is_zero() && half_spread.is_zero();
        let plain = plain && self.impact.is_none() && self.gas.is_none() && self.platform_fee.is_zero();
        if plain { rate.fraction().plus(self.slippage.fraction()).ok() } else { None }
    }
}

impl Frictions {
    /// Returns the gas of one trade.
    ///
    /// # Errors
    /// [`UnknownGas`] if the gas is not known: then nothing should trade. [`CostModel::costs`] charges no gas
    /// there.
    pub fn gas_of(&self, asset: &AssetId, as_of: AsOf) -> Result<Money, UnknownGas> {
        self.gas.as_ref().map_or(Ok(Money::ZERO), |gas| gas.of(asset, as_of))
    }
}

impl Commission {
    /// Returns the part in proportion to the notional.
    fn of(&self, trade: &Trade<'_>, money_scale: u32) -> Result<Money, ArithmeticError> {
        let single = self.of_asset.get(trade.asset).or(self.tiers.is_empty().then_some(&self.rate));
        if let Some(rate) = single {
            return rate.of(trade.notional, money_scale);
        }
        let notional = Exact::from(trade.notional.decimal());
        let mut sum = Exact::ZERO;
        let mut from = Exact::ZERO;
        let mut rate = self.rate;
        for (amount, next_rate) in &self.tiers {
            let to = Exact::from(amount.decimal());
            if notional.compare(to)?.is_le() {
                break;
            }
            sum = sum.plus(to.minus(from)?.times(rate.decimal())?)?;
            (from, rate) = (to, *next_rate);
        }
        sum = sum.plus(notional.minus(from)?.times(rate.decimal())?)?;
        Money::rounded(sum.times(Decimal::new(1, 4))?, money_scale, Rounding::Up)
    }
}

impl HalfSpread {
    fn of(&self, trade: &Trade<'_>) -> Bps {
        match self {
            Self::Fixed(rate) => *rate,
            Self::ByVolume { otherwise, tiers } => {
                let volume = trade.liquidity.volume;
                let reached =
                    tiers.iter().take_while(|(from, _)| volume.is_some_and(|volume| volume >= *from));
                reached.last().map_or(*otherwise, |(_, rate)| *rate)
            }
            Self::Column { otherwise } => trade.liquidity.half_spread.unwrap_or(*otherwise),
        }
    }
}

impl SquareRootImpact {
    fn charge(&self, trade: &Trade<'_>, charge: &mut Charge) -> Result<Money, ArithmeticError> {
        let (volume, volatility) = (trade.liquidity.volume, trade.liquidity.volatility);
        match volume.filter(|volume| volume.decimal() > Decimal::ZERO).zip(volatility) {
            None => charge.rate(self.otherwise),
            Some((volume, volatility)) => {
                let root = root_of_share(trade.notional, volume)?;
                let factor = Exact::product(self.coefficient, root).round(18, Rounding::Up)?;
                charge.scaled_rate(volatility, factor)
            }
        }
    }
}

/// The decimal places of the root.
const ROOT_SCALE: u32 = 12;

/// Returns the square root of a notional's share of a volume, rounded up. Shares are capped at one billion.
fn root_of_share(notional: Money, volume: Money) -> Result<Decimal, ArithmeticError> {
    let largest = Decimal::from(1_000_000_000_u32);
    let volume = Exact::from(volume.decimal());
    let notional = Exact::from(notional.decimal());
    let share = match notional.compare(volume.times(largest)?)? {
        std::cmp::Ordering::Less => notional.ratio(volume, ROOT_SCALE, Rounding::Up)?,
        _ => largest,
    };
    // The root of share × 10^24 is the root of the share × 10^12.
    let overflow = ArithmeticError::overflow("a root");
    let lift =
        10_u128.checked_pow(ROOT_SCALE.saturating_mul(2).saturating_sub(share.scale())).ok_or(overflow)?;
    let squared = share.mantissa().unsigned_abs().checked_mul(lift).ok_or(overflow)?;
    let down = squared.isqrt();
    let is_exact = down.checked_mul(down) == Some(squared);
    let root = i128::try_from(down).map_err(|_| overflow)?.saturating_add(i128::from(!is_exact));
    Decimal::try_from_i128_with_scale(root, ROOT_SCALE).map_err(|_| overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost_model::Liquidity;
    use proptest::prelude::*;
    use regimen_types::Side;
    use rust_decimal_macros::dec;

    fn bps(rate: Decimal) -> Bps {
        Bps::new(rate).unwrap()
    }

    fn money(amount: Decimal) -> Money {
        Money::new(amount).unwrap()
    }

    fn costs(model: &Frictions, notional: Decimal, liquidity: Liquidity) -> TradeCosts {
        let asset: AssetId = "ether".parse().unwrap();
        let as_of = AsOf::from_ymd(2024, 5, 6).unwrap();
        let trade = Trade { as_of, asset: &asset, side: Side::Buy, notional: money(notional), liquidity };
        model.costs(&trade, 8).unwrap()
    }

    fn liquid(volume: Decimal, volatility: Decimal) -> Liquidity {
        Liquidity { volume: Some(money(volume)), volatility: Some(bps(volatility)), half_spread: None }
    }

    #[test]
    fn an_order_of_a_fifth_of_the_daily_volume() {
        // Y σ √(Q/V) = 0.9 · 4 % · √0.25 = 1.8 % for a quarter; √0.2 = 0.447213595499957939… for a fifth.
        let impact = SquareRootImpact { coefficient: dec!(0.9), otherwise: bps(dec!(100)) };
        let model = Frictions { impact: Some(impact), ..Frictions::default() };
        assert_eq!(costs(&model, dec!(250000), liquid(dec!(1000000), dec!(400))).impact, money(dec!(4500)));
        let fifth = costs(&model, dec!(200000), liquid(dec!(1000000), dec!(400))).impact;
        assert_eq!(fifth.decimal(), dec!(3219.93788760));
        assert_eq!(costs(&model, dec!(1000), Liquidity::UNKNOWN).impact, money(dec!(10)));
    }

    #[test]
    fn tiers_charge_each_part_at_its_rate() {
        let tiers = vec![(money(dec!(10000)), bps(dec!(10))), (money(dec!(100000)), bps(dec!(5)))];
        let commission =
            Commission { rate: bps(dec!(20)), tiers, fixed: money(dec!(1)), ..Commission::default() };
        let model = Frictions { commission, ..Frictions::default() };
        assert_eq!(costs(&model, dec!(10000), Liquidity::UNKNOWN).fee, money(dec!(21)));
        assert_eq!(costs(&model, dec!(50000), Liquidity::UNKNOWN).fee, money(dec!(61)));
        assert_eq!(costs(&model, dec!(200000), Liquidity::UNKNOWN).fee, money(dec!(161)));
        let of_asset = BTreeMap::from([("ether".parse().unwrap(), bps(dec!(50)))]);
        let commission = Commission { of_asset, ..model.commission };
        let model = Frictions { commission, ..Frictions::default() };
        assert_eq!(costs(&model, dec!(50000), Liquidity::UNKNOWN).fee, money(dec!(251)));
    }

    #[test]
    fn a_spread_by_volume_or_column() {
        let tiers = vec![(money(dec!(1000)), bps(dec!(20))), (money(dec!(100000)), bps(dec!(2)))];
        let half_spread = HalfSpread::ByVolume { otherwise: bps(dec!(100)), tiers };
        let model = Frictions { half_spread, ..Frictions::default() };
        for (volume, spread) in [(dec!(999), dec!(100)), (dec!(1000), dec!(20)), (dec!(100000), dec!(2))] {
            assert_eq!(costs(&model, dec!(10000), liquid(volume, dec!(0))).spread, money(spread));
        }
        assert_eq!(costs(&model, dec!(10000), Liquidity::UNKNOWN).spread, money(dec!(100)));
        let half_spread = HalfSpread::Column { otherwise: bps(dec!(30)) };
        let model = Frictions { half_spread, ..Frictions::default() };
        let quoted = Liquidity { half_spread: Some(bps(dec!(7))), ..Liquidity::UNKNOWN };
        assert_eq!(costs(&model, dec!(10000), quoted).spread, money(dec!(7)));
        assert_eq!(costs(&model, dec!(10000), Liquidity::UNKNOWN).spread, money(dec!(30)));
    }

    /// Models with every part.
    fn models() -> impl Strategy<Value = Frictions> {
        let rate = || (0_i64..300).prop_map(|rate| bps(Decimal::new(rate, 1)));
        let amount = || (0_i64..500).prop_map(|amount| money(Decimal::new(amount, 2)));
        (rate(), rate(), rate(), rate(), rate(), amount(), amount(), 0_i64..30).prop_map(
            |(rate, lower, slippage, spread, platform_fee, fixed, gas, coefficient)| Frictions {
                commission: Commission {
                    rate,
                    tiers: vec![(money(dec!(100)), lower)],
                    of_asset: BTreeMap::new(),
                    fixed,
                },
                slippage,
                half_spread: HalfSpread::Fixed(spread),
                impact: Some(SquareRootImpact {
                    coefficient: Decimal::new(coefficient, 1),
                    otherwise: spread,
                }),
                gas: Some(Gas {
                    default_chain: "a".into(),
                    chain_of: BTreeMap::new(),
                    per_trade: BTreeMap::from([("a".into(), vec![(None, gas)])]),
                    series: None,
                }),
                platform_fee,
            },
        )
    }

    proptest! {
        #[test]
        fn laws_of_a_cost_model(
            model in models(),
            notional in 0_i64..1_000_000_000_000,
            more in 0_i64..1_000_000_000,
            volume in prop::option::of(0_i64..1_000_000_000),
            volatility in 0_i64..3000,
        ) {
            let liquidity = Liquidity {
                volume: volume.map(|volume| money(volume.into())),
                volatility: Some(bps(volatility.into())),
                half_spread: None,
            };
            let at = |notional: i64| costs(&model, Decimal::new(notional, 8), liquidity);
            let total = |notional: i64| at(notional).total().unwrap();
            prop_assert!(at(notional).amounts().iter().all(|amount| !amount.is_negative()));
            prop_assert!(total(notional) <= total(notional.saturating_add(more)));
            let on_top = total(notional).minus(total(0)).unwrap();
            prop_assert!(on_top <= money(Decimal::new(notional, 8)));
            prop_assert!(at(notional).amounts().iter().all(|amount| amount.decimal().normalize().scale() <= 8));
        }

        #[test]
        fn a_single_rate_is_a_tier_from_nothing(rate in 0_i64..300, notional in 0_i64..i64::MAX, scale in 0_u32..19) {
            let (rate, notional) = (bps(Decimal::new(rate, 1)), Decimal::new(notional, scale));
            let with = |commission| costs(&Frictions { commission, ..Frictions::default() }, notional, Liquidity::UNKNOWN);
            let tier = Commission { tiers: vec![(Money::ZERO, rate)], ..Commission::default() };
            prop_assert_eq!(with(Commission { rate, ..Commission::default() }), with(tier));
        }

        #[test]
        fn the_root_is_the_least_one_that_is_not_below(notional in 1_i64..i64::MAX, volume in 1_i64..i64::MAX) {
            let (notional, volume) = (money(Decimal::new(notional, 6)), money(Decimal::new(volume, 6)));
            let root = root_of_share(notional, volume).unwrap();
            let share = notional.decimal() / volume.decimal();
            prop_assume!(share < dec!(1000000000));
            let tolerance = dec!(0.0000000001) * (Decimal::ONE + root);
            prop_assert!(root * root >= share - tolerance && (root * root - share).abs() <= tolerance * dec!(1000));
        }
    }
}
