//! Corporate actions: what happens to units without a trade.

use rust_decimal::Decimal;

use crate::as_of::AsOf;
use crate::asset::AssetId;
use crate::out_of_range::OutOfRange;
use crate::quantities::{UnitRatio, Weight};
use crate::trade::Cause;

crate::named! {
    /// The kind of a corporate action.
    pub enum ActionKind {
        /// The asset is restated: `ratio` new units for each old one.
        Redenomination = "redenomination",
        /// The asset is swapped for a successor: `ratio` units of the successor for each.
        Migration = "migration",
        /// The asset continues under another identifier, one for one.
        TickerChange = "ticker_change",
        /// The chain forks: holders receive `ratio` units of the new asset for each.
        Fork = "fork",
        /// Holders receive `ratio` units of another asset for each.
        Airdrop = "airdrop",
        /// The asset is delisted and `ratio` of its last known value is recovered.
        Delisting = "delisting",
        /// Each unit earns `ratio` units of the same asset.
        Staking = "staking",
    }
}

impl ActionKind {
    /// Returns the cause of the transactions that book it.
    #[must_use]
    pub fn cause(self) -> Cause {
        match self {
            Self::Redenomination => Cause::Redenomination,
            Self::Migration => Cause::Migration,
            Self::TickerChange => Cause::TickerChange,
            Self::Fork => Cause::Fork,
            Self::Airdrop => Cause::Airdrop,
            Self::Delisting => Cause::Delisting,
            Self::Staking => Cause::Staking,
        }
    }
}

/// The effect of a corporate action on holders of the asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionEffect {
    /// Each unit becomes `ratio` units of the successor, which may be the asset itself.
    Successor {
        /// The successor.
        asset: AssetId,
        /// The units for each.
        ratio: UnitRatio,
    },
    /// Each unit is granted `ratio` units of an asset, which may be the asset itself.
    Grant {
        /// The granted asset.
        asset: AssetId,
        /// The units for each.
        ratio: UnitRatio,
    },
    /// The asset ends, and a part of its last known value is paid out.
    End {
        /// The part that is paid out.
        recovery: Weight,
    },
}

/// An event that changes units without a trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorporateAction {
    as_of: AsOf,
    known_at: AsOf,
    asset: AssetId,
    kind: ActionKind,
    effect: ActionEffect,
}

/// Why a corporate action is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// The action is known before it happens. Its instant should then be that of the announcement.
    #[error("`known_at` {known_at} is before `as_of` {as_of}: leave it empty, or give the later instant")]
    KnownBefore {
        /// When the action happens.
        as_of: AsOf,
        /// When the action becomes known.
        known_at: AsOf,
    },
    /// The ratio is missing.
    #[error("{kind} needs a ratio")]
    NoRatio {
        /// The kind.
        kind: ActionKind,
    },
    /// The ratio is out of range.
    #[error("ratio: {0}")]
    Ratio(#[from] OutOfRange),
    /// The kind allows no ratio other than one for one.
    #[error("a ticker change has no ratio but 1: a swap at a ratio is a migration")]
    TickerRatio,
    /// The ratio changes nothing.
    #[error("a redenomination at 1 changes nothing")]
    NothingChanges,
    /// The new asset is missing.
    #[error("{kind} needs a new asset")]
    NoNewAsset {
        /// The kind.
        kind: ActionKind,
    },
    /// The new asset is the asset itself.
    #[error("the new asset is the asset itself; that is a redenomination, or staking")]
    SameAsset,
    /// The kind has no new asset.
    #[error("{kind} has no new asset")]
    NewAsset {
        /// The kind.
        kind: ActionKind,
    },
}

/// A corporate action as a file or a service states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionInput {
    /// The instant from which prices are on the new basis.
    pub as_of: AsOf,
    /// When the action became known; `None` if at `as_of`.
    pub known_at: Option<AsOf>,
    /// The asset.
    pub asset: AssetId,
    /// The kind.
    pub kind: ActionKind,
    /// The new units for each, or the part of the value that a delisting recovers.
    pub ratio: Option<Decimal>,
    /// The asset that is granted, or that replaces this one.
    pub new_asset: Option<AssetId>,
}

