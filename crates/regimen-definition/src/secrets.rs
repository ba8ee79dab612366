//! Keys and secrets, which have no place in a definition: found by names and by the look of values, and never
//! printed.

use crate::fault::{DefinitionFault, SECRET};
use crate::node::{Node, entry_key, item_key};

/// What names of secrets contain, in small letters, with `_` for whatever parts words.
const NAMES: [&str; 14] = [
    "api_key",
    "apikey",
    "secret",
    "private_key",
    "privatekey",
    "passphrase",
    "password",
    "mnemonic",
    "seed_phrase",
    "recovery_phrase",
    "access_key",
    "bearer",
    "credential",
    "token",
];
/// The characters of the shortest value that is judged by how random it looks.
const RANDOM_MIN: usize = 32;
/// The hexadecimal digits of a key of 256 bits.
const KEY_DIGITS: usize = 64;
/// The numbers of words of a BIP-39 mnemonic.
const MNEMONIC_WORDS: [usize; 5] = [12, 15, 18, 21, 24];

/// Finds every key whose name or value looks like that of a secret. No fault holds the value.
pub(super) fn find(root: &Node) -> Vec<DefinitionFault> {
    let mut faults = Vec::new();
    search("", root, &mut faults);
    faults
}

/// Returns true if a piece of a definition may hold a secret, so that no message should quote it.
pub(super) fn may_hold_one(text: &str) -> bool {
    is_named_so(text)
        || text.split(['=', '"', '\'', ',', '[', ']', '{', '}']).any(|part| looks_so(part.trim()))
}

fn search(key: &str, node: &Node, faults: &mut Vec<DefinitionFault>) {
    match node {
        Node::Table(table) => {
            for (name, value) in table {
                let key = entry_key(key, name);
                if is_named_so(name) {
                    let message = format!("`{key}` has the name of a secret");
                    faults.push(DefinitionFault::of(SECRET, key, message));
                } else {
                    search(&key, value, faults);
                }
            }
        }
        Node::List(items) => {
            items.iter().enumerate().for_each(|(index, item)| search(&item_key(key, index), item, faults));
        }
        Node::Text(text) | Node::Number(text) | Node::Date(text) if looks_so(text) => {
            faults.push(DefinitionFault::of(
                SECRET,
                key,
                format!("the value of `{key}` looks like a secret"),
            ));
        }
        _ => {}
    }
}

fn is_named_so(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['-', ' '], "_");
    NAMES.iter().any(|secret| name.contains(secret))
}

fn looks_so(text: &str) -> bool {
    text.contains("-----BEGIN")
        || is_long_hex(text)
        || is_web_token(text)
        || is_mnemonic(text)
        || is_random(text)
}

/// A private key in hexadecimal digits. Shorter ones are addresses, which are public.
fn is_long_hex(text: &str) -> bool {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    digits.len() >= KEY_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A JSON web token: three parts of base64, where the first begins with an opening brace.
fn is_web_token(text: &str) -> bool {
    text.len() >= RANDOM_MIN && text.starts_with("eyJ") && text.matches('.').count() == 2
}

/// The words of a wallet's seed: nothing but words of three to eight small letters, in one of the usual
/// numbers.
fn is_mnemonic(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_word =
        |word: &&str| (3..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase());
    MNEMONIC_WORDS.contains(&words.len()) && words.iter().all(is_word)
}

/// Letters of both cases and digits, changing as often as chance makes them.
fn is_random(text: &str) -> bool {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        b'+' | b'/' | b'=' | b'_' | b'-' => Some(3),
        _ => None,
    };
    let Some(classes) = text.bytes().map(class).collect::<Option<Vec<u8>>>() else { return false };
    let changes = classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let has = |wanted| classes.contains(&wanted);
    classes.len() >= RANDOM_MIN && has(0) && has(1) && has(2) && changes * 5 >= classes.len() * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRETS: [&str; 6] = [
        "-----BEGIN EC PRIVATE KEY-----",
        "0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
        "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ];

    #[test]
    fn keys_are_known_by_their_look() {
        for secret in SECRETS {
            assert!(looks_so(secret), "{secret}");
        }
    }

    #[test]
    fn ordinary_values_are_no_secrets() {
        for value in [
            "Global 100",
            "../data/GlobalMarket2021/SnapshotsOfAllAssetsDaily/full-history-2014.csv",
            "data/GlobalMarket2021/SnapshotsOfAllAssetsDaily",
            "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599",
            "wrapped-bitcoin-on-some-chain-with-a-long-name-2",
            "1234567890.1234567890123456",
            "The hundred largest assets by market cap, rebalanced each Monday at the close",
            "2021-05-19T00:00:00Z",
        ] {
            assert!(!looks_so(value), "{value}");
        }
    }

    #[test]
    fn names_count_however_they_are_spelt() {
        for name in ["api_key", "API-Key", "exchange_secret", "privateKey", "Passphrase", "auth_token"] {
            assert!(is_named_so(name), "{name}");
        }
        for name in ["key", "weekday", "sleeve", "asset_list", "keep_columns"] {
            assert!(!is_named_so(name), "{name}");
        }
    }
}
