//! Finds columns by their headers: the declared names in Chinese or English, the office's own words, or what a person says.
//!
//! Must not know: what the cells mean.

use super::column_mapping::{ColumnChoice, ColumnMapping, MappedBy, MappedColumn};
use super::fault::{CellFault, RowFault, TableFault};
use super::sheet::{Sheet, SheetRow};
use crate::domain::hidden::one_line;

/// No table of an office has more.
const MOST_COLUMNS: usize = 1_000;

/// How much alike a header and a declared name are that may be a slip of the pen, from 0 to 1.
const SLIP: f64 = 0.6;
/// The same for a name that is proposed.
const RESEMBLANCE: f64 = 0.34;

/// A column a table may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) chinese: &'static str,
    pub(super) english: &'static str,
    /// Other headers that offices use for it.
    pub(super) synonyms: &'static [&'static str],
    pub(super) required: bool,
    /// Several columns may hold it: 责任单位 and 配合单位.
    pub(super) may_repeat: bool,
}

/// A column that a table may lack.
pub(super) const fn optional(chinese: &'static str, english: &'static str) -> Column {
    Column { chinese, english, synonyms: &[], required: false, may_repeat: false }
}

/// A column that every table has.
pub(super) const fn required(chinese: &'static str, english: &'static str) -> Column {
    Column { chinese, english, synonyms: &[], required: true, may_repeat: false }
}

/// What a header that nobody declared is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guess {
    /// The column declared at this index.
    Field(usize),
    /// Nothing: the column is named and not read.
    Unused,
}

/// The positions of each declared column in the header; none for one the table does not have.
#[derive(Debug)]
pub(super) struct ColumnPositions {
    places: Vec<Vec<usize>>,
    /// The Chinese names of the declared columns.
    names: Vec<&'static str>,
    mapping: ColumnMapping,
}

impl ColumnPositions {
    /// Finds `known` in the header of `sheet`. Missing, misspelt and repeated columns are all reported. `choices` are what a
    /// person said; `guesses` is asked for when a header is none of the declared ones, and tells for each what it is taken for.
    pub(super) fn find(
        sheet: &Sheet,
        known: &[Column],
        choices: &[ColumnChoice],
        guesses: impl FnOnce() -> Vec<Guess>,
    ) -> Result<Self, Vec<RowFault>> {
        let found = sheet.header.cells.len();
        if found > MOST_COLUMNS {
            let kind = TableFault::TooManyColumns { found, limit: MOST_COLUMNS };
            return Err(vec![sheet.fault(sheet.header.line, None, kind)]);
        }
        let mut finder = Finder {
            sheet,
            known,
            places: vec![Vec::new(); known.len()],
            found: vec![None; sheet.header.cells.len()],
            faults: Vec::new(),
        };
        finder.take_choices(choices);
        finder.take_declared();
        if finder.found.contains(&None) {
            finder.take_guesses(&guesses());
        }
        finder.finish()
    }

    /// What each column was taken for.
    pub(super) fn mapping(&self) -> &ColumnMapping {
        &self.mapping
    }

    /// True when the table has the column declared at `column`.
    pub(super) fn has(&self, column: usize) -> bool {
        self.place(column).is_some()
    }

    fn place(&self, column: usize) -> Option<usize> {
        self.places.get(column).and_then(|places| places.first()).copied()
    }
}

struct Finder<'a> {
    sheet: &'a Sheet,
    known: &'a [Column],
    places: Vec<Vec<usize>>,
    /// What each header is taken for, and by whom; `Some(None)` for a column that is not read.
    found: Vec<Option<(Option<usize>, MappedBy)>>,
    faults: Vec<RowFault>,
}

