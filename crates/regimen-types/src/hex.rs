//! Bytes as hexadecimal text.

use std::fmt::Write;

/// Returns bytes as hexadecimal digits in lower case, two for each byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // Writing to a string never fails.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