impl CorporateAction {
    /// Builds a corporate action after checking what its kind needs.
    ///
    /// # Errors
    /// [`ActionError`] if a ratio or new asset is missing, superfluous or out of range.
    pub fn new(input: ActionInput) -> Result<Self, ActionError> {
        let ActionInput { as_of, known_at, asset, kind, ratio, new_asset } = input;
        let known_at = known_at.unwrap_or(as_of);
        if known_at < as_of {
            return Err(ActionError::KnownBefore { as_of, known_at });
        }
        let ratio = || ratio.ok_or(ActionError::NoRatio { kind });
        let unit_ratio = || Ok::<_, ActionError>(UnitRatio::new(ratio()?)?);
        let other = || match &new_asset {
            None => Err(ActionError::NoNewAsset { kind }),
            Some(other) if *other == asset => Err(ActionError::SameAsset),
            Some(other) => Ok(other.clone()),
        };
        let effect = match kind {
            ActionKind::Redenomination if unit_ratio()? == UnitRatio::ONE => {
                return Err(ActionError::NothingChanges);
            }
            ActionKind::Redenomination => {
                ActionEffect::Successor { asset: asset.clone(), ratio: unit_ratio()? }
            }
            ActionKind::Migration => ActionEffect::Successor { asset: other()?, ratio: unit_ratio()? },
            ActionKind::TickerChange if ratio().is_ok_and(|ratio| ratio != Decimal::ONE) => {
                return Err(ActionError::TickerRatio);
            }
            ActionKind::TickerChange => ActionEffect::Successor { asset: other()?, ratio: UnitRatio::ONE },
            ActionKind::Fork | ActionKind::Airdrop => {
                ActionEffect::Grant { asset: other()?, ratio: unit_ratio()? }
            }
            ActionKind::Staking => ActionEffect::Grant { asset: asset.clone(), ratio: unit_ratio()? },
            ActionKind::Delisting => ActionEffect::End { recovery: Weight::new(ratio()?)? },
        };
        let keeps_asset =
            matches!(kind, ActionKind::Redenomination | ActionKind::Delisting | ActionKind::Staking);
        if keeps_asset && new_asset.is_some() {
            return Err(ActionError::NewAsset { kind });
        }
        Ok(Self { as_of, known_at, asset, kind, effect })
    }

    /// Returns the instant from which prices are on the new basis.
    #[must_use]
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// Returns the instant at which the action became known, `as_of` or later.
    #[must_use]
    pub fn known_at(&self) -> AsOf {
        self.known_at
    }

    /// Returns the asset.
    #[must_use]
    pub fn asset(&self) -> &AssetId {
        &self.asset
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> ActionKind {
        self.kind
    }

    /// Returns the effect.
    #[must_use]
    pub fn effect(&self) -> &ActionEffect {
        &self.effect
    }

    /// Returns the successor and its ratio, if the units become another asset or move to another basis.
    #[must_use]
    pub fn successor(&self) -> Option<(&AssetId, UnitRatio)> {
        match &self.effect {
            ActionEffect::Successor { asset, ratio } => Some((asset, *ratio)),
            ActionEffect::Grant { .. } | ActionEffect::End { .. } => None,
        }
    }

    /// Returns the asset that must have a price before the action can be booked, if any.
    #[must_use]
    pub fn priced_asset(&self) -> Option<&AssetId> {
        match &self.effect {
            ActionEffect::Successor { asset, .. } | ActionEffect::Grant { asset, .. } => Some(asset),
            ActionEffect::End { .. } => None,
        }
    }

    /// Returns true if the asset leaves the universe: another asset succeeds it, or it ends.
    #[must_use]
    pub fn retires_asset(&self) -> bool {
        match &self.effect {
            ActionEffect::Successor { asset, .. } => *asset != self.asset,
            ActionEffect::Grant { .. } => false,
            ActionEffect::End { .. } => true,
        }
    }
}