impl Finder<'_> {
    fn fault(&mut self, place: Option<usize>, fault: TableFault) {
        self.faults.push(self.sheet.fault(self.sheet.header.line, place, fault));
    }

    fn set(&mut self, place: usize, field: Option<usize>, by: MappedBy) {
        if let Some(slot) = self.found.get_mut(place) {
            *slot = Some((field, by));
        }
        if let Some(places) = field.and_then(|field| self.places.get_mut(field)) {
            places.push(place);
        }
    }

    fn take_choices(&mut self, choices: &[ColumnChoice]) {
        for ColumnChoice { head, field } in choices {
            let name = normalized_header(head);
            let mut heads = self.sheet.header.cells.iter();
            let Some(place) = heads.position(|written| normalized_header(written) == name) else {
                self.fault(None, TableFault::NoSuchHead { written: head.clone() });
                continue;
            };
            let field_name = normalized_header(field);
            let index = self.known.iter().position(|column| column.is_called(&field_name));
            match index {
                Some(_) => self.set(place, index, MappedBy::Person),
                None if field_name.is_empty() => self.set(place, None, MappedBy::Person),
                None => {
                    let fault = unknown(field, &field_name, self.known, RESEMBLANCE);
                    self.fault(Some(place), fault);
                }
            }
        }
    }

    fn take_declared(&mut self) {
        for (place, written) in self.sheet.header.cells.iter().enumerate() {
            if self.found.get(place).is_none_or(Option::is_some) {
                continue;
            }
            let name = normalized_header(written);
            let index = self.known.iter().position(|column| column.is_named(&name));
            match index {
                Some(field) if self.places.get(field).is_some_and(Vec::is_empty) => {
                    self.set(place, index, MappedBy::Name);
                }
                Some(_) => {
                    self.set(place, None, MappedBy::Name);
                    self.fault(
                        Some(place),
                        TableFault::RepeatedColumn { written: written.clone() },
                    );
                }
                None => {}
            }
        }
    }

    fn take_guesses(&mut self, guesses: &[Guess]) {
        for (place, written) in self.sheet.header.cells.iter().enumerate() {
            if self.found.get(place).is_none_or(Option::is_some) {
                continue;
            }
            let name = normalized_header(written);
            let guess = guesses.get(place).copied().unwrap_or(Guess::Unused);
            let is_free = |field: usize| {
                self.places.get(field).is_some_and(Vec::is_empty)
                    || self.known.get(field).is_some_and(|column| column.may_repeat)
            };
            let synonym = self.known.iter().position(|column| column.is_called(&name));
            let is_wanted =
                |field: usize| self.known.get(field).is_some_and(|column| column.required);
            let taken = match (guess, synonym) {
                (Guess::Field(field), None) if is_free(field) => Some((field, MappedBy::Evidence)),
                // 完成时间 is the day of completion where another column says by when
                (Guess::Field(field), Some(called))
                    if field != called && is_wanted(field) && is_free(field) =>
                {
                    Some((field, MappedBy::Evidence))
                }
                (_, Some(called)) if is_free(called) => Some((called, MappedBy::Name)),
                _ => None,
            };
            if let Some((field, by)) = taken {
                self.set(place, Some(field), by);
                continue;
            }
            self.set(place, None, MappedBy::Evidence);
            let fault = unknown(written, &name, self.known, SLIP);
            if guess == Guess::Unused && self.is_slip(&fault) {
                self.fault(Some(place), fault);
            }
        }
    }

    /// True for a header that resembles a column which the table lacks.
    fn is_slip(&self, fault: &TableFault) -> bool {
        let TableFault::UnknownColumn { meant: Some(meant), .. } = fault else { return false };
        !self.is_there(meant)
    }

    fn is_there(&self, name: &str) -> bool {
        let index = self.known.iter().position(|column| column.is_called(name));
        index.and_then(|index| self.places.get(index)).is_some_and(|places| !places.is_empty())
    }

    fn finish(mut self) -> Result<ColumnPositions, Vec<RowFault>> {
        for (column, places) in self.known.iter().zip(self.places.clone()) {
            if column.required && places.is_empty() {
                let Column { chinese, english, .. } = *column;
                self.fault(None, TableFault::MissingColumn { chinese, english });
            }
        }
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let heads = self.sheet.header.cells.iter().zip(&self.found);
        let columns = heads.filter_map(|(head, found)| {
            let (field, by) = (*found)?;
            let field = field.and_then(|field| self.known.get(field)).map(|column| column.chinese);
            Some(MappedColumn { head: head.clone(), field, by })
        });
        let mapping = ColumnMapping { columns: columns.collect() };
        let names = self.known.iter().map(|column| column.chinese).collect();
        Ok(ColumnPositions { places: self.places, names, mapping })
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
        let place = self.positions.place(column);
        place.and_then(|place| self.row.cells.get(place)).map_or("", String::as_str)
    }

    /// The filled cells of all columns that hold the field declared at `column`, each under its header.
    pub(super) fn cells(&self, column: usize) -> impl Iterator<Item = (&'a str, &'a str)> {
        let (sheet, row) = (self.sheet, self.row);
        let places = self.positions.places.get(column).into_iter().flatten();
        let cells = places.filter_map(move |place| {
            let head = sheet.header.cells.get(*place)?;
            Some((head.as_str(), row.cells.get(*place)?.as_str()))
        });
        cells.filter(|(_, cell)| !is_none(cell))
    }

    /// True when the column was found by evidence: it is the office's own.
    pub(super) fn is_the_offices_own(&self, column: usize) -> bool {
        let place = self.positions.place(column);
        let mapped = place.and_then(|place| self.positions.mapping.columns.get(place));
        mapped.is_some_and(|mapped| mapped.by != MappedBy::Name)
    }

    /// The cell, or `None` if it is empty or says "none" ([`is_none`]).
    pub(super) fn non_empty(&self, column: usize) -> Option<&'a str> {
        Some(self.cell(column)).filter(|cell| !is_none(cell))
    }

    /// The cell on one line, as a title, a reference or a note is kept.
    pub(super) fn one_line(&self, column: usize) -> Option<String> {
        self.non_empty(column).map(one_line)
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
        let place = self.positions.place(column);
        let mut fault = self.sheet.fault(self.row.line, place, fault);
        // a column that the table lacks is named as it should be called
        if fault.column.is_none() {
            fault.column = self.positions.names.get(column).map(|name| (*name).to_owned());
        }
        fault
    }
}

