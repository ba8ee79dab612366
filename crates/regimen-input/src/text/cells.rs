//! Cells into values, and the findings about those that cannot be read.

use regimen_types::{AsOf, AsOfError, AsOfFormat, AssetId, AssetIdError, DecimalError, Diagnostic};

use super::findings::Findings;
use crate::codes;

/// The place of a cell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'a> {
    pub(crate) file: &'a str,
    pub(crate) line: u64,
    pub(crate) column: &'a str,
    pub(crate) text: &'a [u8],
}

impl Cell<'_> {
    /// Builds a finding about the cell.
    pub(crate) fn error(self, code: &'static str, message: impl Into<String>, help: &str) -> Diagnostic {
        Diagnostic::error(code, self.file, message, help)
            .at_line(self.line)
            .in_column(self.column)
            .quoting(&String::from_utf8_lossy(self.text))
    }

    /// Builds the finding about a cell that is not a number.
    #[cold]
    pub(crate) fn no_number(self, error: DecimalError) -> Diagnostic {
        let help = match error {
            DecimalError::NotFinite => {
                "leave the cell empty if the value is unknown, or name the text in `unknown` in [snapshots]"
            }
            DecimalError::TooManyDigits => {
                "shorten it, or set excess_digits = \"round_half_even\" in [snapshots] to round all such numbers"
            }
            DecimalError::TooLarge => "correct the value",
            _ if is_unknown_token(self.text) => {
                "if it stands for an unknown value, name it in `unknown` in [snapshots], or leave the cell empty"
            }
            _ if self.text.contains(&b',') => {
                "say what its marks mean: decimal_mark = \",\" or thousands_mark = \",\" in [snapshots]"
            }
            _ => {
                "write it like 12.5 or 5.39e+11, without separators, units or spaces; \
                 leave the cell empty if the value is unknown"
            }
        };
        self.error(number_code(error), error.to_string(), help)
    }

    /// Builds the finding about a number below zero.
    #[cold]
    pub(crate) fn negative(self) -> Diagnostic {
        let help = "correct the value, or leave the cell empty if it is unknown";
        self.error(codes::NEGATIVE.code, "the number is negative", help)
    }

    /// Builds the finding about a cell that is not an instant in the form of ISO 8601.
    #[cold]
    pub(crate) fn no_instant(self, error: AsOfError) -> Diagnostic {
        let help = match error {
            AsOfError::NoSuchDate => {
                return self.error(codes::NO_SUCH_DATE.code, error.to_string(), "correct the date");
            }
            AsOfError::ShortYear => "write the year with four digits and no sign: two digits name no century",
            _ => "write dates as 2021-05-19 and instants as 2021-05-19T14:00:00Z",
        };
        self.error(codes::NOT_A_DATE.code, error.to_string(), help)
    }

    /// Builds the finding about a cell of snapshots, whose format can be named, that is not an instant in it.
    #[cold]
    pub(crate) fn no_instant_of_snapshots(self, error: AsOfError) -> Diagnostic {
        let finding = self.no_instant(error.clone());
        let help = match error {
            AsOfError::NoSuchDate | AsOfError::ShortYear => return finding,
            AsOfError::OtherFormat | AsOfError::OtherUnit => {
                format!("{}correct `as_of_format` in [snapshots]", self.formats("it could be {}: "))
            }
            _ => {
                let format = self.formats("if it is as_of_format = {}, say so in [snapshots]; else ");
                format + &finding.help
            }
        };
        Diagnostic { help, ..finding }
    }

    /// Returns `text` with the formats in which the cell is an instant for its `{}`; empty if there is
    /// no such format.
    fn formats(self, text: &str) -> String {
        let possible = AsOfFormat::possible(str::from_utf8(self.text).unwrap_or_default());
        let possible: Vec<String> = possible.iter().map(|format| format!("\"{format}\"")).collect();
        if possible.is_empty() { String::new() } else { text.replace("{}", &possible.join(" or ")) }
    }

    /// Builds the finding about a row that was known before its own instant.
    #[cold]
    pub(crate) fn known_before_row(self, as_of: AsOf) -> Diagnostic {
        let message = format!("known before the row's own instant, {as_of}");
        let help = "correct it, or leave the cell empty if the row was known at its instant";
        self.error(codes::KNOWN_BEFORE.code, message, help)
    }

    /// Reads the cell as an instant.
    pub(crate) fn instant(self) -> Result<AsOf, Findings> {
        let text = str::from_utf8(self.text).unwrap_or_default();
        text.parse().map_err(|error| self.no_instant(error).into())
    }

    /// Reads the cell as an asset.
    pub(crate) fn asset(self) -> Result<AssetId, Findings> {
        let text = str::from_utf8(self.text).unwrap_or_default();
        AssetId::new(text).map_err(|error| {
            let help = match error {
                AssetIdError::Empty => {
                    "give each row a stable identifier such as `bitcoin`; to pass over rows without one, \
                     set nameless_rows = \"pass_over\" in [snapshots]"
                }
                _ => "give each row a stable identifier such as `bitcoin`",
            };
            self.error(codes::BAD_ASSET.code, error.to_string(), help).into()
        })
    }
}

/// The texts by which programs are known to mean an unknown value.
const UNKNOWN_TOKENS: [&str; 11] = ["null", "none", "na", "n/a", "#n/a", "nil", "nan", "-", "--", "?", "."];

/// Returns true if a text usually means an unknown value.
pub(crate) fn is_unknown_token(text: &[u8]) -> bool {
    UNKNOWN_TOKENS.iter().any(|token| token.as_bytes().eq_ignore_ascii_case(text))
}

/// Returns the code for a text that is no number.
pub(crate) fn number_code(error: DecimalError) -> &'static str {
    match error {
        DecimalError::NotFinite => codes::NOT_FINITE.code,
        DecimalError::TooManyDigits => codes::TOO_MANY_DIGITS.code,
        DecimalError::TooLarge => codes::TOO_LARGE.code,
        _ => codes::NOT_A_NUMBER.code,
    }
}

/// Builds the finding about the first byte of a line that is not UTF-8; `None` if all are.
pub(crate) fn not_utf8(file: &str, line: u64, text: &[u8]) -> Option<Diagnostic> {
    let error = str::from_utf8(text).err()?;
    let byte = text.get(error.valid_up_to())?;
    let message = format!("not UTF-8: byte 0x{byte:02X} at byte {} of the line", error.valid_up_to() + 1);
    let help = "convert the file, for example with iconv -f LATIN1 -t UTF-8";
    let finding = Diagnostic::error(codes::ENCODING.code, file, message, help);
    Some(finding.at_line(line).quoting(&String::from_utf8_lossy(text)))
}

/// Builds the finding about a line with more or fewer fields than the header.
pub(crate) fn field_count(file: &str, line: u64, text: &[u8], found: usize, expected: usize) -> Diagnostic {
    let more_or_fewer = if found > expected { "more" } else { "fewer" };
    let message = format!("{found} fields, {more_or_fewer} than the header's {expected}");
    let help = "correct the line; a field that holds a comma must stand in quotes";
    Diagnostic::error(codes::FIELD_COUNT.code, file, message, help)
        .at_line(line)
        .quoting(&String::from_utf8_lossy(text))
}
