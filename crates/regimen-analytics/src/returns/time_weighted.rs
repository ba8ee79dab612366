//! The time-weighted multiple: what one unit of money became, whether or not money came in or went out.

use regimen_types::{ArithmeticError, Exact, Money, Ratio, Rounding};
use rust_decimal::Decimal;

/// The decimal places of the growth up to the last cash flow.
const GROWTH_SCALE: u32 = 20;

/// Chains the returns between cash flows, as the Global Investment Performance Standards do for time-weighted
/// returns.
///
/// The multiple is the growth up to the last flow × NAV ÷ NAV after that flow. A flow counts at the end of
/// its snapshot. Without flows it is the final NAV over the initial cash.
///
/// ```
/// use regimen_analytics::TimeWeighted;
/// let money = |text: &str| text.parse().unwrap();
/// let mut multiple = TimeWeighted::starting_with(money("100"));
/// multiple.add(money("150"), money("0")).unwrap();
/// // 150 grow to 165 before 35 come in: 1.5 × 1.1.
/// multiple.add(money("200"), money("35")).unwrap();
/// assert_eq!(multiple.add(money("100"), money("0")).unwrap().multiple.to_string(), "0.825");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TimeWeighted {
    /// The growth of one unit of money up to the last flow.
    growth: Decimal,
    /// NAV after the last flow.
    start: Money,
    /// The highest NAV so far, scaled with each flow.
    peak: Money,
}

/// The multiple at one snapshot, and how far it is below its peak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The time-weighted multiple.
    pub multiple: Ratio,
    /// The multiple over its highest so far, less one: zero or below.
    pub drawdown: Ratio,
}

impl TimeWeighted {
    /// Starts with the money that comes in first.
    #[must_use]
    pub fn starting_with(initial_cash: Money) -> Self {
        Self { growth: Decimal::ONE, start: initial_cash, peak: Money::ZERO }
    }

    /// Adds a snapshot: its NAV, which includes `flow`, what came in less what went out.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a ratio does not fit a decimal.
    pub fn add(&mut self, nav: Money, flow: Money) -> Result<Standing, ArithmeticError> {
        let before = nav.minus(flow)?;
        self.peak = self.peak.max(before);
        let growth = Exact::product(self.growth, before.decimal());
        let standing = Standing {
            multiple: Ratio::from(quotient(growth, self.start, Ratio::SCALE)?),
            drawdown: Ratio::of_or_zero(before.minus(self.peak)?, self.peak)?,
        };
        if !flow.is_zero() {
            // Nothing grows from nothing: a portfolio that was empty goes on from its growth so far.
            if !self.start.is_zero() {
                self.growth = quotient(growth, self.start, GROWTH_SCALE)?;
            }
            if !before.is_zero() {
                let scaled = Exact::product(self.peak.decimal(), nav.decimal());
                self.peak = Money::from(scaled.ratio_to_fit(Exact::from(before.decimal()), 28)?);
            }
            self.start = nav;
        }
        Ok(standing)
    }
}

/// Divides, taking a portfolio that is worth nothing as a ratio of zero.
fn quotient(amount: Exact, divisor: Money, scale: u32) -> Result<Decimal, ArithmeticError> {
    if divisor.is_zero() {
        return Ok(Decimal::ZERO);
    }
    amount.ratio(Exact::from(divisor.decimal()), scale, Rounding::HalfEven)
}
