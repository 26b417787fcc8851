//! CSV for people: opens in Excel with the right characters, and no cell is run as a formula.
//!
//! Must not know: what the rows hold. Callers: cli. Readers of tables (intake) take both marks off again.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

/// Tells Excel that the file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Joins several names in one cell, as tables for `import` do.
const SEPARATOR: &str = "；";

/// Rows as CSV under a header of keys; a cell is the value of its key.
pub struct CsvRows<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
    keys: &'a [&'a str],
}

impl<'a> CsvRows<'a> {
    /// Writes the header.
    ///
    /// # Errors
    ///
    /// What `out` returns.
    pub fn begin(out: &'a mut dyn Write, keys: &'a [&'a str]) -> io::Result<Self> {
        out.write_all(BYTE_ORDER_MARK.as_bytes())?;
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(keys)?;
        Ok(Self { writer, keys })
    }

    /// Writes one row.
    ///
    /// # Errors
    ///
    /// What `out` returns.
    pub fn push(&mut self, row: &impl Serialize) -> io::Result<()> {
        let row = serde_json::to_value(row)?;
        let cells = self.keys.iter().map(|key| cell(row.get(key).unwrap_or(&Value::Null)));
        Ok(self.writer.write_record(cells)?)
    }

    /// Hands everything on to the output.
    ///
    /// # Errors
    ///
    /// What it returns.
    pub fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Writes the rows under a header of `keys`.
///
/// # Errors
///
/// What `out` returns.
pub fn write_csv<R: Serialize>(out: &mut dyn Write, keys: &[&str], rows: &[R]) -> io::Result<()> {
    let mut csv = CsvRows::begin(out, keys)?;
    rows.iter().try_for_each(|row| csv.push(row))?;
    csv.finish()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => guarded(text),
        Value::Array(values) => {
            let cells: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            guarded(&cells.join(SEPARATOR))
        }
        // a number is no formula, even one that begins with a minus
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// Text with an apostrophe before what a spreadsheet would run as a formula; one that stands there already is doubled, so that taking
/// one off gives the text back.
pub fn guarded(text: &str) -> String {
    let runs = |character: char| matches!(character, '=' | '+' | '-' | '@' | '\t' | '\r');
    if text.trim_start_matches('\'').starts_with(runs) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_reads_the_characters_and_runs_no_cell() {
        let row = serde_json::json!({ "unit": "=cmd|'/c calc'!A0", "days": -3, "names": ["区教委", "区民政局"] });
        let mut out = Vec::new();
        write_csv(&mut out, &["unit", "days", "names", "none"], &[row]).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "\u{feff}unit,days,names,none\n'=cmd|'/c calc'!A0,-3,区教委；区民政局,\n");
    }

    #[test]
    fn one_apostrophe_off_gives_the_text_back() {
        for text in ["=a", "'=a", "''-1", "@x", "\tx", "a=b", "'quoted'", ""] {
            let written = guarded(text);
            let back = if written == text { text } else { &written[1..] };
            assert_eq!(back, text);
        }
    }
}
