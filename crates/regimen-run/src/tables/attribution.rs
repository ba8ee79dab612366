//! `attribution.csv`: the tracking difference and its terms.

use regimen_analytics::{Attribution, Term, Terms};

use crate::codes::Fault;
use crate::row_text::RowText;
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

/// The tracking difference at one snapshot.
pub(crate) struct AttributionRow {
    pub(crate) line: u64,
    pub(crate) attribution: Attribution,
}

impl RunTable for AttributionRow {
    const FILE: &'static str = "attribution.csv";
    const ONE_ROW_PER: &'static str = "snapshot";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot"),
        column(
            "decided_at",
            "the decision whose orders and skips explain what is held; empty before the first",
        ),
        column("nav", "the NAV"),
        column("benchmark", "what the same money is worth in the index itself, at the money scale"),
        column("difference", "`nav` − `benchmark`"),
        column(
            "benchmark_units",
            "how many times the benchmark holds the index: benchmark ÷ level, changed by cash flows \
             alone",
        ),
        column(
            "followed_units",
            "how many times the portfolio set out to hold it at its last decision: equity after costs ÷ \
             level",
        ),
        column("fee", "the commissions, as booked"),
        column("slippage", "the slippage, as booked"),
        column("spread", "the half-spreads, as booked"),
        column("impact", "the impact of trades on prices, as booked"),
        column("gas", "the gas, as booked"),
        column("platform_fee", "the service's fees, as booked"),
        column("management_fee", "the management fees, as booked"),
        column("lag", "orders that waited for their execution"),
        column(
            "bands_and_filters",
            "trades that bands, minima, participation, turnover limits or triggers left out",
        ),
        column("lots_and_rounding", "units between the steps of lots and grids"),
        column("cash_and_sleeve", "cash that the index does not hold"),
        column("stale_and_write_offs", "positions that could not be traded, and write-offs"),
        column("yield", "units that holdings earned by staking"),
        column("interest", "what the sleeve and the cash earned at annual rates"),
        column("flows", "money that came in and is not invested yet, or goes out"),
        column("compounding", "the index's return on what was lost or gained before the last decision"),
        column("rounding", "what rounding leaves; a run that leaves more is not written (`RUN140`)"),
    ];

    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let attribution = record.attribution;
        let row = RowText::new(text)
            .value(attribution.as_of)
            .optional(attribution.decided_at)
            .number(attribution.nav.decimal())
            .number(attribution.benchmark.decimal())
            .number(attribution.difference.decimal())
            .number(attribution.benchmark_units.decimal())
            .number(attribution.followed_units.decimal());
        Term::ALL.into_iter().fold(row, |row, term| row.number(attribution.terms.of(term).decimal())).end();
    }
}

impl TableRow<'_> for AttributionRow {
    fn line(&self) -> u64 {
        self.line
    }

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
