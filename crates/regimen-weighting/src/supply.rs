//! Supplies that are held constant between two supply snapshots.

use std::collections::BTreeMap;

use regimen_types::{ActionEffect, ArithmeticError, AsOf, AssetId, CorporateAction, Exact, Figure, Row};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::measure::{MEAN_SCALE, Measure, floating_supply, positive};

/// A supply as an exact quotient: reported market cap ÷ price, or circulating supply × float factor ÷ 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supply {
    /// The dividend, above zero.
    pub amount: Figure,
    /// The divisor, above zero.
    pub per: Figure,
}

impl Supply {
    /// Returns price × supply, rounded toward zero at 18 decimal places, or fewer where the result would need
    /// more than 28 digits. At the price in the quotient, the result is the reported market cap, to the last
    /// digit.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the product needs more than 28 digits.
    pub fn market_cap(&self, price: Decimal) -> Result<Option<Figure>, ArithmeticError> {
        let product = Exact::product(price, self.amount.decimal());
        Ok(positive(product.ratio_to_fit(Exact::from(self.per.decimal()), MEAN_SCALE)?))
    }

    /// Restates the supply in new units, `ratio` for each old one.
    fn restated(self, ratio: Decimal) -> Option<Self> {
        let one = Exact::from(Decimal::ONE);
        let amount = Exact::product(self.amount.decimal(), ratio).ratio_to_fit(one, MEAN_SCALE).ok()?;
        Some(Self { amount: positive(amount)?, ..self })
    }
}

/// The purpose of a supply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Ranking.
    Ranking,
    /// Weighing.
    Weighing,
}

/// The supplies of one supply snapshot, which determine market caps until the next one takes effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupplySnapshot {
    /// The instant of the supply snapshot.
    pub as_of: AsOf,
    /// The supplies for ranking; empty if the ranking reads no supply.
    pub ranking: BTreeMap<AssetId, Supply>,
    /// The supplies for weighing; `None` if they equal those for ranking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weighing: Option<BTreeMap<AssetId, Supply>>,
}

