//! Candidates for weights.

use std::ops::RangeInclusive;

use proptest::strategy::Strategy;
use regimen_types::MarketCap;
use regimen_weighting::Candidate;
use rust_decimal::Decimal;

use crate::case::{Case, Drawn, SIMPLER_DECIMALS_MAX, entry_and_change, simpler_decimals};
use crate::draw::Draw;
use crate::market::letter;
use crate::text_table::TextTable;

/// Builds the strategy of candidates called `A`, `B`, `C`, …, in random order.
///
/// Market caps range from one unit to tens of trillions. In some lists all caps lie close together, in some
/// they are equal.
pub fn candidates(count: RangeInclusive<usize>) -> impl Strategy<Value = Vec<Candidate>> + Clone {
    Drawn(move |draw: &mut Draw<'_>| {
        let count = draw.count(&count);
        let magnitudes = draw.pick([0..=13, 0..=13, 6..=12, 9..=9, 0..=2]);
        let mut list: Vec<Candidate> = Vec::with_capacity(count);
        for number in 0..count {
            let twin = if list.is_empty() || !draw.one_in(8) { None } else { Some(draw.index(list.len())) };
            let drawn = MarketCap::new(draw.decimal(magnitudes.clone())).ok();
            let market_cap = twin.map(|twin| list[twin].market_cap).or(drawn);
            list.extend(candidate(number, market_cap));
        }
        draw.shuffle(&mut list);
        list
    })
}

fn candidate(number: usize, market_cap: Option<MarketCap>) -> Option<Candidate> {
    Some(Candidate { asset: letter(number).parse().ok()?, market_cap: market_cap? })
}

impl Case for Vec<Candidate> {
    fn simplification_count(&self) -> usize {
        self.len().saturating_mul(SIMPLER_DECIMALS_MAX.saturating_add(2)).saturating_add(2)
    }

    fn simplification(&self, number: usize) -> Option<Self> {
        let mut simpler = self.clone();
        if number < 2 {
            simpler.sort_by(|left, right| left.asset.cmp(&right.asset));
            if number == 1 {
                rename(&mut simpler);
            }
            return (simpler != *self).then_some(simpler);
        }
        let number = number.saturating_sub(2);
        if number < self.len() {
            simpler.truncate(number);
            return (number > 0).then_some(simpler);
        }
        let number = number.saturating_sub(self.len());
        if number < self.len() {
            simpler.remove(number);
            return (!simpler.is_empty()).then_some(simpler);
        }
        let (each, change) = entry_and_change(number.saturating_sub(self.len()), SIMPLER_DECIMALS_MAX);
        let cap = simpler_decimals(simpler.get(each)?.market_cap.decimal()).get(change).copied()?;
        simpler[each].market_cap = MarketCap::new(cap).ok()?;
        Some(simpler)
    }

    fn shown(&self) -> String {
        let mut table = TextTable::new(["asset", "market cap"]);
        self.iter().for_each(|each| table.push([each.asset.to_string(), each.market_cap.to_string()]));
        table.to_string()
    }
}

/// Gives the candidates the first letters.
fn rename(list: &mut [Candidate]) {
    for (number, each) in list.iter_mut().enumerate() {
        if let Ok(asset) = letter(number).parse() {
            each.asset = asset;
        }
    }
}

/// Multiplies a candidate's cap, if the product has room.
pub(crate) fn with_cap_times(candidate: &Candidate, factor: Decimal) -> Option<Candidate> {
    let product = crate::market::exact_product(candidate.market_cap.decimal(), factor)?;
    Some(Candidate { market_cap: MarketCap::new(product).ok()?, ..candidate.clone() })
}
