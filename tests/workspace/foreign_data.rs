//! Tests that need the folder of foreign data beside the repository are ignored where it is absent, and never
//! pass without it.
//!
//! Each is marked `#[ignore = "needs ../shared"]`; `cargo xtask test` runs them where the folder is there.

use std::collections::BTreeSet;

use crate::repository::{files, packages, shown};
use crate::rust_source::{Kind, Token, read_tokens, tokens};

const REASON: &str = "needs ../shared";

#[test]
fn tests_of_foreign_data_are_marked_as_ignored() {
    let mut marked = 0;
    let mut faults = Vec::new();
    for package in packages() {
        let sources = files(&package, "rs").into_iter().filter(|file| !file.ends_with("foreign_data.rs"));
        let sources: Vec<Source> =
            sources.map(|file| Source::parse(shown(&file), &read_tokens(&file))).collect();
        let readers = readers(&sources);
        for source in &sources {
            for test in source.functions.iter().filter(|function| function.is_test) {
                let needs = source.reads(test, &readers);
                match test.ignored.as_deref() {
                    Some(REASON) if needs => marked += 1,
                    Some(reason) => {
                        faults.push(format!("{}: {} is ignored: {reason}", source.file, test.name))
                    }
                    None if needs => faults.push(format!("{}: {} {REASON}", source.file, test.name)),
                    None => {}
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(marked > 0, "no test of foreign data was found: has the name of its folder changed?");
}

/// The functions of a file, and the names that it imports.
struct Source {
    file: String,
    functions: Vec<Function>,
    imported: BTreeSet<String>,
}

/// A function of a file, by both names.
type Reader = (String, String);

impl Source {
    fn parse(file: String, tokens: &[Token]) -> Self {
        let mut imported = BTreeSet::new();
        let mut is_import = false;
        for token in tokens {
            is_import = (is_import || token.is("use")) && !token.is(";");
            imported.extend((is_import && token.kind == Kind::Name).then(|| token.text.clone()));
        }
        Self { file, functions: functions(tokens), imported }
    }

    /// Returns true if a function of the file opens the folder, itself or through one that does.
    fn reads(&self, function: &Function, readers: &BTreeSet<Reader>) -> bool {
        let calls_reader = |call: &String| {
            let is_local = readers.contains(&(self.file.clone(), call.clone()));
            is_local || self.imported.contains(call) && readers.iter().any(|(_, name)| name == call)
        };
        function.opens || function.calls.iter().any(calls_reader)
    }
}

/// A function with what of it matters here.
struct Function {
    name: String,
    is_test: bool,
    /// The reason why it is ignored.
    ignored: Option<String>,
    /// The functions that it calls.
    calls: BTreeSet<String>,
    /// The path of the folder occurs in a string.
    opens: bool,
}

/// Returns the functions, tests apart, that open the folder, directly or through others.
fn readers(sources: &[Source]) -> BTreeSet<Reader> {
    let mut readers = BTreeSet::new();
    loop {
        let mut more = BTreeSet::new();
        for source in sources {
            let chosen = source.functions.iter().filter(|it| !it.is_test && source.reads(it, &readers));
            more.extend(chosen.map(|function| (source.file.clone(), function.name.clone())));
        }
        if more.len() == readers.len() {
            return readers;
        }
        readers = more;
    }
}

/// Cuts a source into its functions: each lasts from its attributes to where the next one's begin.
fn functions(tokens: &[Token]) -> Vec<Function> {
    let mut found: Vec<Function> = Vec::new();
    let (mut is_test, mut ignored) = (false, None);
    for (at, token) in tokens.iter().enumerate() {
        let attribute =
            |name: &str| token.is(name) && at > 1 && tokens[at - 1].is("[") && tokens[at - 2].is("#");
        if attribute("test") {
            is_test = true;
        } else if attribute("ignore") {
            let reason = tokens.get(at + 2).filter(|reason| reason.kind == Kind::String);
            ignored =
                Some(reason.map_or_else(|| "without a reason".to_owned(), |reason| reason.text.clone()));
        } else if token.is("fn") && tokens.get(at + 1).is_some_and(|name| name.kind == Kind::Name) {
            found.push(Function {
                name: tokens[at + 1].text.clone(),
                is_test: std::mem::take(&mut is_test),
                ignored: ignored.take(),
                calls: BTreeSet::new(),
                opens: false,
            });
        } else if let Some(function) = found.last_mut() {
            match token.kind {
                Kind::Name if tokens.get(at + 1).is_some_and(|next| next.is("(")) => {
                    let is_method = at > 0 && tokens[at - 1].is(".");
                    function.calls.extend((!is_method).then(|| token.text.clone()));
                }
                Kind::String if token.text.contains("../shared") => {
                    function.opens |= !(at > 1 && tokens[at - 2].is("ignore"));
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn a_test_that_reads_foreign_data_through_others_is_found() {
    let places = r#"
        pub fn folder() -> PathBuf { root().join("../shared") }
        fn market() -> PathBuf { folder().join("market.csv") }
    "#;
    let tests = r#"
        use crate::places::folder;
        fn market() -> PathBuf { folder().join("market.csv") }
        #[test]
        #[ignore = "needs ../shared"]
        fn marked() { read(market()); }
        #[test]
        fn unmarked() { read(market()); }
        #[test]
        fn unrelated() { read("market.csv"); }
    "#;
    let others = "fn folder() {} #[test] fn of_another_folder() { folder(); }";
    let sources = [("places.rs", places), ("tests.rs", tests), ("others.rs", others)];
    let sources = sources.map(|(file, source)| Source::parse(file.to_owned(), &tokens(source)));
    let readers = readers(&sources);
    let all =
        sources.iter().flat_map(|source| source.functions.iter().map(move |function| (source, function)));
    let needing = all.filter(|(source, function)| function.is_test && source.reads(function, &readers));
    let needing: Vec<_> =
        needing.map(|(_, function)| (function.name.as_str(), function.ignored.as_deref())).collect();
    assert_eq!(needing, [("marked", Some(REASON)), ("unmarked", None)]);
}
