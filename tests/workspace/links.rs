//! Links between pages lead somewhere: to a file of the repository, and to a heading of the page.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::repository::{files, repository, shown};

#[test]
fn links_between_pages_lead_somewhere() {
    let pages: BTreeMap<PathBuf, String> = files(&repository(""), "md")
        .into_iter()
        .map(|page| (page.canonicalize().unwrap(), fs::read_to_string(&page).unwrap()))
        .collect();
    let mut broken = Vec::new();
    let mut count = 0;
    for (page, text) in &pages {
        for link in links(text) {
            count += 1;
            if let Err(problem) = follow(page, &link, &pages) {
                broken.push(format!("{}: {link}: {problem}", shown(page)));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(count > 20, "only {count} links were found: has their form changed?");
}

/// Finds what a link of a page leads to.
fn follow(page: &Path, link: &str, pages: &BTreeMap<PathBuf, String>) -> Result<(), String> {
    let (path, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() {
        page.to_owned()
    } else {
        page.parent().unwrap().join(path).canonicalize().map_err(|problem| problem.to_string())?
    };
    if heading.is_empty() {
        return Ok(());
    }
    let text = pages.get(&target).ok_or("a heading of what is no page")?;
    if headings(text).contains(heading) { Ok(()) } else { Err("no such heading".to_owned()) }
}

/// Returns the targets of the links of a page, but for those to other sites.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let prose = without_code(text);
    for (at, _) in prose.match_indices("](") {
        let target: String = prose[at + 2..].chars().take_while(|letter| *letter != ')').collect();
        if !target.contains("://") {
            links.push(target);
        }
    }
    links
}

/// Returns the anchors of a page's headings, as GitHub makes them.
fn headings(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        let title = line.trim_start_matches('#');
        if is_code || title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let title = title.trim().to_lowercase();
        let anchor = title.chars().filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            _ => letter.is_alphanumeric().then_some(letter),
        });
        let anchor: String = anchor.collect();
        let repeated = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone()).chain(repeated).find(|each| !anchors.contains(each));
        anchors.extend(free);
    }
    anchors
}

/// Leaves out code between fences and between backquotes.
fn without_code(text: &str) -> String {
    let mut is_code = false;
    let mut prose = String::new();
    for line in text.lines() {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        if !is_code && !is_fence {
            let outside = line.split('`').step_by(2);
            prose.push_str(&outside.collect::<Vec<_>>().join("`"));
        }
        prose.push('\n');
    }
    prose
}

#[test]
fn anchors_are_those_that_pages_are_shown_with() {
    let page = "# Methodology\n\n## Who is in [`regimen-weighting`]\n\n## Costs\n\n```sh\n# no heading\n```\n## Costs\n#hash\n";
    let expected = ["costs", "costs-1", "methodology", "who-is-in-regimen-weighting"];
    assert_eq!(headings(page).iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn links_that_lead_nowhere_are_found() {
    let page = repository("README.md");
    let pages = BTreeMap::from([(page.clone(), "# A page\n".to_owned())]);
    assert!(follow(&page, "#a-page", &pages).is_ok());
    assert!(follow(&page, "Cargo.toml", &pages).is_ok());
    assert!(follow(&page, "#another", &pages).is_err());
    assert!(follow(&page, "docs/no-such-page.md", &pages).is_err());
    assert_eq!(links("[a](b.md) `[c](d.md)` [e](https://f)\n```\n[g](h.md)\n```\n"), ["b.md"]);
}
