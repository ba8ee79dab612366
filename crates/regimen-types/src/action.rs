//! Corporate actions: what happens to units without a trade.

use rust_decimal::Decimal;

use crate::as_of::AsOf;
use crate::asset::AssetId;
use crate::quantities::{QuantityError, UnitRatio, Weight};
use crate::trade::Cause;

crate::named! {
    /// What kind of event a corporate action is.
    pub enum ActionKind {
        /// The asset counts on a new basis: `ratio` units for one.
        Redenomination = "redenomination",
        /// The asset is swapped for a successor: `ratio` units of it for one.
        Migration = "migration",
        /// The asset goes on under another identifier, one for one.
        TickerChange = "ticker_change",
        /// The chain forks: `ratio` units of the new asset beside each.
        Fork = "fork",
        /// Holders are given `ratio` units of another asset for each.
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

/// What a corporate action does to those who hold the asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionEffect {
    /// All units become `ratio` units each of the successor, which may be the asset itself.
    Successor {
        /// What the units become.
        asset: AssetId,
        /// How many for one.
        ratio: UnitRatio,
    },
    /// Beside each unit come `ratio` units of an asset.
    Grant {
        /// What comes in.
        asset: AssetId,
        /// How many for one.
        ratio: UnitRatio,
    },
    /// The asset ends, and a part of its last known value is paid.
    End {
        /// The part.
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

/// Says why there is no such action.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// It is known before it happens; that is no mistake in life, but its instant is then that of the announcement.
    #[error("`known_at` {known_at} is before `as_of` {as_of}: leave it empty, or give the later instant")]
    KnownBefore {
        /// When it happens.
        as_of: AsOf,
        /// When it is known.
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
    Ratio(#[from] QuantityError),
    /// The kind has no ratio but one for one.
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
    /// The new asset is the old one.
    #[error("the new asset is the asset itself; that is a redenomination, or staking")]
    SameAsset,
    /// The kind has no new asset.
    #[error("{kind} has no new asset")]
    NewAsset {
        /// The kind.
        kind: ActionKind,
    },
}

/// What a file or a service says of a corporate action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionInput {
    /// From when on prices count on the new basis.
    pub as_of: AsOf,
    /// When it became known; `None` if it was known at `as_of`.
    pub known_at: Option<AsOf>,
    /// The asset.
    pub asset: AssetId,
    /// The kind.
    pub kind: ActionKind,
    /// New units for one, or the part of the value that a delisting recovers.
    pub ratio: Option<Decimal>,
    /// What comes in or instead.
    pub new_asset: Option<AssetId>,
}

impl CorporateAction {
    /// Checks what the kind needs.
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

    /// Returns the instant from which prices count on the new basis.
    #[must_use]
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// Returns the instant at which it became known, `as_of` or later.
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

    /// Returns what it does.
    #[must_use]
    pub fn effect(&self) -> &ActionEffect {
        &self.effect
    }

    /// Returns the successor and its ratio, if the asset has one that is another asset or another basis.
    #[must_use]
    pub fn successor(&self) -> Option<(&AssetId, UnitRatio)> {
        match &self.effect {
            ActionEffect::Successor { asset, ratio } => Some((asset, *ratio)),
            ActionEffect::Grant { .. } | ActionEffect::End { .. } => None,
        }
    }

    /// Returns the asset that must have a price before the action can be booked; `None` if none must.
    #[must_use]
    pub fn priced_asset(&self) -> Option<&AssetId> {
        match &self.effect {
            ActionEffect::Successor { asset, .. } | ActionEffect::Grant { asset, .. } => Some(asset),
            ActionEffect::End { .. } => None,
        }
    }

    /// Says whether the asset leaves the universe: it has another successor than itself, or ends.
    #[must_use]
    pub fn retires_asset(&self) -> bool {
        match &self.effect {
            ActionEffect::Successor { asset, .. } => *asset != self.asset,
            ActionEffect::Grant { .. } => false,
            ActionEffect::End { .. } => true,
        }
    }
}
