//! Why the portfolio was left alone.

use std::fmt::Write;

use regimen::HoldReason;
use serde::Serialize;

use crate::tables::{HoldReading, HoldRow};

/// Why the portfolio was left alone at a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoldExplanation {
    /// The name of the reason.
    pub reason: &'static str,
    /// What each trigger measured, where triggers decided.
    pub readings: Vec<HoldReading>,
}

impl HoldExplanation {
    /// Explains the rows of one instant; `None` if there are none.
    pub(crate) fn of(rows: impl IntoIterator<Item = HoldRow>) -> Option<Self> {
        let mut rows = rows.into_iter();
        let HoldRow { reason, reading, .. } = rows.next()?;
        Some(Self {
            reason,
            readings: reading.into_iter().chain(rows.filter_map(|row| row.reading)).collect(),
        })
    }

    /// Returns the reason in words, with what came nearest to firing.
    pub(crate) fn in_words(&self) -> String {
        let mut text = HoldReason::named(self.reason).map_or("", |(_, words)| words).to_owned();
        for HoldReading { trigger, asset, measured, allowed } in &self.readings {
            let trigger = trigger.as_str().replace('_', " ");
            let of = asset.as_ref().map_or_else(String::new, |asset| format!(" of {asset}"));
            let _ = write!(text, "; {trigger}{of} {measured}, allowed {allowed}");
        }
        text
    }
}
