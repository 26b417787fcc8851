//! Rows of a set as one parameter: a JSON array of arrays, read with `jsonb_each($1)` and `value ->> n`.
//!
//! Must not know: any table. Callers: the files of this folder.

use std::fmt::{Display, Write as _};

/// Rows under construction.
#[derive(Debug, Default)]
pub(super) struct JsonRows(String);

/// One row under construction; its cells come in order.
pub(super) struct JsonRow<'a>(&'a mut String);

impl JsonRows {
    pub(super) fn row(&mut self) -> JsonRow<'_> {
        self.0.push_str(if self.0.is_empty() { "[[" } else { "],[" });
        JsonRow(&mut self.0)
    }

    /// The parameter.
    pub(super) fn into_json(mut self) -> String {
        self.0.push_str(if self.0.is_empty() { "[]" } else { "]]" });
        self.0
    }
}

impl JsonRow<'_> {
    pub(super) fn text(&mut self, text: &str) {
        self.separate();
        self.0.push('"');
        let mut rest = text;
        while let Some(place) = rest.find(needs_escape) {
            let (plain, special) = rest.split_at(place);
            self.0.push_str(plain);
            let mut characters = special.chars();
            match characters.next() {
                // In SQLite's JSON a NUL ends a text.
                Some('\0') => self.0.push('\u{FFFD}'),
                Some(quoted @ ('"' | '\\')) => self.0.extend(['\\', quoted]),
                Some(control) => {
                    self.display_unquoted(format_args!("\\u{:04x}", u32::from(control)));
                }
                None => {}
            }
            rest = characters.as_str();
        }
        self.0.push_str(rest);
        self.0.push('"');
    }

    pub(super) fn text_if_any(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    /// A value whose words need no escape: a date, a term.
    pub(super) fn plain(&mut self, value: impl Display) {
        self.separate();
        self.display_unquoted(format_args!("\"{value}\""));
    }

    pub(super) fn plain_if_any(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.plain(value),
            None => self.null(),
        }
    }

    pub(super) fn number(&mut self, number: i64) {
        self.separate();
        self.display_unquoted(format_args!("{number}"));
    }

    pub(super) fn number_if_any(&mut self, number: Option<i64>) {
        match number {
            Some(number) => self.number(number),
            None => self.null(),
        }
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.number(i64::from(flag));
    }

    fn null(&mut self) {
        self.separate();
        self.0.push_str("null");
    }

    fn separate(&mut self) {
        if !self.0.ends_with('[') {
            self.0.push(',');
        }
    }

    fn display_unquoted(&mut self, value: std::fmt::Arguments<'_>) {
        // Writing into a text cannot fail.
        let _infallible = self.0.write_fmt(value);
    }
}

fn needs_escape(character: char) -> bool {
    character < ' ' || character == '"' || character == '\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_an_array_of_arrays_whatever_a_text_holds() {
        let mut rows = JsonRows::default();
        let mut row = rows.row();
        row.text("说\"甲\"\\\n");
        row.text_if_any(None);
        row.number(-3);
        row.flag(true);
        row.plain(jiff::civil::date(2026, 3, 1));
        let mut row = rows.row();
        row.text("[");
        row.text("");
        let json: serde_json::Value = serde_json::from_str(&rows.into_json()).unwrap();
        let expected = serde_json::json!([["说\"甲\"\\\n", null, -3, 1, "2026-03-01"], ["[", ""]]);
        assert_eq!(json, expected);
        assert_eq!(JsonRows::default().into_json(), "[]");
    }
}
