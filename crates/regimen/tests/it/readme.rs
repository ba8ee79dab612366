//! The README's definition; its Rust code runs as documentation tests.

use regimen::parse_definition;

const README: &str = include_str!("../../../../README.md");

/// Returns the code blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let opening = format!("\n```{language}\n");
    README.split(&opening).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

#[test]
fn the_definition_is_sound_and_short() {
    let blocks = blocks("toml");
    let [definition] = blocks[..] else { panic!("one definition, not {}", blocks.len()) };
    assert_eq!(parse_definition("README.md", definition, &[]).unwrap().name, "Ten largest");
    assert!(definition.lines().filter(|line| !line.is_empty()).count() <= 20);
}

#[test]
fn embedding_takes_twenty_lines() {
    let blocks = blocks("rust");
    let [embedding, _own_rule] = blocks[..] else { panic!("two blocks, not {}", blocks.len()) };
    assert!(embedding.contains("decide(") && embedding.lines().count() <= 20);
}
