//! The rows of the tables as types.

use std::fmt;

use regimen_analytics::{Attribution, Term, Terms};
use regimen_planning::{ShortfallReason, SkipReason};
use regimen_types::{
    ActionInput, ActionKind, AnnualRate, AsOf, AssetId, Cause, CorporateAction, Divisor, Figure, IndexLevel,
    MarketCap, Money, Price, Quantity, Ratio, Regime, Side, UnitRatio, Weight,
};
use serde::Serialize;

use super::codes::{ACTION, FIELD, Fault, TABLE_SHAPE};
use super::table::{Cells, TableRow};
use super::tables;

/// How an asset stands in a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Standing {
    /// It is in the target.
    Selected,
    /// It is eligible and next in line.
    Reserve,
    /// It is eligible but ranks below the last place.
    BelowCount,
    /// It is eligible, but its group has all the constituents that it may have.
    GroupFull,
    /// It is eligible, but its amount is too low for a newcomer, or for an incumbent to stay.
    BelowThreshold,
    /// A screen keeps it out.
    Excluded,
    /// It is in the index, which the portfolio follows at its present weights.
    Followed,
    /// It is held and not in the target.
    Held,
    /// The row is no asset's: it holds the weight of cash.
    Cash,
}

impl Standing {
    const ALL: [Self; 9] = [
        Self::Selected,
        Self::Reserve,
        Self::BelowCount,
        Self::GroupFull,
        Self::BelowThreshold,
        Self::Excluded,
        Self::Followed,
        Self::Held,
        Self::Cash,
    ];

    /// Says whether the asset is in the target.
    pub(crate) fn is_in_target(self) -> bool {
        matches!(self, Self::Selected | Self::Followed)
    }

    /// Says whether a screen let the asset pass.
    pub(crate) fn is_eligible(self) -> bool {
        matches!(
            self,
            Self::Selected | Self::Reserve | Self::BelowCount | Self::GroupFull | Self::BelowThreshold
        )
    }

    /// Returns the name that the decision log uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Selected => "selected",
            Self::Reserve => "reserve",
            Self::BelowCount => "below_count",
            Self::GroupFull => "group_full",
            Self::BelowThreshold => "below_threshold",
            Self::Excluded => "excluded",
            Self::Followed => "followed",
            Self::Held => "held",
            Self::Cash => "cash",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

pub(crate) struct NavRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) nav: Money,
    pub(crate) cash: Money,
    pub(crate) invested: Money,
    pub(crate) regime: Regime,
    pub(crate) index_level: IndexLevel,
}

impl TableRow<'_> for NavRow {
    const FILE: &'static str = "nav.csv";
    const COLUMNS: &'static str = tables::NAV_COLUMNS;

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        Ok(Self {
            line: cells.line(),
            as_of: cells.instant()?,
            nav: cells.value()?,
            cash: cells.value()?,
            invested: cells.value()?,
            regime: cells.named(Regime::from_name)?,
            index_level: cells.value()?,
        })
    }
}

pub(crate) struct IndexRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) level: IndexLevel,
    pub(crate) divisor: Divisor,
    pub(crate) assets: u64,
}

impl TableRow<'_> for IndexRow {
    const FILE: &'static str = "index.csv";
    const COLUMNS: &'static str = tables::INDEX_COLUMNS;

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        Ok(Self {
            line: cells.line(),
            as_of: cells.instant()?,
            level: cells.value()?,
            divisor: cells.value()?,
            assets: cells.value()?,
        })
    }
}

pub(crate) struct HoldingRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) asset: AssetId,
    pub(crate) units: Quantity,
    pub(crate) price: Price,
    pub(crate) price_as_of: AsOf,
    pub(crate) value: Money,
    pub(crate) weight: Option<Ratio>,
}

impl TableRow<'_> for HoldingRow {
    const FILE: &'static str = "holdings.csv";
    const COLUMNS: &'static str = tables::HOLDINGS_COLUMNS;

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        Ok(Self {
            line: cells.line(),
            as_of: cells.instant()?,
            asset: cells.value()?,
            units: cells.value()?,
            price: cells.value()?,
            price_as_of: cells.instant()?,
            value: cells.value()?,
            weight: cells.optional()?,
        })
    }
}

