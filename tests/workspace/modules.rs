//! The files of a crate and the edges between them, read from `use` lines and from paths in the code.
//!
//! An item counts as used where it is defined: a file that only declares and re-exports modules is looked
//! through. Items of tests do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::repository::files;
use crate::rust_source::{Kind, Token, read_tokens, without_tests};

/// A path from the root of the crate, as in `crate::a::B`, without `crate`.
type ModulePath = Vec<String>;

/// The files of a crate by the module that each holds.
pub(crate) struct Crate {
    files: BTreeMap<ModulePath, SourceFile>,
}

/// An edge between two files: what the first uses of the second.
pub(crate) type Edges = BTreeMap<(PathBuf, PathBuf), BTreeSet<String>>;

struct SourceFile {
    path: PathBuf,
    /// The names of the items that the file defines, at any depth.
    defined: BTreeSet<String>,
    imports: Vec<Import>,
    /// The paths in the code, as written, with the inline modules that each stands in.
    paths: Vec<(ModulePath, Vec<String>)>,
    /// All names in the code, `use` lines aside.
    names: BTreeSet<String>,
    /// The modules that it declares in files of their own.
    declared_modules: BTreeSet<String>,
}

/// One leaf of a `use` line.
struct Import {
    /// The path as written.
    path: Vec<String>,
    /// The inline modules that the line stands in.
    inside: ModulePath,
    /// What the file calls it, or `None` if all names of a module come in.
    name: Option<String>,
    is_public: bool,
}

impl Crate {
    /// Reads the sources of a crate from its folder `src`.
    pub(crate) fn read(src: &Path) -> Self {
        let sources = files(src, "rs").into_iter().map(|path| {
            let tokens = read_tokens(&path);
            (module_of(path.strip_prefix(src).unwrap()), path, tokens)
        });
        Self::of(sources)
    }

    fn of(sources: impl Iterator<Item = (ModulePath, PathBuf, Vec<Token>)>) -> Self {
        let mut tests: BTreeSet<ModulePath> = BTreeSet::new();
        let mut found = BTreeMap::new();
        for (module, path, tokens) in sources {
            let all = declared(&tokens);
            let code = without_tests(tokens);
            let shipped = declared(&code);
            tests.extend(
                all.difference(&shipped).map(|name| [module.as_slice(), std::slice::from_ref(name)].concat()),
            );
            found.insert(module, SourceFile::parse(path, &code, shipped));
        }
        found.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
        Self { files: found }
    }

    /// Returns the edges between files, each from the user to the definition.
    pub(crate) fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for (module, file) in &self.files {
            for target in self.used_by(module, file) {
                let Some((definer, name)) = self.resolve(&target, 0) else { continue };
                if definer.path != file.path {
                    edges.entry((file.path.clone(), definer.path.clone())).or_default().insert(name);
                }
            }
        }
        edges
    }

    /// Returns the paths of the crate's items that a file uses.
    fn used_by(&self, module: &ModulePath, file: &SourceFile) -> Vec<ModulePath> {
        let mut used = Vec::new();
        for import in &file.imports {
            let Some(path) = self.absolute(module, &import.inside, &import.path) else { continue };
            match &import.name {
                // A re-export is no use, unless the file's own code uses the name.
                Some(name) if import.is_public && !file.names.contains(name) => {}
                Some(_) => used.push(path),
                None => {
                    let names = file.names.iter().filter(|name| self.exports(&path, name));
                    used.extend(names.map(|name| [path.as_slice(), std::slice::from_ref(name)].concat()));
                }
            }
        }
        for (inside, path) in &file.paths {
            used.extend(self.absolute(module, inside, path));
        }
        used
    }

    /// Returns true if a module defines a name, or re-exports it.
    fn exports(&self, module: &ModulePath, name: &str) -> bool {
        self.files.get(module).is_some_and(|file| {
            let is_imported = file.imports.iter().any(|import| import.name.as_deref() == Some(name));
            let is_behind_glob = || {
                let globs = file.imports.iter().filter(|import| import.name.is_none() && import.is_public);
                let mut modules = globs.filter_map(|it| self.absolute(module, &it.inside, &it.path));
                modules.any(|each| each != *module && self.exports(&each, name))
            };
            file.defined.contains(name) || is_imported || is_behind_glob()
        })
    }

    /// Returns a path from the root of the crate, or `None` if it leads out of the crate.
    fn absolute(&self, module: &ModulePath, inside: &ModulePath, path: &[String]) -> Option<ModulePath> {
        let (first, rest) = path.split_first()?;
        let here = || [module.as_slice(), inside].concat();
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([here().as_slice(), rest].concat()),
            "super" => {
                let mut base = here();
                base.pop()?;
                let mut rest = rest;
                while let Some((_, others)) = rest.split_first().filter(|(each, _)| *each == "super") {
                    base.pop()?;
                    rest = others;
                }
                Some([base.as_slice(), rest].concat())
            }
            _ => {
                let file = self.files.get(module)?;
                if file.declared_modules.contains(first) {
                    return Some([module.as_slice(), path].concat());
                }
                let import = file.imports.iter().find(|each| {
                    let leads_on = each.path != path && each.path.first() != Some(first);
                    each.name.as_ref() == Some(first) && leads_on
                })?;
                let base = self.absolute(module, &import.inside, &import.path)?;
                Some([base.as_slice(), rest].concat())
            }
        }
    }

    /// Finds the file that defines the item of a path, and the item's name; `None` for a module as such.
    fn resolve(&self, path: &ModulePath, depth: usize) -> Option<(&SourceFile, String)> {
        let length = (0..=path.len()).rev().find(|length| self.files.contains_key(&path[..*length]))?;
        let (module, rest) = (path[..length].to_vec(), &path[length..]);
        let name = rest.first()?;
        let file = &self.files[&module];
        if depth < 16 && !file.defined.contains(name) {
            for import in &file.imports {
                let Some(base) = self.absolute(&module, &import.inside, &import.path) else { continue };
                let target = match &import.name {
                    Some(known) if known == name => [base.as_slice(), &rest[1..]].concat(),
                    None if base != module && self.exports(&base, name) => [base.as_slice(), rest].concat(),
                    _ => continue,
                };
                return self.resolve(&target, depth + 1);
            }
        }
        Some((file, name.clone()))
    }
}