impl SupplySnapshot {
    /// Takes the supplies that two measures read from a snapshot's rows. An asset without a known supply has
    /// none until the next supply snapshot.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a supply needs more than 28 digits.
    pub fn take(
        as_of: AsOf,
        rows: &[Row<'_>],
        ranking: &Measure,
        weighing: &Measure,
    ) -> Result<Self, ArithmeticError> {
        let of = |measure: &Measure| -> Result<BTreeMap<AssetId, Supply>, ArithmeticError> {
            let supply =
                |row: &Row<'_>| Ok(supply_of(measure, row)?.map(|supply| (row.asset().clone(), supply)));
            rows.iter().filter_map(|row| supply(row).transpose()).collect()
        };
        let weighing = if weighing == ranking { None } else { Some(of(weighing)?) };
        Ok(Self { as_of, ranking: of(ranking)?, weighing })
    }

    /// Returns the supply of an asset, if it had a known one.
    #[must_use]
    pub fn of(&self, purpose: Purpose, asset: &AssetId) -> Option<Supply> {
        match (purpose, &self.weighing) {
            (Purpose::Weighing, Some(weighing)) => weighing.get(asset).copied(),
            _ => self.ranking.get(asset).copied(),
        }
    }

    /// Updates the supplies for a corporate action: a redenomination restates the supply, a successor takes
    /// it over, and a delisted asset loses it.
    pub fn carry_over(&mut self, action: &CorporateAction) {
        let successor = match action.effect() {
            ActionEffect::Successor { asset, ratio } => Some((asset, ratio.decimal())),
            ActionEffect::End { .. } => None,
            ActionEffect::Grant { .. } => return,
        };
        for supplies in std::iter::once(&mut self.ranking).chain(&mut self.weighing) {
            let Some(supply) = supplies.remove(action.asset()) else { continue };
            if let Some((asset, ratio)) = successor
                && let Some(restated) = supply.restated(ratio)
            {
                // The successor's own supply stays, because a swap may take place over time.
                supplies.entry(asset.clone()).or_insert(restated);
            }
        }
    }
}

/// Returns the supply that a measure reads from a row; `None` if it is unknown or the measure reads none.
fn supply_of(measure: &Measure, row: &Row<'_>) -> Result<Option<Supply>, ArithmeticError> {
    let quotient = |amount: Option<Decimal>, per: Option<Decimal>| {
        Some(Supply { amount: positive(amount?)?, per: positive(per?)? })
    };
    match measure {
        Measure::MarketCap => {
            let cap = row.market_cap().map(|cap| cap.decimal());
            Ok(quotient(cap, row.price().map(|price| price.decimal())))
        }
        Measure::FloatAdjusted { float_factor } => {
            Ok(quotient(floating_supply(row, float_factor.as_deref())?, Some(Decimal::ONE)))
        }
        Measure::MeanMarketCap(_)
        | Measure::DecayingMarketCap { .. }
        | Measure::Attribute(_)
        | Measure::One => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regimen_types::{ActionInput, ActionKind, History, RowInput};
    use rust_decimal_macros::dec;

    fn id(asset: &str) -> AssetId {
        asset.parse().unwrap()
    }

    fn taken(
        rows: impl IntoIterator<Item = RowInput>,
        ranking: &Measure,
        weighing: &Measure,
    ) -> SupplySnapshot {
        let history = History::builder().snapshot("2024-01-01".parse().unwrap(), rows).build().unwrap();
        let window = history.newest().unwrap();
        let rows: Vec<_> = window.snapshot().rows().collect();
        SupplySnapshot::take(window.as_of(), &rows, ranking, weighing).unwrap()
    }

    fn row(asset: &str, price: &str, cap: &str) -> RowInput {
        RowInput::new(id(asset), price.parse().unwrap(), cap.parse().unwrap())
    }

    #[test]
    fn each_measure_has_its_own_supply() {
        let supplied = RowInput {
            circulating_supply: Some(dec!(100)),
            attributes: [("free_float".to_owned(), dec!(0.4))].into(),
            ..row("a", "3", "500")
        };
        let float = Measure::FloatAdjusted { float_factor: Some("free_float".to_owned()) };
        let supplies = taken([supplied, row("b", "2", "7")], &Measure::MarketCap, &float);
        let cap = |purpose, asset, price: Decimal| {
            let supply = supplies.of(purpose, &id(asset))?;
            supply.market_cap(price).unwrap().map(Figure::decimal)
        };
        // 500 ÷ 3 × 6, and 100 × 0.4 × 6.
        assert_eq!(cap(Purpose::Ranking, "a", dec!(6)), Some(dec!(1000)));
        assert_eq!(cap(Purpose::Weighing, "a", dec!(6)), Some(dec!(240)));
        assert_eq!(cap(Purpose::Ranking, "b", dec!(1)), Some(dec!(3.5)));
        assert_eq!(cap(Purpose::Weighing, "b", dec!(1)), None);
    }

    #[test]
    fn a_new_basis_restates_the_supply_and_leaves_the_cap() {
        let mut supplies =
            taken([row("a", "6", "600"), row("b", "1", "8")], &Measure::MarketCap, &Measure::MarketCap);
        let action = |kind, asset: &str, ratio, new_asset: Option<&str>| {
            let (as_of, known_at) = ("2024-01-02".parse().unwrap(), None);
            let new_asset = new_asset.map(id);
            CorporateAction::new(ActionInput { as_of, known_at, asset: id(asset), kind, ratio, new_asset })
                .unwrap()
        };
        supplies.carry_over(&action(ActionKind::Redenomination, "a", Some(dec!(1000)), None));
        let cap = |supplies: &SupplySnapshot, asset: &str, price| {
            supplies
                .of(Purpose::Weighing, &id(asset))
                .map(|supply| supply.market_cap(price).unwrap().unwrap())
        };
        assert_eq!(cap(&supplies, "a", dec!(0.006)), Figure::new(dec!(600)).ok());
        supplies.carry_over(&action(ActionKind::Migration, "b", Some(dec!(2)), Some("c")));
        assert_eq!(
            (cap(&supplies, "b", dec!(1)), cap(&supplies, "c", dec!(0.5))),
            (None, Figure::new(dec!(8)).ok())
        );
        supplies.carry_over(&action(ActionKind::Fork, "a", Some(dec!(1)), Some("d")));
        assert_eq!(cap(&supplies, "d", dec!(1)), None);
        supplies.carry_over(&action(ActionKind::Delisting, "a", Some(dec!(0)), None));
        assert_eq!(cap(&supplies, "a", dec!(1)), None);
    }

    proptest! {
        #[test]
        fn at_its_own_price_a_supply_gives_the_reported_cap(
            price in (1_i64..i64::MAX, 0_u32..19), cap in (1_i64..i64::MAX, 0_u32..19),
        ) {
            let (price, cap) = (Decimal::new(price.0, price.1), Decimal::new(cap.0, cap.1));
            let supply = Supply { amount: Figure::new(cap).unwrap(), per: Figure::new(price).unwrap() };
            prop_assert_eq!(supply.market_cap(price).unwrap().map(Figure::decimal), Some(cap));
        }
    }
}
