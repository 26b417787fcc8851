//! Spreadsheets: every worksheet is a table, merged cells are marked.
//!
//! Cells are streamed, never spread over the rectangle they claim. Must not know: what the cells say.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, DataRef, Dimensions, Reader, SheetVisible, Xls, XlsError, Xlsx, XlsxError};

use super::fault::DocumentFault;
use super::model::{Document, LARGEST_TEXT, MOST_CELLS, RawCell, VerticalMerge};
use super::workbook_marks::{SheetMarks, marks_of};
use super::xls_extent;

const DAMAGED: DocumentFault = DocumentFault::Damaged { part: "workbook" };
/// Most columns of a worksheet that are looked at.
const MOST_COLUMNS: u32 = 256;
/// Largest xls file: it is unpacked whole.
const LARGEST_XLS: usize = 8 * 1024 * 1024;
/// Most cells, empty ones included, that the sheets of an xls file may span: each costs some thirty bytes.
const WIDEST_XLS: usize = 2_000_000;

type Grid = BTreeMap<u32, BTreeMap<u32, String>>;

/// Reads an xlsx file.
pub(super) fn read_xlsx(bytes: &[u8]) -> Result<Document, DocumentFault> {
    check_unpacked_size(bytes)?;
    catching_panics(|| xlsx(bytes))
}

/// Reads an xls file.
pub(super) fn read_xls(bytes: &[u8]) -> Result<Document, DocumentFault> {
    if bytes.len() > LARGEST_XLS {
        return Err(DocumentFault::TooLarge { bytes: bytes.len(), limit: LARGEST_XLS });
    }
    catching_panics(|| {
        let spanned = xls_extent::cells_spanned(bytes).map_err(|_| DAMAGED)?;
        if usize::try_from(spanned).map_or(true, |spanned| spanned > WIDEST_XLS) {
            return Err(DocumentFault::TooManyCells { limit: WIDEST_XLS });
        }
        xls(bytes)
    })
}

/// The crate that reads workbooks panics on some damaged ones (`the_fuzzed_spreadsheet_reader_holds` finds them): that
/// is a fault of the file, not the end of the program.
fn catching_panics(
    read: impl FnOnce() -> Result<Document, DocumentFault> + std::panic::UnwindSafe,
) -> Result<Document, DocumentFault> {
    std::panic::catch_unwind(read).unwrap_or(Err(DAMAGED))
}

fn xlsx(bytes: &[u8]) -> Result<Document, DocumentFault> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|fault| {
        if matches!(fault, XlsxError::Password) { DocumentFault::Encrypted } else { DAMAGED }
    })?;
    let mut document = Document::default();
    let mut marks = marks_of(bytes);
    let hidden: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible != SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    for name in workbook.sheet_names() {
        let merged = workbook.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let Ok(cells) = workbook.worksheet_cells_reader(&name) else { continue };
        let mut grid = streamed(cells)?;
        let marks = marks.remove(&name).unwrap_or_default();
        document.removed.extend(take_removed(&mut grid, hidden.contains(&name), &marks));
        push_sheet(&mut document, rows_of(&grid, &merged)?);
    }
    Ok(document)
}

fn xls(bytes: &[u8]) -> Result<Document, DocumentFault> {
    let mut workbook: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|fault| {
        if matches!(fault, XlsError::Password) { DocumentFault::Encrypted } else { DAMAGED }
    })?;
    let mut document = Document::default();
    for name in workbook.sheet_names() {
        let merged = workbook.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let Ok(range) = workbook.worksheet_range(&name) else { continue };
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut grid = Grid::new();
        for (row, column, value) in range.used_cells() {
            let place = |first: u32, index: usize| Some(first + u32::try_from(index).ok()?);
            let place = place(first_row, row).zip(place(first_column, column));
            if let Some((row, column)) = place.filter(|(_, column)| *column < MOST_COLUMNS) {
                grid.entry(row).or_default().insert(column, written(value));
            }
        }
        push_sheet(&mut document, rows_of(&grid, &merged)?);
    }
    Ok(document)
}

/// Takes what is hidden or struck out of a sheet; returns its rows as text.
fn take_removed(grid: &mut Grid, is_hidden: bool, marks: &SheetMarks) -> Vec<String> {
    let mut removed = Vec::new();
    for (row, cells) in grid.iter_mut() {
        let is_hidden = is_hidden || marks.hidden_rows.contains(row);
        let gone =
            cells.extract_if(.., |column, _| is_hidden || marks.struck.contains(&(*row, *column)));
        let texts: Vec<String> = gone.map(|(_, text)| text).filter(|it| !it.is_empty()).collect();
        removed.extend((!texts.is_empty()).then(|| texts.join(" ")));
    }
    grid.retain(|_, cells| !cells.is_empty());
    removed
}

