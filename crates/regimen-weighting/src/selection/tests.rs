use super::*;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Assets from rank 1 on, with amounts 100, 90, 80, …; a `*` marks incumbents, a letter the group.
fn ranked(marks: &[&str]) -> Vec<RankedAsset> {
    let ranks = (1_u32..).zip(marks);
    let asset = |(rank, mark): (u32, &&str)| RankedAsset {
        asset: format!("r{rank}").parse().unwrap(),
        amount: Figure::new(Decimal::from(110 - 10 * i64::from(rank))).unwrap(),
        group: mark.trim_matches('*').chars().next().map(|group| Group::new(&group.to_string())),
        incumbent: mark.contains('*'),
    };
    ranks.map(asset).collect()
}

fn first(count: usize) -> RankSelection {
    RankSelection::first(NonZeroUsize::new(count).unwrap())
}

/// Returns a letter per asset: Selected, Reserve, Below the count, Group full, below the Threshold.
fn letters(rule: &RankSelection, marks: &[&str]) -> String {
    letters_at(rule, marks, "2020-01-01")
}

fn letters_at(rule: &RankSelection, marks: &[&str], effective_at: &str) -> String {
    let choices = rule.choose(&ranked(marks), effective_at.parse().unwrap()).unwrap();
    let letter = |choice: &Choice| match choice {
        Choice::Selected => 'S',
        Choice::Reserve => 'R',
        Choice::BelowCount => 'B',
        Choice::GroupFull => 'G',
        Choice::BelowThreshold => 'T',
    };
    choices.iter().map(letter).collect()
}

#[test]
fn without_a_buffer_the_first_are_selected() {
    assert_eq!(letters(&first(3), &["", "*", "", "*", "*"]), "SSSBB");
    assert_eq!(letters(&RankSelection { reserve: 1, ..first(3) }, &["", "*", "", "*", "*"]), "SSSRB");
    assert_eq!(letters(&RankSelection { size: Size::All, ..first(1) }, &["", "", ""]), "SSS");
}

/// Four places, at once down to 2, incumbents down to 6: ranks 1 and 2, then incumbents 4 and 6; the one at 7
/// is too low.
#[test]
fn a_rank_buffer_keeps_incumbents() {
    let buffered = |count| RankSelection { buffer: Some(Buffer::Rank { enter: 2, stay: 6 }), ..first(count) };
    assert_eq!(letters(&buffered(4), &["", "", "", "*", "", "*", "*"]), "SSBSBSB");
    // With one incumbent in the buffer the last place goes to the first of the others.
    assert_eq!(letters(&buffered(4), &["", "", "", "", "", "*", "*"]), "SSSBBSB");
    // More incumbents than places: the better ranks stay.
    assert_eq!(letters(&buffered(4), &["", "", "*", "*", "*", "*", ""]), "SSSSBBB");
}

#[test]
fn an_amount_buffer_asks_less_of_incumbents() {
    let figure = |number: i64| Figure::new(Decimal::from(number)).unwrap();
    let buffer = Some(Buffer::Amount { enter: figure(80), stay: figure(60) });
    let rule = RankSelection { size: Size::All, buffer, ..first(1) };
    // Amounts 100, 90, 80, 70, 60, 50.
    assert_eq!(letters(&rule, &["", "", "", "", "*", "*"]), "SSSTST");
}

#[test]
fn a_group_has_its_most() {
    let rule = RankSelection { group_max: NonZeroUsize::new(2), reserve: 1, ..first(4) };
    assert_eq!(letters(&rule, &["a", "a", "a", "", "b", "a", ""]), "SSGSSGR");
}

#[test]
fn a_count_by_date_holds_from_its_date() {
    let count = |count| NonZeroUsize::new(count).unwrap();
    let counts = [("2014-08-01", 1), ("2014-11-01", 3)];
    let counts = counts.map(|(from, number)| (from.parse().unwrap(), count(number))).into();
    let rule = RankSelection { size: Size::CountByDate(counts), ..first(1) };
    for (effective_at, expected) in [("2014-07-31", "BBBB"), ("2014-08-01", "SBBB"), ("2014-11-01", "SSSB")] {
        assert_eq!(letters_at(&rule, &["", "", "", ""], effective_at), expected);
    }
}

/// Amounts 100, 90, 80, 70 of 340: 85 % are 289, which three hold with 270 not, so four.
#[test]
fn coverage_takes_as_many_as_it_needs() {
    let covers = |share: &str| {
        let rule = RankSelection { size: Size::Coverage(share.parse().unwrap()), ..first(1) };
        letters(&rule, &["", "", "", ""])
    };
    assert_eq!(covers("0.85"), "SSSS");
    assert_eq!(covers("0.7"), "SSSB");
    assert_eq!(covers("0.01"), "SBBB");
    assert_eq!(covers("1"), "SSSS");
}

proptest! {
    #[test]
    fn a_buffer_selects_as_many_and_leaves_no_better_one_of_a_kind(
        incumbents in prop::collection::vec(any::<bool>(), 1..60), count in 1_usize..40, around in (0_usize..40, 0_usize..40),
    ) {
        let (enter, stay) = (count.saturating_sub(around.0), count + around.1);
        let rule = RankSelection { buffer: Some(Buffer::Rank { enter, stay }), ..first(count) };
        let marks: Vec<&str> = incumbents.iter().map(|incumbent| if *incumbent { "*" } else { "" }).collect();
        let letters: Vec<char> = letters(&rule, &marks).chars().collect();
        let selected = |place: usize| letters[place] == 'S';
        prop_assert_eq!((0..letters.len()).filter(|&place| selected(place)).count(), count.min(letters.len()));
        for place in 0..letters.len() {
            prop_assert!(selected(place) || place >= enter, "rank {} is not selected", place + 1);
            for better in 0..place {
                let same = incumbents[better] == incumbents[place];
                prop_assert!(!(same && selected(place) && !selected(better)), "rank {} is passed over", better + 1);
                // Between the two, an incumbent within the buffer is never passed over for a newcomer.
                let kept = incumbents[place] && place < stay && !incumbents[better] && better >= enter;
                prop_assert!(!(kept && selected(better) && !selected(place)), "incumbent {} leaves", place + 1);
            }
        }
    }
}