pub(crate) struct OrderRow {
    pub(crate) line: u64,
    pub(crate) decided_at: AsOf,
    pub(crate) closed_at: AsOf,
    pub(crate) cause: Cause,
    pub(crate) asset: AssetId,
    pub(crate) side: Side,
    pub(crate) units: Quantity,
    pub(crate) filled: Quantity,
    pub(crate) decision_price: Price,
    pub(crate) decision_price_as_of: AsOf,
    pub(crate) shortfall: Option<ShortfallReason>,
    /// What the order had become when it was closed; `None` if it was still what was ordered.
    pub(crate) due: Option<(AssetId, Quantity)>,
}

impl OrderRow {
    /// Returns the units to trade when the order was closed.
    pub(crate) fn due_units(&self) -> Quantity {
        self.due.as_ref().map_or(self.units, |(_, units)| *units)
    }

    /// Returns the asset to trade when the order was closed.
    pub(crate) fn due_asset(&self) -> &AssetId {
        self.due.as_ref().map_or(&self.asset, |(asset, _)| asset)
    }
}

impl TableRow<'_> for OrderRow {
    const FILE: &'static str = "orders.csv";
    const COLUMNS: &'static str = tables::ORDERS_COLUMNS;

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        let mut row = Self {
            line: cells.line(),
            decided_at: cells.instant()?,
            closed_at: cells.instant()?,
            cause: cells.named(Cause::from_name)?,
            asset: cells.value()?,
            side: cells.named(Side::from_name)?,
            units: cells.value()?,
            filled: cells.value()?,
            decision_price: cells.value()?,
            decision_price_as_of: cells.instant()?,
            shortfall: cells.optional_name(shortfall_reason)?,
            due: None,
        };
        row.due = match (cells.optional()?, cells.optional()?) {
            (Some(asset), Some(units)) if asset != row.asset || units != row.units => Some((asset, units)),
            (None, None) => None,
            _ => return Err(cells.fault(FIELD, "what is due stands only if it is not what was ordered")),
        };
        Ok(row)
    }
}

fn shortfall_reason(name: &str) -> Option<ShortfallReason> {
    ShortfallReason::ALL.into_iter().find(|reason| reason.as_str() == name)
}

pub(crate) struct DecisionRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) cause: Cause,
    pub(crate) regime: Regime,
    /// `None` for the row of cash.
    pub(crate) asset: Option<AssetId>,
    pub(crate) rank: Option<u32>,
    pub(crate) rank_amount: Option<Figure>,
    pub(crate) standing: Standing,
    pub(crate) reason: String,
    pub(crate) price: Option<Price>,
    pub(crate) market_cap: Option<MarketCap>,
    pub(crate) raw_weight: Option<Weight>,
    pub(crate) weight: Weight,
    pub(crate) trade: Option<TradeLine>,
}

/// What a decision does with a held or targeted asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TradeLine {
    /// The units held at the decision.
    pub units: Quantity,
    /// The units that the target asks for.
    pub target_units: Quantity,
    /// The side of the order; `None` if there is none.
    pub side: Option<Side>,
    /// The units of the order.
    pub trade_units: Quantity,
    /// The cause of the order, or why there is none.
    pub reason: &'static str,
    /// What the order leaves undone of the way to the target, and why.
    pub undone: Option<Undone>,
}

/// The part of a trade that is not ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undone {
    /// The units.
    pub units: Quantity,
    /// Why they are not ordered.
    pub reason: &'static str,
}

impl TableRow<'_> for DecisionRow {
    const FILE: &'static str = "decisions.csv";
    const COLUMNS: &'static str = tables::DECISIONS_COLUMNS;

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        Ok(Self {
            line: cells.line(),
            as_of: cells.instant()?,
            cause: cells.named(Cause::from_name)?,
            regime: cells.named(Regime::from_name)?,
            asset: cells.optional()?,
            rank: cells.optional()?,
            rank_amount: cells.optional()?,
            standing: cells.named(|name| Standing::ALL.into_iter().find(|each| each.as_str() == name))?,
            reason: cells.quoted_text()?,
            price: cells.optional()?,
            market_cap: cells.optional()?,
            raw_weight: cells.optional()?,
            weight: cells.value()?,
            trade: trade_line(cells)?,
        })
    }
}

