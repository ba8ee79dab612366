//! Compensated sums, which keep small terms next to large ones.

/// A running sum with Neumaier's correction (ZAMM 54, 1974), which keeps small terms next to large ones.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CompensatedSum {
    sum: f64,
    correction: f64,
}

impl CompensatedSum {
    pub(crate) fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        self.correction +=
            if self.sum.abs() >= term.abs() { (self.sum - sum) + term } else { (term - sum) + self.sum };
        self.sum = sum;
    }

    pub(crate) fn value(&self) -> f64 {
        self.sum + self.correction
    }

    /// Sums numbers in their order.
    pub(crate) fn of(terms: impl IntoIterator<Item = f64>) -> f64 {
        let mut sum = Self::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum.value()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a window has far fewer than 2^53 observations")]
pub(crate) fn as_double(count: usize) -> f64 {
    count as f64
}
