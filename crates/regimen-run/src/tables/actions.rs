//! `actions.csv`: the corporate actions that came into force.

use regimen_types::{ActionEffect, ActionInput, ActionKind, AsOf, CorporateAction, Ratio};

use crate::codes::{ACTION, Fault};
use crate::row_text::RowText;
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

/// A corporate action that came into force.
pub(crate) struct ActionRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) action: CorporateAction,
}

impl RunTable for ActionRow {
    const FILE: &'static str = "actions.csv";
    const ONE_ROW_PER: &'static str = "corporate action, when it comes into force";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot at which it came into force"),
        column("dated", "the event's own instant"),
        column("known_at", "when it became known"),
        column("asset", "the asset"),
        column("kind", "as in the file of corporate actions"),
        column("ratio", "as in that file; 1 for a ticker change"),
        column("new_asset", "as in that file"),
    ];

    /// Writes one row per corporate action that comes into force.
    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let step = record.step;
        for action in step.window.corporate_actions() {
            let (asset, ratio) = match action.effect() {
                ActionEffect::Successor { asset, ratio } | ActionEffect::Grant { asset, ratio } => {
                    (Some(asset), ratio.to_string())
                }
                ActionEffect::End { recovery } => (None, recovery.to_string()),
            };
            RowText::new(text)
                .value(step.window.as_of())
                .value(action.as_of())
                .value(action.known_at())
                .asset(action.asset())
                .plain(action.kind().as_str())
                .plain(&ratio)
                .optional(asset.filter(|asset| *asset != action.asset()))
                .end();
        }
    }
}

impl TableRow<'_> for ActionRow {
    fn line(&self) -> u64 {
        self.line
    }

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
