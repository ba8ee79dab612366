//! What holds for every written log.

use proptest::prelude::*;
use regimen_ledger::{Grant, Ledger, LogFault, ReplayedLog, TRANSACTION_COLUMNS, replay_log};

use crate::script::{MONEY_SCALE, attempt, run, scripts};

fn replay_bytes(file: &[u8]) -> Result<ReplayedLog, LogFault> {
    let text = file.strip_suffix(b"\n").unwrap_or(file);
    replay_log(text.split(|byte| *byte == b'\n'), MONEY_SCALE)
}

/// Returns the line that holds the byte at `position`, from 1; a newline belongs to the line that it ends.
fn line_of(file: &[u8], position: usize) -> u64 {
    file[..position].iter().filter(|byte| **byte == b'\n').map(|_| 1).sum::<u64>() + 1
}

proptest! {
    #[test]
    fn a_prefix_of_the_log_gives_the_state_at_that_time(steps in scripts(), cut in any::<prop::sample::Index>()) {
        let mut ledger = Ledger::new(MONEY_SCALE);
        let mut lines = vec![TRANSACTION_COLUMNS.join(",")];
        let mut states = vec![ledger.state().clone()];
        for step in &steps {
            if let Some(Ok(booked)) = attempt(&mut ledger, step) {
                lines.push(booked.to_line());
                states.push(ledger.state().clone());
            }
        }
        let rows = cut.index(states.len());
        let log = replay_log(&lines[..=rows], MONEY_SCALE).unwrap();
        prop_assert_eq!(log.state(), &states[rows]);
        prop_assert_eq!(log.transactions(), &ledger.transactions()[..rows]);
    }

    #[test]
    fn a_changed_byte_is_found_in_its_line(
        steps in scripts(),
        places in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..=255), 32),
    ) {
        let mut file = run(&mut Ledger::new(MONEY_SCALE), &steps).join("\n").into_bytes();
        file.push(b'\n');
        for (place, mask) in places {
            let position = place.index(file.len());
            let mut changed = file.clone();
            changed[position] ^= mask;
            let fault = replay_bytes(&changed).unwrap_err();
            prop_assert_eq!(fault.line, line_of(&file, position), "{}", fault);
        }
    }

    #[test]
    fn a_row_that_is_missing_repeated_or_moved_is_found(steps in scripts(), at in any::<prop::sample::Index>()) {
        let lines = run(&mut Ledger::new(MONEY_SCALE), &steps);
        prop_assume!(lines.len() > 2);
        let row = 1 + at.index(lines.len() - 2);
        let mut missing = lines.clone();
        missing.remove(row);
        let mut repeated = lines.clone();
        repeated.insert(row, lines[row].clone());
        let mut moved = lines;
        moved.swap(row, row + 1);
        let line_of_fault = |lines: Vec<String>| replay_log(lines, MONEY_SCALE).unwrap_err().line;
        prop_assert_eq!(line_of_fault(missing), row as u64 + 1);
        prop_assert_eq!(line_of_fault(repeated), row as u64 + 2);
        prop_assert_eq!(line_of_fault(moved), row as u64 + 1);
    }
}

/// Every byte and every bit of one small log, where the random places might miss a column.
#[test]
fn every_changed_bit_of_a_small_log_is_found_in_its_line() {
    let mut ledger = Ledger::new(2);
    let day = "2021-05-19".parse().unwrap();
    let mut lines = vec![TRANSACTION_COLUMNS.join(",")];
    lines.push(ledger.deposit(day, "1000".parse().unwrap()).unwrap().to_line());
    lines.push(ledger.book(&crate::refusals::buy("2", "1.5", "3", "0.01", "0.02")).unwrap().to_line());
    let bitcoin = "bitcoin".parse().unwrap();
    lines.push(
        ledger.write_off(day, &bitcoin, "1.4".parse().unwrap(), "0.5".parse().unwrap()).unwrap().to_line(),
    );
    lines.push(ledger.deposit_later(day, "2".parse().unwrap()).unwrap().to_line());
    lines.push(ledger.withdraw(day, "3.5".parse().unwrap()).unwrap().to_line());
    lines.push(ledger.charge_management_fee(day, "0.5".parse().unwrap()).unwrap().to_line());
    lines.push(ledger.book(&crate::refusals::buy("2", "1.5", "3", "0.01", "0.02")).unwrap().to_line());
    let swap = crate::refusals::token_swap("bitcoin", "300");
    lines.push(ledger.migrate(swap.clone()).unwrap().to_line());
    let earned = Grant { from: swap.asset.clone(), units: "1".parse().unwrap(), ..swap };
    lines.push(ledger.earn(earned.clone()).unwrap().to_line());
    lines.push(ledger.distribute(Grant { asset: bitcoin, ..earned }).unwrap().to_line());
    let mut file = lines.join("\n").into_bytes();
    file.push(b'\n');
    let replay = |file: &[u8]| {
        let text = file.strip_suffix(b"\n").unwrap_or(file);
        replay_log(text.split(|byte| *byte == b'\n'), 2)
    };
    assert_eq!(replay(&file).unwrap().state(), ledger.state());
    for position in 0..file.len() {
        for bit in 0..8 {
            let mut changed = file.clone();
            changed[position] ^= 1 << bit;
            let fault = replay(&changed).unwrap_err();
            assert_eq!(fault.line, line_of(&file, position), "{fault}");
        }
    }
}

#[test]
fn the_chain_is_sha_256_of_the_previous_hash_and_the_row() {
    let mut ledger = Ledger::new(2);
    let first = ledger.deposit("2021-05-19".parse().unwrap(), "1000".parse().unwrap()).unwrap().clone();
    // Computed with coreutils: (head -c 32 /dev/zero; printf '1,2021-05-19,…') | sha256sum.
    assert_eq!(first.to_row(), "1,2021-05-19,deposit,,,0,,1000,0,0,0,0,0,0,1000,0,,,inception");
    assert_eq!(first.hash.to_string(), "71cee1aa30ebbeb665aa313579caf4601f1ef03ccd1740a518007aa29819434f");
    let second = ledger.deposit("2021-05-20".parse().unwrap(), "1".parse().unwrap()).unwrap();
    assert_eq!(second.hash.to_string(), "3f9f9631167ef1e41652944b473f5283714d125a24cb435d55ad203891792a3b");
}
