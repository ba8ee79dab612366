//! Checking a rule: random cases, and the smallest one that breaks a law.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::case::Case;
use crate::law::{Finding, Judgement, Law, Objection};
use crate::violation::{Broken, Violation};

/// The default limit of simplifications tried for one law.
const SIMPLIFICATIONS_MAX: u32 = 1_500;
/// The number of counterexamples that are simplified; the smallest of several is smaller than the only one.
const COUNTEREXAMPLES_MAX: usize = 4;
/// A law counts as checked if it applied to at least one case in 10.
const APPLIES_ONCE_IN: u32 = 10;

type Judge<'a, L, C> = Box<dyn Fn(L, &C) -> Judgement + 'a>;

/// The laws that a rule will be checked against, and the settings of the check.
///
/// The same settings give the same cases, so a check passes or fails the same way each time.
pub struct Check<'a, L, C> {
    subject: String,
    laws: Vec<L>,
    strategy: BoxedStrategy<C>,
    judge: Judge<'a, L, C>,
    cases: u32,
    simplifications: u32,
    seed: u64,
}

impl<'a, L: Law, C: Case + 'static> Check<'a, L, C> {
    pub(crate) fn new(
        subject: String,
        laws: &[L],
        strategy: impl Strategy<Value = C> + 'static,
        judge: impl Fn(L, &C) -> Judgement + 'a,
    ) -> Self {
        Self {
            subject,
            laws: laws.to_vec(),
            strategy: strategy.boxed(),
            judge: Box::new(judge),
            cases: 100,
            simplifications: SIMPLIFICATIONS_MAX,
            seed: 0,
        }
    }

    /// Names the rule in the report.
    #[must_use]
    pub fn called(self, name: &str) -> Self {
        Self { subject: name.to_owned(), ..self }
    }

    /// Checks each law on `cases` random cases; the default is 100.
    #[must_use]
    pub fn cases(self, cases: u32) -> Self {
        Self { cases, ..self }
    }

    /// Tries at most `simplifications` simplifications of a counterexample; the default is 1500. A slow rule
    /// needs fewer.
    #[must_use]
    pub fn simplifications(self, simplifications: u32) -> Self {
        Self { simplifications, ..self }
    }

    /// Draws the cases of another seed; the default is 0.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Checks one law alone.
    #[must_use]
    pub fn only(self, law: L) -> Self {
        Self { laws: vec![law], ..self }
    }

    /// Leaves out a law that the rule does not claim to keep.
    #[must_use]
    pub fn without(mut self, law: L) -> Self {
        self.laws.retain(|each| *each != law);
        self
    }

    /// Adds a law that holds only for rules that claim it.
    #[must_use]
    pub fn with(mut self, law: L) -> Self {
        if !self.laws.contains(&law) {
            self.laws.push(law);
        }
        self
    }

    /// Draws cases from another strategy.
    #[must_use]
    pub fn on(self, strategy: impl Strategy<Value = C> + 'static) -> Self {
        Self { strategy: strategy.boxed(), ..self }
    }

    /// Returns the laws that would be checked.
    #[must_use]
    pub fn laws(&self) -> &[L] {
        &self.laws
    }

    /// Checks all laws.
    ///
    /// # Errors
    /// [`Broken`] with the smallest counterexample to each law that the rule breaks. `Display` and `Debug`
    /// both print the full report, so a test may return it or unwrap it.
    pub fn check(&self) -> Result<(), Broken> {
        let violations: Vec<Violation> = self.laws.iter().filter_map(|law| self.violation(*law)).collect();
        if violations.is_empty() { Ok(()) } else { Err(Broken { subject: self.subject.clone(), violations }) }
    }

    fn violation(&self, law: L) -> Option<Violation> {
        let mut runner = runner(self.seed);
        let mut applied: u32 = 0;
        let mut found: Vec<Counterexample<C>> = Vec::new();
        let mut tries = self.simplifications;
        let draws = self.cases.saturating_mul(4);
        for draw in 1..=draws {
            if applied >= self.cases || found.len() >= COUNTEREXAMPLES_MAX || tries == 0 {
                break;
            }
            let Ok(tree) = self.strategy.new_tree(&mut runner) else { continue };
            let case = tree.current();
            match self.judgement(law, &case) {
                Ok(()) => applied = applied.saturating_add(1),
                Err(Objection::NotApplicable) => {}
                Err(Objection::Breach(finding)) => {
                    applied = applied.saturating_add(1);
                    found.push(self.smallest(
                        law,
                        tree,
                        Counterexample { case, finding, draw, simplified: 0 },
                        &mut tries,
                    ));
                }
            }
        }
        if let Some(smallest) = found.into_iter().min_by_key(|each| each.case.shown().len()) {
            let Counterexample { case, finding, draw, simplified } = smallest;
            let drawn = format!("case {draw} of seed {}, simplified {simplified} times", self.seed);
            return Some(Violation::new(law, case.shown(), finding, drawn));
        }
        let shown = applied.saturating_mul(APPLIES_ONCE_IN) >= self.cases;
        (!shown).then(|| Violation::not_shown(law, self.seed, draws, applied))
    }

    /// Simplifies a case until no simplification breaks the law.
    fn smallest(
        &self,
        law: L,
        mut tree: impl ValueTree<Value = C>,
        first: Counterexample<C>,
        tries: &mut u32,
    ) -> Counterexample<C> {
        let mut smallest = first;
        let mut more = tree.simplify();
        while more && *tries > 0 {
            *tries = tries.saturating_sub(1);
            let case = tree.current();
            more = match self.judgement(law, &case) {
                Err(Objection::Breach(finding)) => {
                    let simplified = smallest.simplified.saturating_add(1);
                    smallest = Counterexample { case, finding, simplified, ..smallest };
                    tree.simplify()
                }
                _ => tree.complicate(),
            };
        }
        smallest
    }

    /// Judges a case. A panic breaks any law.
    fn judgement(&self, law: L, case: &C) -> Judgement {
        let judged = catch_unwind(AssertUnwindSafe(|| (self.judge)(law, case)));
        judged.unwrap_or_else(|panic| {
            let found = format!("a panic: {}", message(panic.as_ref()));
            Err(Objection::breach("", "an answer or an error", found))
        })
    }
}

impl<L: Law, C> fmt::Debug for Check<'_, L, C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Check");
        shown.field("subject", &self.subject).field("laws", &self.laws);
        shown.field("cases", &self.cases).field("seed", &self.seed).finish_non_exhaustive()
    }
}

struct Counterexample<C> {
    case: C,
    finding: Finding,
    /// The number of the draw that it began as.
    draw: u32,
    /// The number of simplifications that led to it.
    simplified: u32,
}

/// Builds the generator of random cases, which depends on the seed alone.
fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
