//! Finds columns by their Chinese or English headers, in any order.
//!
//! Must not know: what the cells mean.

use super::fault::{CellFault, RowFault, TableFault};
use super::sheet::{Sheet, SheetRow};

/// A column a table may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) chinese: &'static str,
    pub(super) english: &'static str,
    /// Other headers that offices use for it.
    pub(super) synonyms: &'static [&'static str],
    pub(super) required: bool,
}

/// A column that a table may lack.
pub(super) const fn optional(chinese: &'static str, english: &'static str) -> Column {
    Column { chinese, english, synonyms: &[], required: false }
}

/// A column that every table has.
pub(super) const fn required(chinese: &'static str, english: &'static str) -> Column {
    Column { chinese, english, synonyms: &[], required: true }
}

/// The position of each declared column in the header; `None` for one the table does not have.
#[derive(Debug)]
pub(super) struct ColumnPositions(Vec<Option<usize>>);

impl ColumnPositions {
    /// Finds `known` in the header of `sheet`. Missing, unknown and repeated columns are all reported.
    pub(super) fn find(sheet: &Sheet, known: &[Column]) -> Result<Self, Vec<RowFault>> {
        let mut places = vec![None; known.len()];
        let mut faults = Vec::new();
        let line = sheet.header.line;
        for (place, written) in sheet.header.cells.iter().enumerate() {
            let name = normalized_header(written);
            let index = known.iter().position(|column| column.is_called(&name));
            let kind = match index.and_then(|index| places.get_mut(index)) {
                Some(slot @ None) => {
                    *slot = Some(place);
                    continue;
                }
                Some(Some(_)) => TableFault::RepeatedColumn { written: written.clone() },
                None => unknown(written, &name, known),
            };
            faults.push(sheet.fault(line, Some(place), kind));
        }
        for (column, place) in known.iter().zip(&places) {
            if column.required && place.is_none() {
                let Column { chinese, english, .. } = *column;
                faults.push(sheet.fault(
                    line,
                    None,
                    TableFault::MissingColumn { chinese, english },
                ));
            }
        }
        if faults.is_empty() { Ok(Self(places)) } else { Err(faults) }
    }
}

/// One row of a table whose columns are found.
#[derive(Clone, Copy)]
pub(super) struct TableRow<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) positions: &'a ColumnPositions,
    pub(super) row: &'a SheetRow,
}

/// What is wrong with the cell of the column declared at `column`.
pub(super) struct ColumnFault {
    column: usize,
    fault: CellFault,
}

pub(super) fn in_column(column: usize, fault: CellFault) -> ColumnFault {
    ColumnFault { column, fault }
}

impl<'a> TableRow<'a> {
    /// The cell of the column declared at `column`; empty when the table has no such column.
    pub(super) fn cell(&self, column: usize) -> &'a str {
        let place = self.positions.0.get(column).copied().flatten();
        place.and_then(|place| self.row.cells.get(place)).map_or("", String::as_str)
    }

    /// The cell, or `None` if it is empty or says "none" ([`is_none`]).
    pub(super) fn non_empty(&self, column: usize) -> Option<&'a str> {
        Some(self.cell(column)).filter(|cell| !is_none(cell))
    }

    /// The value of `result`; of an error, `None`, and the fault is added to `faults`.
    pub(super) fn value_or_fault<T>(
        &self,
        result: Result<T, ColumnFault>,
        faults: &mut Vec<RowFault>,
    ) -> Option<T> {
        result.map_err(|ColumnFault { column, fault }| faults.push(self.fault(column, fault))).ok()
    }

    /// A fault of the cell of the column declared at `column`.
    pub(super) fn fault(&self, column: usize, fault: CellFault) -> RowFault {
        let place = self.positions.0.get(column).copied().flatten();
        self.sheet.fault(self.row.line, place, fault)
    }
}

impl Column {
    pub(super) const fn or_called(self, synonyms: &'static [&'static str]) -> Self {
        Self { synonyms, ..self }
    }

    fn is_called(&self, name: &str) -> bool {
        self.chinese == name || self.english == name || self.synonyms.contains(&name)
    }
}

/// A header without what people add to it: spaces, a star for "required", a colon.
fn normalized_header(written: &str) -> String {
    let kept = |c: &char| !c.is_whitespace() && !"*＊:：\u{feff}".contains(*c);
    written.chars().filter(kept).collect::<String>().to_ascii_lowercase()
}

fn unknown(written: &str, name: &str, known: &[Column]) -> TableFault {
    let is_english = name.is_ascii();
    let likeness = |column: &Column| {
        let candidate = if is_english { column.english } else { column.chinese };
        (strsim::normalized_damerau_levenshtein(name, candidate), candidate)
    };
    // `max_by` keeps the last of equals, so the order is reversed: the first columns are the likelier ones
    let nearest = known.iter().rev().map(likeness).max_by(|a, b| a.0.total_cmp(&b.0));
    TableFault::UnknownColumn {
        written: written.to_owned(),
        meant: nearest.filter(|(likeness, _)| *likeness >= 0.34).map(|(_, candidate)| candidate),
        known: known.iter().map(|column| column.chinese).collect(),
    }
}

/// The names in a cell that lists them with `;`, `；`, `、` or line ends; `—`, `-` and 无 stand for none.
///
/// Reading: 市、区县政府门户网站主办单位 is one name: 、 after a single character joins
/// (held by `a_list_of_units_is_split_where_names_end`).
pub(super) fn names_in(cell: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut joined = String::new();
    for span in cell.split_inclusive(['、', ';', '；', '\n']) {
        let name = span.trim_end_matches(['、', ';', '；', '\n']).trim();
        joined.push_str(name);
        if name.chars().count() == 1 && span.ends_with('、') {
            joined.push('、');
            continue;
        }
        let name = std::mem::take(&mut joined);
        if !is_none(&name) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// True for an empty cell, a dash and 无.
pub(super) fn is_none(cell: &str) -> bool {
    matches!(cell, "" | "—" | "——" | "-" | "--" | "－" | "–" | "/" | "无")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_units_is_split_where_names_end() {
        assert_eq!(
            names_in("区教委；区民政局;区财政局、区教委"),
            ["区教委", "区民政局", "区财政局"]
        );
        assert_eq!(names_in("区卫生健康委、\n区政府新闻办"), ["区卫生健康委", "区政府新闻办"]);
        assert_eq!(names_in("市、区县政府门户网站主办单位"), ["市、区县政府门户网站主办单位"]);
        assert!(names_in("—").is_empty() && names_in("").is_empty() && names_in("-").is_empty());
    }
}
