//! Nothing is stated for nothing: every dependency is used, and no constant is stated in two files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::repository::{files, package_metadata, packages, shown, text};
use crate::rust_source::{Kind, Token, read_tokens, tokens, without_tests};

#[test]
fn every_dependency_is_used() {
    let mut unused = Vec::new();
    for package in package_metadata() {
        let manifest = text(&package["manifest_path"]);
        let folder = Path::new(&manifest).parent().unwrap().to_owned();
        let all = names(&folder);
        let own = if folder.join("src").exists() { names(&folder.join("src")) } else { all.clone() };
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = dependency["rename"].as_str().unwrap_or(dependency["name"].as_str().unwrap());
            let is_used = match dependency["kind"].as_str() {
                // The macro of named enums writes the paths of serde.
                None if name == "serde" && own.code.contains("named") => true,
                None => own.code.contains(&name.replace('-', "_")),
                // A dependency of the tests may serve the code of documentation alone.
                _ => all.code.union(&all.documentation).any(|each| *each == name.replace('-', "_")),
            };
            if !is_used {
                unused.push(format!("{} does not use {name}", text(&package["name"])));
            }
        }
    }
    assert!(unused.is_empty(), "{}", unused.join("\n"));
}

/// The names that occur in sources: in their code, and in their comments and the pages that they include.
#[derive(Clone, Default)]
struct Names {
    code: BTreeSet<String>,
    documentation: BTreeSet<String>,
}

/// Returns the names in the code of a module that another crate shares; none if the path is of no file.
fn names_in(module: &Path) -> Vec<String> {
    let tokens = if module.is_file() { read_tokens(module) } else { Vec::new() };
    tokens.into_iter().filter(|token| token.kind == Kind::Name).map(|token| token.text).collect()
}

/// Collects the names of the sources below a folder.
fn names(folder: &Path) -> Names {
    let mut names = Names::default();
    for file in files(folder, "rs") {
        for token in read_tokens(&file) {
            match token.kind {
                Kind::Name => drop(names.code.insert(token.text)),
                Kind::Comment => names.documentation.extend(words(&token.text)),
                Kind::String if token.text.ends_with(".md") => {
                    let page = std::fs::read_to_string(file.parent().unwrap().join(&token.text));
                    names.documentation.extend(words(&page.unwrap_or_default()));
                }
                Kind::String if token.text.ends_with(".rs") => {
                    let module = file.parent().unwrap().join(&token.text);
                    names.code.extend(names_in(&module));
                }
                Kind::String | Kind::Other | Kind::Mark => {}
            }
        }
    }
    names
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).map(str::to_owned)
}

#[test]
fn no_constant_is_stated_twice() {
    let mut stated: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in packages().iter().flat_map(|package| files(&package.join("src"), "rs")) {
        for constant in constants(&without_tests(read_tokens(&file))) {
            stated.entry(constant).or_default().insert(shown(&file));
        }
    }
    stated.retain(|_, files| files.len() > 1);
    assert!(stated.is_empty(), "state each once, and import it:\n{stated:#?}");
}

/// Returns the constants of a source as `NAME = VALUE`, except those that a trait asks of its types.
fn constants(tokens: &[Token]) -> Vec<String> {
    let code: Vec<&Token> = tokens.iter().filter(|token| token.kind != Kind::Comment).collect();
    let code = without_trait_impls(&code);
    let mut constants = Vec::new();
    for (at, _) in code.iter().enumerate().filter(|(_, token)| token.is("const") || token.is("static")) {
        let named = code.get(at + 1).is_some_and(|name| name.kind == Kind::Name)
            && code.get(at + 2).is_some_and(|colon| colon.is(":"));
        if !named {
            continue;
        }
        let name = &code[at + 1].text;
        // An array's type has a semicolon of its own.
        let Some(value) = value_of(&code[at + 3..]) else { continue };
        // Two macros may write their constants alike.
        if value.contains('$') {
            continue;
        }
        constants.push(format!("{name} = {value}"));
    }
    constants
}

/// Leaves out the blocks `impl TRAIT for TYPE { … }`.
fn without_trait_impls<'a>(code: &[&'a Token]) -> Vec<&'a Token> {
    let mut kept = Vec::new();
    let mut rest = code;
    while let Some((token, later)) = rest.split_first() {
        let head = later.iter().position(|each| each.is("{") || each.is(";")).unwrap_or(later.len());
        if token.is("impl") && later[..head].iter().any(|each| each.is("for")) {
            rest = &later[end_of_block(&later[head..]).map_or(later.len(), |end| head + end)..];
        } else {
            kept.push(*token);
            rest = later;
        }
    }
    kept
}

/// Returns the place after the bracket that closes the first one.
fn end_of_block(code: &[&Token]) -> Option<usize> {
    let mut depth = 0_usize;
    let closes = code.iter().position(|token| {
        match token.text.as_str() {
            "{" if token.kind != Kind::String => depth += 1,
            "}" if token.kind != Kind::String => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    closes.map(|at| at + 1)
}

/// Returns what stands between `=` and `;` outside all brackets, or `None` for a constant without a value.
fn value_of(code: &[&Token]) -> Option<String> {
    let mut depth = 0_usize;
    let mut value: Option<Vec<String>> = None;
    for token in code {
        match token.text.as_str() {
            _ if token.kind == Kind::String => {}
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.checked_sub(1)?,
            ";" if depth == 0 => return value.map(|words| words.join(" ")),
            "=" if depth == 0 && value.is_none() => {
                value = Some(Vec::new());
                continue;
            }
            _ => {}
        }
        if let Some(words) = &mut value {
            let is_string = token.kind == Kind::String;
            words.push(if is_string { format!("{:?}", token.text) } else { token.text.clone() });
        }
    }
    None
}

#[test]
fn constants_are_read_with_their_values() {
    let source = "const A: [u8; 2] = [1, 2]; const fn f() {} trait T { const B: u8; } pub const C: &str = \";\"; impl T for U { const B: u8 = 3; fn f() {} } impl U { const D: u8 = 4; } const _: () = ();";
    assert_eq!(constants(&tokens(source)), ["A = [ 1 , 2 ]", "C = \";\"", "D = 4", "_ = ( )"]);
}
