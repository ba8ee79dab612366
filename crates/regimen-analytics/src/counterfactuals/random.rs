//! Regimes at random with the dwells of given ones.

use regimen_types::Regime;

/// A stream of random numbers that is the same on every machine: `SplitMix64` (Steele, Lea and Flood 2014,
/// "Fast Splittable Pseudorandom Number Generators", OOPSLA). It serves statistics; nothing secret depends on
/// it.
#[derive(Clone, Debug)]
pub(super) struct RandomStream {
    state: u64,
}

impl RandomStream {
    const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

    /// Builds the stream of the run with the given number. Another number or another seed gives an unrelated
    /// stream, so a run depends neither on the number of runs nor on its thread.
    pub(super) fn of_run(seed: u64, run: u64) -> Self {
        let mut seeds = Self { state: seed };
        let mixed = seeds.next() ^ run.wrapping_mul(Self::GAMMA);
        Self { state: Self::mix(mixed) }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(Self::GAMMA);
        Self::mix(self.state)
    }

    fn mix(state: u64) -> u64 {
        let first = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let second = (first ^ (first >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        second ^ (second >> 31)
    }

    /// Draws a number below `bound`, each with the same probability; 0 if `bound` is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let Some(limit) = (bound as u64).checked_next_power_of_two() else { return 0 };
        // A draw beyond the bound is thrown away: a remainder would favour the small numbers.
        loop {
            let draw = self.next() & (limit - 1);
            if draw < bound.max(1) as u64 {
                return draw as usize;
            }
        }
    }
}

/// Draws regimes that last as many snapshots, in spells of the same lengths, as the given ones, at other
/// times.
///
/// Undetermined snapshots at the beginning stay in place: no rule could have known better. The spells after
/// them are laid on a circle, the dwells of each regime are shuffled among its spells (Fisher and Yates), and
/// the circle is cut at a random snapshot. The spell at the cut then begins and ends the run, as the ends of
/// any run cut its first and its last spell.
pub(super) fn shuffled(given: &[Regime], random: &mut RandomStream) -> Vec<Regime> {
    let warm_up = given.iter().take_while(|regime| **regime == Regime::Undetermined).count();
    let (warm_up, determined) = given.split_at(warm_up);
    let spells: Vec<(Regime, usize)> = determined
        .chunk_by(|left, right| left == right)
        .filter_map(|spell| Some((*spell.first()?, spell.len())))
        .collect();
    let mut circle = Vec::with_capacity(given.len());
    let mut dwells = [Regime::Bullish, Regime::Bearish, Regime::Undetermined].map(|regime| {
        let of_it = spells.iter().filter(|spell| spell.0 == regime);
        let mut dwells: Vec<usize> = of_it.map(|spell| spell.1).collect();
        for last in (1..dwells.len()).rev() {
            dwells.swap(last, random.below(last + 1));
        }
        (regime, dwells)
    });
    for (regime, _) in &spells {
        let of_it = dwells.iter_mut().find(|(other, _)| other == regime);
        let dwell = of_it.and_then(|(_, dwells)| dwells.pop()).unwrap_or_default();
        circle.extend(std::iter::repeat_n(*regime, dwell));
    }
    let cut = random.below(circle.len());
    circle.rotate_left(cut);
    warm_up.iter().copied().chain(circle).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The first numbers of the reference implementation (Vigna, `splitmix64.c`) for the seed 1234567.
    #[test]
    fn the_stream_is_the_published_one() {
        let mut stream = RandomStream { state: 1_234_567 };
        let first: Vec<u64> = (0..5).map(|_| stream.next()).collect();
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821
            ]
        );
    }

    #[test]
    fn every_number_below_the_bound_is_as_likely() {
        let mut stream = RandomStream::of_run(7, 0);
        let mut counts = [0_u32; 7];
        (0..70_000).for_each(|_| counts[stream.below(7)] += 1);
        assert!(counts.iter().all(|count| (9_600..10_400).contains(count)), "{counts:?}");
        assert_eq!((stream.below(0), stream.below(1)), (0, 0));
    }

    #[test]
    fn runs_and_seeds_differ() {
        let first = |seed, run| RandomStream::of_run(seed, run).next();
        let draws = [first(1, 0), first(1, 1), first(1, 2), first(2, 0), first(2, 1), first(0, 0)];
        for (index, draw) in draws.iter().enumerate() {
            assert!(!draws[..index].contains(draw), "stream {index} repeats an earlier one");
        }
    }

    fn regimes() -> impl Strategy<Value = Vec<Regime>> {
        let regime = prop::sample::select(vec![Regime::Bullish, Regime::Bearish]);
        let spells = prop::collection::vec((regime, 1_usize..30), 0..12);
        (0_usize..10, spells).prop_map(|(warm_up, spells)| {
            let spells = spells.into_iter().flat_map(|(regime, dwell)| std::iter::repeat_n(regime, dwell));
            std::iter::repeat_n(Regime::Undetermined, warm_up).chain(spells).collect()
        })
    }

    fn flips(regimes: &[Regime]) -> usize {
        regimes.windows(2).filter(|pair| pair[0] != pair[1]).count()
    }

    proptest! {
        #[test]
        fn time_in_each_regime_stays_and_flips_nearly(given in regimes(), seed: u64) {
            let drawn = shuffled(&given, &mut RandomStream::of_run(seed, 3));
            let sorted = |regimes: &[Regime]| { let mut sorted = regimes.to_vec(); sorted.sort(); sorted };
            prop_assert_eq!(sorted(&drawn), sorted(&given));
            prop_assert!(flips(&drawn).abs_diff(flips(&given)) <= 2, "{:?} from {:?}", drawn, given);
            let warm_up = |regimes: &[Regime]| {
                regimes.iter().take_while(|regime| **regime == Regime::Undetermined).count()
            };
            prop_assert_eq!(warm_up(&drawn), warm_up(&given));
        }
    }

    #[test]
    fn all_arrangements_come_about() {
        let given = [Regime::Bullish, Regime::Bearish, Regime::Bearish, Regime::Bullish, Regime::Bearish];
        let drawn: std::collections::BTreeSet<Vec<Regime>> =
            (0..200).map(|run| shuffled(&given, &mut RandomStream::of_run(1, run))).collect();
        assert_eq!(drawn.len(), 5, "{drawn:?}");
    }
}
