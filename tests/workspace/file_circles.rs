//! Data flows one way: no files of a crate use each other in a circle, and the wings of `regimen` are in
//! order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::modules::{Crate, Edges, crate_of};
use crate::repository::{packages, repository, shown};

/// The wings of the crate `regimen`: each may use those before it.
const WINGS: [&str; 4] = ["methodology", "index", "portfolio", "quote"];

#[test]
fn no_files_use_each_other_in_a_circle() {
    let circles: Vec<String> = packages()
        .iter()
        .flat_map(|package| {
            let edges = Crate::read(&package.join("src")).edges();
            circles(&edges).into_iter().map(move |circle| described(&circle, &edges)).collect::<Vec<_>>()
        })
        .collect();
    assert!(circles.is_empty(), "{} circles of files:\n\n{}", circles.len(), circles.join("\n"));
}

#[test]
fn the_wings_of_the_engine_are_in_order() {
    let src = repository("crates/regimen/src");
    let faults = against_order(&Crate::read(&src).edges(), &src);
    assert!(faults.is_empty(), "the order is {}:\n{}", WINGS.join(" ← "), faults.join("\n"));
}

/// Returns the sets of two or more files that all use each other, directly or through others of the set.
fn circles(edges: &Edges) -> Vec<BTreeSet<PathBuf>> {
    let mut next: BTreeMap<&PathBuf, BTreeSet<&PathBuf>> = BTreeMap::new();
    for (from, to) in edges.keys() {
        next.entry(from).or_default().insert(to);
    }
    let reached = |start: &PathBuf| {
        let mut reached: BTreeSet<&PathBuf> = BTreeSet::new();
        let mut waiting: Vec<&PathBuf> = next.get(start).into_iter().flatten().copied().collect();
        while let Some(file) = waiting.pop() {
            if reached.insert(file) {
                waiting.extend(next.get(file).into_iter().flatten().copied());
            }
        }
        reached
    };
    let reach: BTreeMap<&PathBuf, BTreeSet<&PathBuf>> =
        next.keys().map(|file| (*file, reached(file))).collect();
    let mut circles = BTreeSet::new();
    for (file, reached) in &reach {
        let both_ways = reached.iter().filter(|other| reach.get(*other).is_some_and(|it| it.contains(file)));
        let circle: BTreeSet<PathBuf> = both_ways.map(|each| (*each).clone()).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// Lists the edges within a circle, with a few of the items that each is made of.
fn described(circle: &BTreeSet<PathBuf>, edges: &Edges) -> String {
    let mut text = format!("{} files:\n", circle.len());
    for ((from, to), names) in edges {
        if circle.contains(from) && circle.contains(to) {
            let names: Vec<&str> = names.iter().take(4).map(String::as_str).collect();
            text.push_str(&format!("  {} uses {} ({})\n", shown(from), shown(to), names.join(", ")));
        }
    }
    text
}

/// Lists the edges from a wing to a later one.
fn against_order(edges: &Edges, src: &Path) -> Vec<String> {
    let wing = |file: &Path| {
        let first = file.strip_prefix(src).ok()?.components().next()?;
        let name = Path::new(first.as_os_str()).with_extension("");
        WINGS.iter().position(|wing| name == Path::new(wing))
    };
    let against =
        edges.iter().filter(|((from, to), _)| wing(from).zip(wing(to)).is_some_and(|(from, to)| from < to));
    against.map(|((from, to), names)| format!("{} uses {} ({names:?})", shown(from), shown(to))).collect()
}

fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let circles = circles(&crate_of(files).edges());
    circles.iter().map(|circle| circle.iter().map(|file| shown(file)).collect()).collect()
}

#[test]
fn a_circle_is_found_through_use_lines_paths_globs_and_re_exports() {
    let root = ("lib.rs", "mod a; mod b;");
    let by_use = ("b.rs", "use crate::a::A; pub struct B(A);");
    for a in [
        "use crate::b::B; pub struct A(B);",
        "pub struct A(crate::b::B);",
        "pub struct A(super::b::B);",
        "use crate::b; pub struct A(b::B);",
        "use crate::{b::{self as other, B as Second}}; pub struct A(other::B);",
        "use super::b::*; pub struct A(B);",
        "pub(crate) use crate::b::B; pub struct A(B);",
    ] {
        assert_eq!(circles_of(&[root, ("a.rs", a), by_use]), [["a.rs", "b.rs"]], "{a}");
    }
    let behind_parent = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "mod inner; pub use self::inner::A;"),
        ("a/inner.rs", "use crate::b::B; pub struct A(B);"),
        by_use,
    ];
    assert_eq!(circles_of(&behind_parent), [["a/inner.rs", "b.rs"]]);
}

#[test]
fn a_parent_that_uses_its_children_is_in_a_circle_with_those_that_use_it() {
    let children = [
        ("a.rs", "mod left; mod right; use left::Left; pub struct A; fn f(_: Left) {}"),
        ("a/left.rs", "use super::A; pub struct Left(A);"),
        ("a/right.rs", "use super::left::Left; pub struct Right(Left);"),
    ];
    assert_eq!(circles_of(&children), [["a/left.rs", "a.rs"]]);
}

#[test]
fn neither_declarations_nor_re_exports_nor_tests_make_a_circle() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
        ("a.rs", "mod inner; pub(crate) use inner::A; #[cfg(test)] mod tests { use crate::b::B; }"),
        (
            "a/inner.rs",
            "/// `crate::b::B` in a comment\npub struct A; const TEXT: &str = \"use crate::b::B;\";",
        ),
        ("b.rs", "use crate::A; pub struct B(A); mod inline { use super::B; use super::super::a::A; }"),
    ];
    assert_eq!(circles_of(&files), Vec::<Vec<String>>::new());
}

#[test]
fn a_wing_that_uses_a_later_one_is_found() {
    let files = [
        ("lib.rs", "mod methodology; mod index; mod schedule;"),
        ("methodology.rs", "mod rules; pub struct M;"),
        ("methodology/rules.rs", "use crate::index::Index; use crate::schedule::S;"),
        ("index.rs", "use crate::methodology::M; pub struct Index(M);"),
        ("schedule.rs", "pub struct S;"),
    ];
    let faults = against_order(&crate_of(&files).edges(), Path::new(""));
    assert_eq!(faults, ["methodology/rules.rs uses index.rs ({\"Index\"})"]);
}
