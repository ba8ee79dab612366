//! Where a changed file differs from the one that was written.

use memchr::memchr_iter;
use regimen_types::Diagnostic;

use crate::codes::{CHANGED_FILE, fault};
use crate::manifest::OutputEntry;
use crate::output::BLOCK_BYTES;

/// Builds the fault of a file whose hash or size is not the listed one, placed by the first block that
/// differs.
pub(super) fn changed_file(bytes: &[u8], found: &OutputEntry, listed: &OutputEntry) -> Diagnostic {
    let differs = |block: usize| found.blocks.get(block) != listed.blocks.get(block);
    let blocks = found.blocks.len().max(listed.blocks.len());
    let Some(block) = (0..blocks).find(|block| differs(*block)) else {
        return fault(CHANGED_FILE, &listed.name, "the manifest's hashes of the file contradict each other");
    };
    let start = (block * BLOCK_BYTES).min(bytes.len());
    let end = (start + BLOCK_BYTES).min(bytes.len());
    let (first_line, last_line) = (line_of(bytes, start), line_of(bytes, end.saturating_sub(1).max(start)));
    let size = match found.bytes.cmp(&listed.bytes) {
        std::cmp::Ordering::Less => format!("; {} bytes are missing", listed.bytes - found.bytes),
        std::cmp::Ordering::Greater => format!("; {} bytes are too many", found.bytes - listed.bytes),
        std::cmp::Ordering::Equal => String::new(),
    };
    let place = format!(
        "the file was changed: the first difference lies in lines {first_line} to {last_line}, bytes {} to {}{size}",
        start + 1,
        end.max(start + 1)
    );
    fault(CHANGED_FILE, &listed.name, place).at_line(first_line)
}

/// Returns the line, from 1, of the first byte that differs.
pub(super) fn first_difference(found: &[u8], expected: &[u8]) -> u64 {
    let same = found.iter().zip(expected).take_while(|(found, expected)| found == expected).count();
    line_of(found, same)
}

fn line_of(bytes: &[u8], offset: usize) -> u64 {
    memchr_iter(b'\n', &bytes[..offset.min(bytes.len())]).count() as u64 + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::FileDigest;

    /// Three blocks of lines of 64 bytes, the last one shorter.
    fn file() -> Vec<u8> {
        let line = format!("{}\n", "x".repeat(63));
        line.repeat(2 * BLOCK_BYTES / 64 + 10).into_bytes()
    }

    fn place(changed: &[u8]) -> (Option<u64>, String) {
        let entry = |bytes: &[u8]| FileDigest::of(bytes).entry("nav.csv");
        let fault = changed_file(changed, &entry(changed), &entry(&file()));
        (fault.line, fault.message)
    }

    #[test]
    fn a_change_lies_in_its_block() {
        let mut changed = file();
        changed[BLOCK_BYTES + 5] ^= 1;
        let (line, message) = place(&changed);
        assert_eq!(line, Some(1025));
        assert!(message.ends_with("lines 1025 to 2048, bytes 65537 to 131072"), "{message}");
    }

    #[test]
    fn what_is_missing_or_added_is_at_the_end() {
        let whole = file();
        let (line, message) = place(&whole[..2 * BLOCK_BYTES]);
        assert_eq!(line, Some(2049));
        assert!(message.ends_with("640 bytes are missing"), "{message}");
        let (line, message) = place(&[&whole[..], b"y"].concat());
        assert_eq!(line, Some(2049));
        assert!(message.ends_with("1 bytes are too many"), "{message}");
        assert_eq!(place(b"").0, Some(1));
    }

    #[test]
    fn a_difference_is_in_the_line_of_its_first_byte() {
        assert_eq!(first_difference(b"a\nb\nc\n", b"a\nb\nd\n"), 3);
        assert_eq!(first_difference(b"a\n", b"a\nb\n"), 2);
        assert_eq!(first_difference(b"x", b"y"), 1);
    }
}
