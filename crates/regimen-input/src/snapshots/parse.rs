//! A block of lines into columns. Blocks know nothing of each other, so they are parsed in parallel.

use std::sync::Arc;

use memchr::memchr;

use super::layout::Layout;
use super::quick::{Role, roles};
use super::rows::{ParsedBlock, Parser};
use crate::text::blocks::Block;
use crate::text::cells;
use crate::text::header::bad_quotes;
use crate::text::line;

/// Parses a block's rows. The columns are only of use if there are no findings.
pub(crate) fn parse(layout: &Arc<Layout>, block: &Block) -> ParsedBlock {
    parse_by_roles(layout, block, roles(layout))
}

/// Parses a block; with the roles of the columns, rows in the usual form are read the quick way.
pub(crate) fn parse_by_roles(layout: &Arc<Layout>, block: &Block, roles: Option<Vec<Role>>) -> ParsedBlock {
    let text = block.text();
    let is_utf8 = str::from_utf8(text).is_ok();
    let has_quotes = memchr(b'"', text).is_some();
    let roles = roles.filter(|_| is_utf8 && !has_quotes);
    let mut parser = Parser::new(layout, block.line_count_max());
    let mut fields = Vec::with_capacity(layout.names.len());
    let mut lines = block.lines();
    loop {
        if let Some(roles) = &roles
            && parser.take_quick_row(roles, &mut lines)
        {
            continue;
        }
        let Some((number, line)) = lines.next() else { break };
        parser.rows.has_lines = true;
        if !is_utf8 && let Some(finding) = cells::not_utf8(&layout.file, number, line) {
            parser.rows.findings.add(|| finding);
            continue;
        }
        if has_quotes {
            if let Err(error) = line::split(line, &mut fields) {
                parser.rows.findings.add(|| bad_quotes(&layout.file, number, line, error));
                continue;
            }
        } else {
            line::split_plain(line, &mut fields);
        }
        if fields.len() == layout.names.len() {
            parser.row(number, &mut fields);
        } else {
            let (found, expected) = (fields.len(), layout.names.len());
            parser.rows.findings.add(|| cells::field_count(&layout.file, number, line, found, expected));
        }
    }
    parser.rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regimen_types::{AttributeColumns, NamelessRows, SnapshotFormat};

    use super::*;
    use crate::text::blocks::Blocks;
    use crate::text::buffers::Buffers;
    use crate::text::source::Source;

    fn cell() -> impl Strategy<Value = String> {
        let instant = prop_oneof![
            Just("2020-01-01"),
            Just("2020-01-02"),
            Just("2020-01-02T00:00:01Z"),
            Just("2020-02-30")
        ];
        let asset = prop_oneof![
            Just("a"),
            Just("bitcoin"),
            Just("twelve-bytes"),
            Just("sixteen-bytes-ab"),
            Just("seventeen-bytes-a"),
            Just("é"),
            Just(" a")
        ];
        let number = prop_oneof![
            "[0-9]{1,4}(\\.[0-9]{0,22})?",
            "[0-9]{1,20}",
            "-?[0-9]{1,3}e[+-]?[0-9]{1,2}",
            "[.][0-9]{0,3}"
        ];
        let other = prop_oneof![Just(""), Just("-1"), Just("nan"), Just("\r"), Just("x y"), Just("\"1\"")];
        prop_oneof![
            6 => instant.prop_map(str::to_owned),
            6 => asset.prop_map(str::to_owned),
            12 => number,
            2 => other.prop_map(str::to_owned),
        ]
    }

    /// Lines whose cells fit their columns most of the time.
    fn table() -> impl Strategy<Value = String> {
        let price = prop_oneof![
            24 => "[1-9]{1,9}(\\.[0-9]{1,9})?",
            1 => "-[0-9]{1,2}",
            1 => "[0-9]e[0-9]",
        ];
        let usual = (
            "2020-01-0[123]",
            "[abc]",
            price,
            "[1-9]{0,20}",
            "2020-01-0[23]|",
            "[0-9]{0,3}",
            "[a-z é!]{0,9}",
        )
            .prop_map(|(date, asset, price, cap, known, grade, note)| {
                [date, asset, price, cap, known, grade, note].join(",")
            });
        let any = prop::collection::vec(cell(), 6..=8).prop_map(|cells| cells.join(","));
        let line_end = prop_oneof![4 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\n\n")];
        let lines = prop::collection::vec((prop_oneof![8 => usual, 1 => any], line_end), 1..30);
        lines.prop_map(|lines| lines.into_iter().flat_map(|(line, end)| [line, end.to_owned()]).collect())
    }

    proptest! {
        #[test]
        fn quick_rows_are_what_the_thorough_way_makes_of_them(table in table(), pass_over in any::<bool>(), named in any::<bool>(), dated in any::<bool>()) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("market.csv");
            std::fs::write(&path, format!("date,asset,price,market_cap,known_at,grade,note\n{table}")).unwrap();
            let mut format = SnapshotFormat::default();
            format.columns.volume = None;
            if dated {
                format.columns.as_of = "other".to_owned();
            }
            format.columns.known_at = Some("known_at".to_owned());
            if named {
                format.attributes = AttributeColumns::Named(["grade".to_owned()].into());
            }
            if pass_over {
                format.nameless_rows = NamelessRows::PassOver;
            }
            let mut blocks = Blocks::new(Source::open(&path).unwrap(), Buffers::new(1 << 16));
            let header = blocks.header().unwrap();
            let layout = Arc::new(Layout::new("market.csv", if dated { "2020-01-01" } else { "market" }, &header, &format).unwrap());
            let quick = parse(&layout, &header.rest);
            let thorough = parse_by_roles(&layout, &header.rest, None);
            if quick.findings.is_empty() {
                prop_assert_eq!(format!("{quick:?}"), format!("{thorough:?}"));
            } else {
                prop_assert_eq!(format!("{:?}", quick.findings), format!("{:?}", thorough.findings));
            }
        }
    }
}
