//! Screens by the volume traded over a lookback.

use std::cmp::Ordering;

use regimen_types::{ArithmeticError, Exact, Figure, Row, Weight};
use rust_decimal::Decimal;

use super::threshold::BufferedThreshold;
use crate::lookback::{Lookback, rows_at};
use crate::measure::{MEAN_SCALE, mean};
use crate::occasion::Occasion;
use crate::quantile::QuantileType;
use crate::screen::{Exclusion, UniverseScreen};

regimen_types::named! {
    /// The statistic of the volumes over a lookback.
    pub enum VolumeStatistic {
        /// The arithmetic mean.
        Mean = "mean",
        /// The median; for an even number of volumes, the mean of the middle two.
        Median = "median",
    }
}

regimen_types::named! {
    /// How snapshots without a known volume count.
    pub enum UnknownVolume {
        /// As a volume of zero.
        Zero = "zero",
        /// As if the snapshot did not exist.
        LeftOut = "left_out",
    }
}

/// The volume of an asset over a lookback, in one figure.
#[derive(Clone, Copy, Debug)]
pub struct VolumeSummary {
    /// Mean or median.
    pub statistic: VolumeStatistic,
    /// The stretch of snapshots that count.
    pub lookback: Lookback,
    /// How unknown volumes count.
    pub unknown: UnknownVolume,
}

impl VolumeSummary {
    /// Returns one figure per row; `None` if no volume is known. Means are rounded toward zero at 18 decimal
    /// places.
    fn of(self, rows: &[Row<'_>], occasion: &Occasion<'_>) -> Result<Vec<Option<Decimal>>, ArithmeticError> {
        let window = &occasion.window;
        let instants = self.lookback.instants(window);
        let summarise = |row: &Row<'_>| {
            let known = rows_at(window, row.asset(), instants).filter_map(|row| row.value.volume());
            let mut volumes: Vec<Decimal> = known.collect();
            if volumes.is_empty() {
                return Ok(None);
            }
            if self.unknown == UnknownVolume::Zero {
                volumes.resize(instants.len(), Decimal::ZERO);
            }
            match self.statistic {
                VolumeStatistic::Mean => mean(volumes.into_iter()),
                VolumeStatistic::Median => median(volumes),
            }
        };
        rows.iter().map(summarise).collect()
    }
}

fn median(volumes: Vec<Decimal>) -> Result<Option<Decimal>, ArithmeticError> {
    let half = Weight::new(Decimal::new(5, 1))?;
    let median = QuantileType::Type7.of(&volumes, half)?;
    median.map(|median| median.ratio_to_fit(Exact::from(Decimal::ONE), MEAN_SCALE)).transpose()
}

/// Passes assets whose volume is at least an amount.
#[derive(Clone, Copy, Debug)]
pub struct MinimumVolume {
    /// The volume.
    pub volume: VolumeSummary,
    /// The minimum.
    pub threshold: BufferedThreshold,
}

impl UniverseScreen for MinimumVolume {
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
        let volumes = self.volume.of(passed, occasion)?;
        let verdict = |(row, volume): (&Row<'_>, Option<Decimal>)| {
            let required = self.threshold.of(row, occasion);
            let enough = volume.is_some_and(|volume| volume >= required.decimal());
            (!enough).then(|| Exclusion::VolumeTooLow { volume: volume.map(Figure::from), required })
        };
        Ok(passed.iter().zip(volumes).map(verdict).collect())
    }
}

/// Passes assets whose volume is at least a quantile of a sample. The sample has the volumes of the assets
/// that passed the screens before this one, except unknown volumes.
#[derive(Clone, Copy, Debug)]
pub struct VolumeQuantile {
    /// The volume.
    pub volume: VolumeSummary,
    /// The quantile, from 0 to 1.
    pub quantile: Weight,
    /// How the quantile is interpolated.
    pub quantile_type: QuantileType,
}

impl UniverseScreen for VolumeQuantile {
    fn screen(
        &self,
        passed: &[Row<'_>],
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Option<Exclusion>>, ArithmeticError> {
        let volumes = self.volume.of(passed, occasion)?;
        let sample: Vec<Decimal> = volumes.iter().copied().flatten().collect();
        let quantile = self.quantile_type.of(&sample, self.quantile)?.unwrap_or(Exact::ZERO);
        let shown = Figure::from(quantile.ratio_to_fit(Exact::from(Decimal::ONE), MEAN_SCALE)?);
        let verdict = |volume: Option<Decimal>| {
            let enough = match volume {
                Some(volume) => Exact::from(volume).compare(quantile)? != Ordering::Less,
                None => false,
            };
            let excluded = Exclusion::VolumeTooLow { volume: volume.map(Figure::from), required: shown };
            Ok((!enough).then_some(excluded))
        };
        volumes.into_iter().map(verdict).collect()
    }
}
