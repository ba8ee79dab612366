//! Rust sources cut into tokens: just enough syntax to tell names from comments and strings.

use std::path::Path;

/// A piece of a source, with the line from 1 on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or a keyword.
    Name,
    /// A string with what its quotes hold, escapes as written.
    String,
    /// A comment with its slashes.
    Comment,
    /// A number, a character, a lifetime.
    Other,
    /// One character of punctuation; `::` is one mark.
    Mark,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Name | Kind::Mark) && self.text == text
    }
}

/// Reads a file and cuts it into tokens.
pub(crate) fn read_tokens(path: &Path) -> Vec<Token> {
    tokens(&std::fs::read_to_string(path).unwrap_or_else(|problem| panic!("{}: {problem}", path.display())))
}

/// Cuts a source into tokens.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let (kind, length) = next(rest, first);
        let (piece, others) = rest.split_at(length);
        if let Some(kind) = kind {
            let text = if kind == Kind::String { unquoted(piece) } else { piece };
            tokens.push(Token { kind, text: text.to_owned(), line });
        }
        line += piece.matches('\n').count();
        rest = others;
    }
    tokens
}

/// Returns what begins a text, or `None` for white space, and its length in bytes.
fn next(rest: &str, first: char) -> (Option<Kind>, usize) {
    if first.is_whitespace() {
        return (None, first.len_utf8());
    }
    if rest.starts_with("//") {
        return (Some(Kind::Comment), rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Some(Kind::Comment), block_comment(rest));
    }
    if let Some(length) = string(rest) {
        return (Some(Kind::String), length);
    }
    if first == '\'' {
        return (Some(Kind::Other), character_or_lifetime(rest));
    }
    if first.is_ascii_digit() {
        let is_part = |(at, letter): &(usize, char)| {
            let is_point = *letter == '.' && rest[at + 1..].starts_with(|after: char| after.is_ascii_digit());
            letter.is_ascii_alphanumeric() || *letter == '_' || is_point
        };
        return (Some(Kind::Other), rest.char_indices().take_while(is_part).count());
    }
    if first.is_alphabetic() || first == '_' {
        let is_end = |letter: char| !(letter.is_alphanumeric() || letter == '_');
        return (Some(Kind::Name), rest.find(is_end).unwrap_or(rest.len()));
    }
    let length = if rest.starts_with("::") { 2 } else { first.len_utf8() };
    (Some(Kind::Mark), length)
}

/// Returns the length of a comment between `/*` and `*/`, which may hold others.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    for (at, _) in rest.match_indices(['/', '*']) {
        if rest[at..].starts_with("/*") {
            depth += 1;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            if depth == 0 {
                return at + 2;
            }
        }
    }
    rest.len()
}

/// Returns the length of a string of any kind, with its prefix and its quotes.
fn string(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        rest.strip_prefix(prefix).is_some_and(|after| {
            after.starts_with('"') || prefix.ends_with('r') && after.trim_start_matches('#').starts_with('"')
        })
    })?;
    let after = &rest[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = after.len() - after.trim_start_matches('#').len();
        let end = format!("\"{}", "#".repeat(hashes));
        let body = prefix.len() + hashes + 1;
        return Some(rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len()));
    }
    let mut letters = after.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '"' => return Some(prefix.len() + at + 1),
            _ => {}
        }
    }
    Some(rest.len())
}

fn character_or_lifetime(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    let Some((_, first)) = letters.next() else { return rest.len() };
    if first == '\\' {
        letters.next();
        return rest[3..].find('\'').map_or(rest.len(), |at| 3 + at + 1);
    }
    match letters.next() {
        Some((at, '\'')) => at + 1,
        _ => rest[1..].find(|it: char| !(it.is_alphanumeric() || it == '_')).map_or(rest.len(), |at| 1 + at),
    }
}

fn unquoted(string: &str) -> &str {
    let body = string.trim_start_matches(['b', 'c', 'r']).trim_matches('#');
    body.strip_prefix('"').unwrap_or(body).strip_suffix('"').unwrap_or(body)
}

/// Leaves out the items that are compiled for tests alone, each from its `#[cfg(test)]` to its end.
pub(crate) fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match test_item(&tokens[at..]) {
            Some(length) => at += length,
            None => {
                kept.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    kept
}

/// Returns the number of tokens of an item that begins with `#[cfg(test)]`.
fn test_item(tokens: &[Token]) -> Option<usize> {
    let begins = ["#", "[", "cfg", "("].iter().zip(tokens).all(|(text, token)| token.is(text));
    if !begins || tokens.len() < 4 {
        return None;
    }
    let end = tokens.iter().position(|token| token.is("]"))?;
    let condition = &tokens[..end];
    let is_named = |name: &str| condition.iter().any(|token| token.is(name));
    if !(is_named("test") || is_named("doctest")) || is_named("not") {
        return None;
    }
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(end + 1) {
        match token.text.as_str() {
            _ if token.kind != Kind::Mark => {}
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.checked_sub(1)?;
                if depth == 0 && token.text == "}" {
                    return Some(at + 1);
                }
            }
            ";" if depth == 0 => return Some(at + 1),
            _ => {}
        }
    }
    Some(tokens.len())
}

#[test]
fn names_are_told_from_comments_strings_and_lifetimes() {
    let source = "fn f<'a>(x: &'a str) -> char { /* a /* b */ c */ let _ = r#\"use \"x\"\"#; '\\'' } // use y\n\"a\\\"b\"";
    let tokens = tokens(source);
    let of_kind = |kind: Kind| {
        let chosen = tokens.iter().filter(|token| token.kind == kind);
        chosen.map(|token| token.text.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of_kind(Kind::Name), ["fn", "f", "x", "str", "char", "let", "_"]);
    assert_eq!(of_kind(Kind::Comment), ["/* a /* b */ c */", "// use y"]);
    assert_eq!(of_kind(Kind::String), ["use \"x\"", "a\\\"b"]);
    assert_eq!(of_kind(Kind::Other), ["'a", "'a", "'\\''"]);
    assert_eq!(tokens.last().unwrap().line, 2);
}

#[test]
fn items_of_tests_are_left_out() {
    let kept = without_tests(tokens(
        "use a; #[cfg(test)] mod tests { fn f() { } } #[cfg(test)] mod more; fn g() {}",
    ));
    let names: Vec<&str> = kept.iter().map(|token| token.text.as_str()).collect();
    assert_eq!(names, ["use", "a", ";", "fn", "g", "(", ")", "{", "}"]);
}
