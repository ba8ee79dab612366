//! The tracking difference, computed again from the log and the snapshots.

use regimen_analytics::{Attribution, Benchmark, Term, TrackingDifference, booked};
use regimen_ledger::Transaction;
use regimen_types::{ArithmeticError, Exact, IndexLevel, Money, Rounding};
use rust_decimal::Decimal;

use super::faults::{Faults, place};
use super::log::Log;
use super::snapshots::Snapshots;
use crate::codes::{ATTRIBUTION, FIGURE, ROWS, fault};
use crate::table::{RunTable, Table};
use crate::tables::{AttributionRow, NavRow};

/// The terms that the log alone gives.
const BOOKED: [Term; 7] = [
    Term::Fee,
    Term::Slippage,
    Term::Spread,
    Term::Impact,
    Term::Gas,
    Term::PlatformFee,
    Term::ManagementFee,
];

/// Checks the table and returns what the whole run sums to, or `None` if it cannot be summed.
///
/// The benchmark follows from levels and cash flows, booked terms from the log, flows and compounding from
/// the units of the index that the row before names. All terms together are the change of the difference; how
/// the gains of single assets split among the causes of their excess units is not computed again.
pub(super) fn check(
    bytes: &[u8],
    snapshots: &Snapshots,
    log: &Log,
    money_scale: u32,
    faults: &mut Faults,
) -> Option<TrackingDifference> {
    let mut found = Faults::of_a_part();
    let mut check = Check { money_scale, benchmark: Benchmark::START, before: None };
    let mut total = TrackingDifference::default();
    let (mut rows, mut summed) = (0, log.complete);
    for row in Table::<AttributionRow>::new(bytes) {
        let (row, nav) = match (row, snapshots.nav.get(rows)) {
            (Ok(row), Some(nav)) => (row, nav),
            (Err(fault), _) => {
                found.add(fault);
                summed = false;
                break;
            }
            (Ok(row), None) => {
                found
                    .add(fault(ROWS, AttributionRow::FILE, "nav.csv has no such snapshot").at_line(row.line));
                break;
            }
        };
        rows += 1;
        if log.complete
            && let Err(error) = check.row(&row, nav, log.at(nav.as_of), &mut found)
        {
            found.add(place(&row, "difference").fault(ATTRIBUTION, error));
        }
        summed &= total.add(&row.attribution).is_ok();
        check.before = Some((row.attribution, nav.index_level));
    }
    if summed && rows != snapshots.nav.len() {
        let message = format!("the table has {rows} rows, nav.csv has {}", snapshots.nav.len());
        found.add(fault(ROWS, AttributionRow::FILE, message).at_line(rows as u64 + 2));
    }
    faults.append(found);
    summed.then_some(total)
}

struct Check {
    money_scale: u32,
    benchmark: Benchmark,
    /// The row before, with the index level of its snapshot.
    before: Option<(Attribution, IndexLevel)>,
}

impl Check {
    fn row(
        &mut self,
        row: &AttributionRow,
        nav: &NavRow,
        transactions: &[Transaction],
        faults: &mut Faults,
    ) -> Result<(), ArithmeticError> {
        let found = &row.attribution;
        faults.expect(place(row, "as_of"), ROWS, &found.as_of, &nav.as_of, "by nav.csv");
        faults.expect(place(row, "nav"), FIGURE, &found.nav, &nav.nav, "by nav.csv");
        for transaction in transactions {
            self.benchmark.take(transaction, nav.index_level)?;
        }
        let units = self.benchmark.units();
        faults.expect(
            place(row, "benchmark_units"),
            ATTRIBUTION,
            &found.benchmark_units,
            &units,
            "by the log",
        );
        let value = self.benchmark.value(nav.index_level, self.money_scale)?;
        faults.expect(place(row, "benchmark"), ATTRIBUTION, &found.benchmark, &value, "by units and level");
        let difference = nav.nav.minus(value)?;
        faults.expect(
            place(row, "difference"),
            ATTRIBUTION,
            &found.difference,
            &difference,
            "NAV less benchmark",
        );
        for term in BOOKED {
            let amount = self.amount_booked(term, transactions)?;
            faults.expect(
                place(row, term.as_str()),
                ATTRIBUTION,
                &found.terms.of(term),
                &amount,
                "by the log",
            );
        }
        self.check_scale(row, nav.index_level, faults)?;
        let before = self.before.as_ref().map_or(Money::ZERO, |(before, _)| before.difference);
        let (sum, change) = (found.terms.total()?, found.difference.minus(before)?);
        faults.expect(
            place(row, "difference"),
            ATTRIBUTION,
            &change,
            &sum,
            "less the row before, by its terms",
        );
        Ok(())
    }

    fn amount_booked(&self, term: Term, transactions: &[Transaction]) -> Result<Money, ArithmeticError> {
        let mut sum = Exact::ZERO;
        for transaction in transactions {
            for (_, amount) in booked(transaction)?.into_iter().filter(|(booked, _)| *booked == term) {
                sum = sum.plus(amount)?;
            }
        }
        Money::rounded(sum, self.money_scale, Rounding::HalfEven)
    }

    /// Checks that flows and compounding together are the index's move, times the units of it that the
    /// portfolio lacked.
    fn check_scale(
        &self,
        row: &AttributionRow,
        level: IndexLevel,
        faults: &mut Faults,
    ) -> Result<(), ArithmeticError> {
        let terms = &row.attribution.terms;
        let found = terms.flows.plus(terms.compounding)?;
        let expected = match &self.before {
            Some((before, level_before)) => {
                let change = Exact::from(level.decimal()).minus(Exact::from(level_before.decimal()))?;
                let followed = change.times(before.followed_units.decimal())?;
                followed.minus(change.times(before.benchmark_units.decimal())?)?
            }
            None => Exact::ZERO,
        };
        let rest = Exact::from(found.decimal()).minus(expected)?;
        let step = Exact::from(Decimal::new(1, self.money_scale));
        // Each of the two is rounded by itself.
        if rest.compare(step)?.is_gt() || Exact::ZERO.minus(rest)?.compare(step)?.is_gt() {
            let message =
                "flows and compounding are not what the index moved by, times the units that were lacking";
            faults.add(place(row, "compounding").fault(ATTRIBUTION, message).quoting(&found.to_string()));
        }
        Ok(())
    }
}