fn trade_line(cells: &mut Cells<'_, '_>) -> Result<Option<TradeLine>, Fault> {
    let (units, target_units) = (cells.optional()?, cells.optional()?);
    let side = cells.optional_name(|name| match name {
        "none" => Some(None),
        name => Side::from_name(name).map(Some),
    })?;
    let trade_units = cells.optional()?;
    let reason = cells.optional_name(|name| match side {
        Some(None) => skip_reason(name),
        _ => Cause::from_name(name).map(Cause::as_str),
    })?;
    let (undone_units, undone_reason) = (cells.optional()?, cells.optional_name(skip_reason)?);
    let undone = match (undone_units, undone_reason) {
        (Some(units), Some(reason)) => Some(Undone { units, reason }),
        (None, None) => None,
        _ => return Err(cells.fault(TABLE_SHAPE, "undone units and their reason go together")),
    };
    match (units, target_units, side, trade_units, reason) {
        (Some(units), Some(target_units), Some(side), Some(trade_units), Some(reason)) => {
            Ok(Some(TradeLine { units, target_units, side, trade_units, reason, undone }))
        }
        (None, None, None, None, None) => Ok(None),
        _ => Err(cells.fault(TABLE_SHAPE, "the columns from units to trade_reason go together")),
    }
}

fn skip_reason(name: &str) -> Option<&'static str> {
    SkipReason::from_name(name).map(SkipReason::as_str)
}

/// A corporate action that came into force.
pub(crate) struct ActionRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) action: CorporateAction,
}

impl TableRow<'_> for ActionRow {
    const FILE: &'static str = "actions.csv";
    const COLUMNS: &'static str = tables::ACTIONS_COLUMNS;

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        let (line, as_of, dated, known_at) =
            (cells.line(), cells.instant()?, cells.instant()?, cells.instant()?);
        let input = ActionInput {
            as_of: dated,
            known_at: Some(known_at),
            asset: cells.value()?,
            kind: cells.named(ActionKind::from_name)?,
            ratio: Some(cells.value::<Ratio>()?.decimal()),
            new_asset: cells.optional()?,
        };
        match CorporateAction::new(input) {
            Ok(action) => Ok(Self { line, as_of, action }),
            Err(error) => Err(cells.fault(ACTION, error.to_string())),
        }
    }
}

/// What a position, or the cash, earned between two snapshots.
pub(crate) struct YieldRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) from: AsOf,
    /// `None` for cash.
    pub(crate) asset: Option<AssetId>,
    pub(crate) held: Quantity,
    pub(crate) annual_rate: AnnualRate,
    pub(crate) accrued: Quantity,
    pub(crate) booked: Quantity,
}

impl TableRow<'_> for YieldRow {
    const FILE: &'static str = "yields.csv";
    const COLUMNS: &'static str = tables::YIELDS_COLUMNS;

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        Ok(Self {
            line: cells.line(),
            as_of: cells.instant()?,
            from: cells.value()?,
            asset: cells.optional()?,
            held: cells.value()?,
            annual_rate: cells.value()?,
            accrued: cells.value()?,
            booked: cells.value()?,
        })
    }
}

/// The tracking difference at one snapshot.
pub(crate) struct AttributionRow {
    pub(crate) line: u64,
    pub(crate) attribution: Attribution,
}

impl TableRow<'_> for AttributionRow {
    const FILE: &'static str = "attribution.csv";
    const COLUMNS: &'static str = tables::ATTRIBUTION_COLUMNS;

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        let line = cells.line();
        let mut attribution = Attribution {
            as_of: cells.instant()?,
            decided_at: cells.optional()?,
            nav: cells.value()?,
            benchmark: cells.value()?,
            difference: cells.value()?,
            benchmark_units: cells.value()?,
            followed_units: cells.value()?,
            terms: Terms::default(),
        };
        for term in Term::ALL {
            attribution.terms.set(term, cells.value()?);
        }
        Ok(Self { line, attribution })
    }
}

pub(crate) struct SuspectRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) asset: AssetId,
    pub(crate) last_price_as_of: AsOf,
}

impl TableRow<'_> for SuspectRow {
    const FILE: &'static str = "suspects.csv";
    const COLUMNS: &'static str = tables::SUSPECTS_COLUMNS;

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        let (line, as_of, asset) = (cells.line(), cells.instant()?, cells.value()?);
        // The two prices are for people; nothing else of the run depends on them.
        let (_, _) = (cells.value::<Price>()?, cells.value::<Price>()?);
        let last_price_as_of = cells.instant()?;
        let event = cells.optional_name(ActionKind::from_name)?;
        let ratio = cells.optional::<UnitRatio>()?;
        if event.is_some() != ratio.is_some() {
            return Err(cells.fault(TABLE_SHAPE, "an event goes with its ratio"));
        }
        Ok(Self { line, as_of, asset, last_price_as_of })
    }
}