impl SourceFile {
    fn parse(path: PathBuf, tokens: &[Token], declared_modules: BTreeSet<String>) -> Self {
        let code: Vec<&Token> = tokens
            .iter()
            .filter(|token| matches!(token.kind, Kind::Name | Kind::Mark | Kind::Other))
            .collect();
        let mut file = Self {
            path,
            defined: defined(&code),
            imports: Vec::new(),
            paths: Vec::new(),
            names: BTreeSet::new(),
            declared_modules,
        };
        let mut depth = 0_usize;
        let mut inside: Vec<(String, usize)> = Vec::new();
        let mut at = 0;
        while at < code.len() {
            let token = code[at];
            if token.is("use") && !code.get(at + 1).is_some_and(|next| next.is("<")) {
                let modules = inside.iter().map(|(name, _)| name.clone()).collect();
                let is_public = at > 0 && (code[at - 1].is("pub") || code[at - 1].is(")"));
                at += 1;
                file.import(&code, &mut at, &Context { inside: modules, is_public, base: Vec::new() });
                continue;
            }
            if token.is("{") {
                depth += 1;
                if at >= 2 && code[at - 2].is("mod") {
                    inside.push((code[at - 1].text.clone(), depth));
                }
            } else if token.is("}") {
                inside.retain(|(_, opened)| *opened != depth);
                depth = depth.saturating_sub(1);
            }
            if token.kind == Kind::Name && !(at > 0 && code[at - 1].is("::")) {
                let mut path = vec![token.text.clone()];
                while code.get(at + 1).is_some_and(|next| next.is("::"))
                    && code.get(at + 2).is_some_and(|next| next.kind == Kind::Name)
                {
                    path.push(code[at + 2].text.clone());
                    at += 2;
                }
                file.names.insert(path[0].clone());
                if path.len() > 1 {
                    file.paths.push((inside.iter().map(|(name, _)| name.clone()).collect(), path));
                }
            }
            at += 1;
        }
        file
    }

    /// Reads one branch of a `use` line from its first name on.
    fn import(&mut self, code: &[&Token], at: &mut usize, context: &Context) {
        let mut path = context.base.clone();
        while let Some(token) = code.get(*at) {
            *at += 1;
            if token.is("{") {
                let branch = Context { base: path.clone(), ..context.clone() };
                while !code.get(*at).is_none_or(|next| next.is("}")) {
                    self.import(code, at, &branch);
                    if code.get(*at).is_some_and(|next| next.is(",")) {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            } else if token.is("*") {
                return self.imports.push(context.import(path, None));
            } else if token.kind == Kind::Name {
                // `self` at the end of a branch is the module itself.
                if token.text != "self" || path.is_empty() {
                    path.push(token.text.clone());
                }
            }
            match code.get(*at) {
                Some(next) if next.is("as") => {
                    let name = code.get(*at + 1).map(|name| name.text.clone());
                    *at += 2;
                    return self.imports.push(context.import(path, name));
                }
                Some(next) if next.is("::") => *at += 1,
                _ => {
                    let name = path.last().cloned();
                    return self.imports.push(context.import(path, name));
                }
            }
        }
    }
}

#[derive(Clone)]
struct Context {
    inside: ModulePath,
    is_public: bool,
    base: Vec<String>,
}

impl Context {
    fn import(&self, path: Vec<String>, name: Option<String>) -> Import {
        Import { path, inside: self.inside.clone(), name, is_public: self.is_public }
    }
}

/// Returns the module of a file, from its path below `src`.
fn module_of(path: &Path) -> ModulePath {
    let mut module: ModulePath = path
        .with_extension("")
        .components()
        .map(|it| it.as_os_str().to_string_lossy().into_owned())
        .collect();
    if module.last().is_some_and(|last| last == "mod") || module == ["lib"] || module == ["main"] {
        module.pop();
    }
    module
}

/// Returns the names of the modules that a source declares in files of their own.
fn declared(tokens: &[Token]) -> BTreeSet<String> {
    let declarations =
        tokens.windows(3).filter(|it| it[0].is("mod") && it[1].kind == Kind::Name && it[2].is(";"));
    declarations.map(|it| it[1].text.clone()).collect()
}

/// Returns the names that follow a keyword of an item.
fn defined(code: &[&Token]) -> BTreeSet<String> {
    const KEYWORDS: [&str; 9] =
        ["struct", "enum", "trait", "type", "fn", "const", "static", "union", "macro_rules"];
    let mut names = BTreeSet::new();
    for (at, token) in code.iter().enumerate() {
        if token.kind == Kind::Name && KEYWORDS.contains(&token.text.as_str()) {
            let follows = code[at + 1..].iter().find(|next| !next.is("!") && !next.is("mut"));
            names.extend(follows.filter(|name| name.kind == Kind::Name).map(|name| name.text.clone()));
        }
    }
    names
}

#[cfg(test)]
pub(crate) fn crate_of(files: &[(&str, &str)]) -> Crate {
    Crate::of(files.iter().map(|(path, source)| {
        (module_of(Path::new(path)), PathBuf::from(path), crate::rust_source::tokens(source))
    }))
}