impl Column {
    pub(super) const fn or_called(self, synonyms: &'static [&'static str]) -> Self {
        Self { synonyms, ..self }
    }

    pub(super) const fn repeatable(self) -> Self {
        Self { may_repeat: true, ..self }
    }

    fn is_named(&self, name: &str) -> bool {
        self.chinese == name || self.english == name
    }

    fn is_called(&self, name: &str) -> bool {
        self.is_named(name) || self.synonyms.contains(&name)
    }
}

/// A header without what people add to it: spaces, a star for "required", a colon.
pub(super) fn normalized_header(written: &str) -> String {
    let kept = |c: &char| !c.is_whitespace() && !"*＊:：\u{feff}".contains(*c);
    written.chars().filter(kept).collect::<String>().to_ascii_lowercase()
}

fn unknown(written: &str, name: &str, known: &[Column], at_least: f64) -> TableFault {
    let is_english = name.is_ascii();
    let likeness = |column: &Column| {
        let candidate = if is_english { column.english } else { column.chinese };
        (strsim::normalized_damerau_levenshtein(name, candidate), candidate)
    };
    // `max_by` keeps the last of equals, so the order is reversed: the first columns are the likelier ones
    let nearest = known.iter().rev().map(likeness).max_by(|a, b| a.0.total_cmp(&b.0));
    TableFault::UnknownColumn {
        written: written.to_owned(),
        meant: nearest.filter(|(alike, _)| *alike >= at_least).map(|(_, candidate)| candidate),
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