/// Adds the rows of a sheet: those of one cell above and below its table are paragraphs.
fn push_sheet(document: &mut Document, mut rows: Vec<Vec<RawCell>>) {
    let is_merged = |row: &Vec<RawCell>| row.iter().any(|cell| cell.merge == VerticalMerge::Merged);
    let is_line = |row: &Vec<RawCell>| {
        row.iter().filter(|cell| !cell.text.trim().is_empty()).nth(1).is_none() && !is_merged(row)
    };
    let next = rows.iter().skip(1).map(Some).chain([None]);
    let is_above = |(row, next): &(&Vec<RawCell>, Option<&Vec<RawCell>>)| {
        is_line(row) && !next.is_some_and(is_merged)
    };
    let above = rows.iter().zip(next).take_while(is_above).count();
    let below = rows.iter().skip(above).rev().take_while(|row| is_line(row)).count();
    let notes = rows.split_off(rows.len() - below);
    let table = rows.split_off(above);
    push_lines(document, &rows);
    document.push_table(table);
    push_lines(document, &notes);
}

fn push_lines(document: &mut Document, rows: &[Vec<RawCell>]) {
    let lines = rows.iter().flatten().flat_map(|cell| cell.text.lines());
    lines.for_each(|line| document.push_paragraph(line));
}

/// Unpacks every part without keeping it: what a part declares cannot be trusted.
fn check_unpacked_size(bytes: &[u8]) -> Result<(), DocumentFault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| DAMAGED)?;
    let mut left = LARGEST_TEXT;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| DAMAGED)?;
        let unpacked =
            std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| DAMAGED)?;
        left = left
            .checked_sub(unpacked)
            .ok_or(DocumentFault::ExpandsTooFar { limit: LARGEST_TEXT })?;
    }
    Ok(())
}

fn streamed(mut cells: calamine::XlsxCellReader<'_, Cursor<&[u8]>>) -> Result<Grid, DocumentFault> {
    let mut grid = Grid::new();
    let mut count = 0;
    while let Some(cell) = cells.next_cell().map_err(|_| DAMAGED)? {
        let (row, column) = cell.get_position();
        if *cell.get_value() == DataRef::Empty || column >= MOST_COLUMNS {
            continue;
        }
        count += 1;
        if count > MOST_CELLS {
            return Err(DocumentFault::TooManyCells { limit: MOST_CELLS });
        }
        let value = Data::from(cell.get_value().clone());
        grid.entry(row).or_default().insert(column, written(&value));
    }
    Ok(grid)
}

/// A cell as a person sees it; a date without time as YYYY-MM-DD.
fn written(value: &Data) -> String {
    if let Data::DateTime(moment) = value
        && moment.is_datetime()
    {
        let (year, month, day, ..) = moment.to_ymd_hms_milli();
        return format!("{year:04}-{month:02}-{day:02}");
    }
    value.to_string()
}

/// Rows that hold something, from column A to the last column used.
fn rows_of(grid: &Grid, merged: &[Dimensions]) -> Result<Vec<Vec<RawCell>>, DocumentFault> {
    let last_column = |row: &BTreeMap<u32, String>| row.last_key_value().map(|(column, _)| *column);
    let Some(width) = grid.values().filter_map(last_column).max() else { return Ok(Vec::new()) };
    let cells = grid.len().saturating_mul(usize::try_from(width).unwrap_or(usize::MAX));
    if cells > MOST_CELLS {
        return Err(DocumentFault::TooManyCells { limit: MOST_CELLS });
    }
    let mut merged_above = MergedAbove::of(merged);
    let row_of = |(row, values): (&u32, &BTreeMap<u32, String>)| {
        merged_above.pass_to(*row);
        let cell = |column| RawCell {
            text: values.get(&column).cloned().unwrap_or_default(),
            merge: merged_above.state_of(*row, column),
        };
        (0..=width).map(cell).collect()
    };
    Ok(grid.iter().map(row_of).collect())
}

/// Which cells are merged with the cell above. Rows are asked in their order, so that each merged area is looked at once.
struct MergedAbove {
    /// Areas of more than one row, the lowest first.
    to_come: Vec<Dimensions>,
    is_unknown: bool,
    /// By column, the row below the areas passed.
    below: Vec<u32>,
}

impl MergedAbove {
    fn of(merged: &[Dimensions]) -> Self {
        let downward = merged.iter().filter(|area| area.end.0 > area.start.0);
        let mut to_come: Vec<Dimensions> = downward.copied().collect();
        to_come.sort_by_key(|area| std::cmp::Reverse(area.start.0));
        let is_unknown = to_come.is_empty();
        Self { to_come, is_unknown, below: vec![0; MOST_COLUMNS.try_into().unwrap_or_default()] }
    }

    fn pass_to(&mut self, row: u32) {
        while let Some(area) = self.to_come.pop_if(|area| area.start.0 < row) {
            for column in area.start.1..=area.end.1.min(MOST_COLUMNS) {
                let below = usize::try_from(column).ok().and_then(|at| self.below.get_mut(at));
                if let Some(below) = below {
                    *below = area.end.0.saturating_add(1).max(*below);
                }
            }
        }
    }

    fn state_of(&self, row: u32, column: u32) -> VerticalMerge {
        if self.is_unknown {
            return VerticalMerge::Unknown;
        }
        let below = usize::try_from(column).ok().and_then(|at| self.below.get(at));
        if below.is_some_and(|below| row < *below) {
            VerticalMerge::Merged
        } else {
            VerticalMerge::Separate
        }
    }
}
