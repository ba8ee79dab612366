//! Lines into fields.

/// Splits a line by the rules of CSV, or returns `None` if a quote is not closed on it.
pub(crate) fn fields_of(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    if line.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
        return None;
    }
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(line);
    let mut record = csv::ByteRecord::new();
    match reader.read_byte_record(&mut record) {
        Ok(true) => Some(record.iter().map(<[u8]>::to_vec).collect()),
        Ok(false) => Some(Vec::new()),
        Err(_) => None,
    }
}

/// Removes spaces and tabs at both ends, and a carriage return at the end.
pub(crate) fn trimmed(field: &[u8]) -> &[u8] {
    match field {
        [first, .., last] if *first > b' ' && *last > b' ' => field,
        _ => field.trim_ascii(),
    }
}
