//! Counts a whole table of due dates: CSV in, the same rows with `due_date` and `provisional` out.
//!
//! One pass, no allocation per row. Must not know: the ledger, files, how a fault is worded.

use std::io::{self, Read, Write};

use csv::ByteRecord;
use jiff::civil::Date;

use crate::domain::calendar::WorkCalendar;
use crate::domain::counting::{Counted, CountingFault, Roll, add_period};
use crate::domain::term::PeriodUnit;

/// The columns a table must have, in the order assumed when it has no header.
pub const COLUMNS: [&str; 4] = ["start_date", "n", "unit", "roll"];

/// Output is handed on in pieces of about this many bytes.
const PIECE: usize = 64 * 1024;

/// How a table went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchCounts {
    /// Rows with a date.
    pub counted: u64,
    /// Rows reported as faulty.
    pub faulty: u64,
}

/// One row without a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchFault {
    /// Its line in the input, from 1.
    pub line: u64,
    /// What is wrong.
    pub kind: BatchFaultKind,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchFaultKind {
    /// Fewer cells than columns.
    #[error("has no column {column}")]
    Missing {
        /// The first column that is missing.
        column: &'static str,
    },
    /// Not a date `YYYY-MM-DD`.
    #[error("{0:?} is not a date YYYY-MM-DD")]
    NotADate(String),
    /// Not a whole number, or too large.
    #[error("{0:?} is not a whole number")]
    NotANumber(String),
    /// An unknown unit.
    #[error("{0:?} is not a unit; write working, calendar or month")]
    NotAUnit(String),
    /// An unknown roll.
    #[error("{0:?} is not a roll; write none, following or preceding")]
    NotARoll(String),
    /// The calendar does not reach.
    #[error(transparent)]
    Counting(#[from] CountingFault),
}

/// Why a table could not be gone through.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The header lacks a column.
    #[error("the header has no column {column}")]
    NoColumn {
        /// The column.
        column: &'static str,
    },
    /// The input cannot be read.
    #[error("the input cannot be read")]
    Input(#[source] io::Error),
    /// The output cannot be written.
    #[error("the output cannot be written")]
    Output(#[source] io::Error),
}

/// Reads rows `start_date,n,unit,roll`, writes each with its due date and `true` or `false` for provisional.
///
/// Columns are found by their names in the header; other columns are passed on. Without a header the four columns
/// come first, in that order. `n` may be negative or 0; the counts are those of [`add_period`]. A faulty row is
/// written with both cells empty, so that rows stay aligned, is handed to `report`, and does not stop the rest.
///
/// # Errors
///
/// [`BatchError::NoColumn`], [`BatchError::Input`], [`BatchError::Output`].
///
/// ```
/// use duban::{domain::calendar::WorkCalendar, intake::count_batch::count_batch};
/// let calendar = WorkCalendar::merge(&duban::config::calendars::shipped().unwrap()).unwrap();
/// let input = "start_date,n,unit,roll\n2026-02-11,20,working,none\n2026-02-30,1,month,none\n";
/// let (mut output, mut faults) = (Vec::new(), Vec::new());
/// count_batch(&calendar, input.as_bytes(), &mut output, |fault| faults.push(fault.line)).unwrap();
/// assert_eq!(
///     String::from_utf8(output).unwrap(),
///     "start_date,n,unit,roll,due_date,provisional\n\
///      2026-02-11,20,working,none,2026-03-17,false\n\
///      2026-02-30,1,month,none,,\n"
/// );
/// assert_eq!(faults, [3]);
/// ```
pub fn count_batch(
    calendar: &WorkCalendar,
    input: impl Read,
    mut output: impl Write,
    mut report: impl FnMut(BatchFault),
) -> Result<BatchCounts, BatchError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(PIECE)
        .from_reader(input);
    let mut row = ByteRecord::new();
    let mut next = |row: &mut ByteRecord| {
        reader.read_byte_record(row).map_err(|error| BatchError::Input(error.into()))
    };
    let mut span = Vec::with_capacity(PIECE.saturating_mul(2));
    let mut counts = BatchCounts::default();
    let mut more = next(&mut row)?;
    let (columns, is_header) = Columns::of(&row)?;
    let width = row.len();
    if more && is_header {
        push_cells(&mut span, &row);
        span.extend_from_slice(b",due_date,provisional\n");
        more = next(&mut row)?;
    }
    while more {
        push_cells(&mut span, &row);
        match columns.count(calendar, &row) {
            Ok(counted) => {
                push_counted(&mut span, counted);
                counts.counted = counts.counted.saturating_add(1);
            }
            Err(kind) => {
                // A short row is filled up, so that its empty cells stand under the same headers as the others'.
                span.extend(std::iter::repeat_n(b',', width.saturating_sub(row.len())));
                span.extend_from_slice(b",,\n");
                counts.faulty = counts.faulty.saturating_add(1);
                let line = row.position().map_or(0, csv::Position::line);
                report(BatchFault { line, kind });
            }
        }
        if span.len() >= PIECE {
            output.write_all(&span).map_err(BatchError::Output)?;
            span.clear();
        }
        more = next(&mut row)?;
    }
    output.write_all(&span).map_err(BatchError::Output)?;
    output.flush().map_err(BatchError::Output)?;
    Ok(counts)
}

/// Where the four columns stand.
#[derive(Clone, Copy, Debug)]
struct Columns([usize; 4]);

impl Columns {
    /// By the first row, and whether that row is a header; a row that begins with a date is not.
    fn of(first: &ByteRecord) -> Result<(Self, bool), BatchError> {
        if first.get(0).and_then(date_from).is_some() {
            return Ok((Self([0, 1, 2, 3]), false));
        }
        let place = |column: &'static str| {
            let found = first.iter().position(|cell| cell.trim_ascii() == column.as_bytes());
            found.ok_or(BatchError::NoColumn { column })
        };
        let [start, n, unit, roll] = COLUMNS;
        Ok((Self([place(start)?, place(n)?, place(unit)?, place(roll)?]), true))
    }

    fn count(self, calendar: &WorkCalendar, row: &ByteRecord) -> Result<Counted, BatchFaultKind> {
        let ([start, n, unit, roll], [start_name, n_name, unit_name, roll_name]) =
            (self.0, COLUMNS);
        let cell = |place: usize, column: &'static str| {
            row.get(place).map(<[u8]>::trim_ascii).ok_or(BatchFaultKind::Missing { column })
        };
        let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
        let start = cell(start, start_name)?;
        let start = date_from(start).ok_or_else(|| BatchFaultKind::NotADate(text(start)))?;
        let n = cell(n, n_name)?;
        let n = number_from(n).ok_or_else(|| BatchFaultKind::NotANumber(text(n)))?;
        let unit = match cell(unit, unit_name)? {
            b"working" => PeriodUnit::WorkingDay,
            b"calendar" => PeriodUnit::CalendarDay,
            b"month" => PeriodUnit::Month,
            other => return Err(BatchFaultKind::NotAUnit(text(other))),
        };
        let roll = match cell(roll, roll_name)? {
            b"none" => Roll::None,
            b"following" => Roll::Following,
            b"preceding" => Roll::Preceding,
            other => return Err(BatchFaultKind::NotARoll(text(other))),
        };
        Ok(add_period(calendar, start, n, unit, roll)?)
    }
}

/// Exactly `YYYY-MM-DD`.
fn date_from(text: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i16::from(byte.wrapping_sub(b'0')));
    let pair =
        |tens: &u8, ones: &u8| Some(digit(tens)?.wrapping_mul(10).wrapping_add(digit(ones)?));
    let year = pair(y1, y2)?.wrapping_mul(100).wrapping_add(pair(y3, y4)?);
    let month = i8::try_from(pair(m1, m2)?).ok()?;
    let day = i8::try_from(pair(d1, d2)?).ok()?;
    Date::new(year, month, day).ok()
}

fn number_from(text: &[u8]) -> Option<i32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn push_counted(out: &mut Vec<u8>, Counted { date, provisional }: Counted) {
    out.push(b',');
    push_date(out, date);
    out.extend_from_slice(if provisional { b",true\n" } else { b",false\n" });
}

/// `YYYY-MM-DD`; years beyond 9999 do not occur.
fn push_date(out: &mut Vec<u8>, date: Date) {
    let year = date.year().unsigned_abs();
    let digit = |n: u16| b'0'.wrapping_add(u8::try_from(n % 10).unwrap_or(0));
    let (month, day) =
        (u16::from(date.month().unsigned_abs()), u16::from(date.day().unsigned_abs()));
    out.extend_from_slice(&[
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
    ]);
}

/// The cells of a row, quoted again where they must be.
fn push_cells(out: &mut Vec<u8>, row: &ByteRecord) {
    for (index, cell) in row.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        if cell.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
            out.push(b'"');
            for byte in cell {
                if *byte == b'"' {
                    out.push(b'"');
                }
                out.push(*byte);
            }
            out.push(b'"');
        } else {
            out.extend_from_slice(cell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Notice;
    use jiff::civil::date;

    fn calendar() -> WorkCalendar {
        let notice = |year| Notice {
            year,
            number: year.to_string(),
            issued: None,
            published: None,
            off: vec![(date(year, 1, 1), "元旦".to_owned())],
            work: Vec::new(),
            amendments: Vec::new(),
        };
        WorkCalendar::merge(&[notice(2025), notice(2026)]).unwrap()
    }

    fn counted(input: &str) -> (String, Vec<String>, BatchCounts) {
        let (mut output, mut faults) = (Vec::new(), Vec::new());
        let report = |fault: BatchFault| faults.push(format!("{}: {}", fault.line, fault.kind));
        let counts = count_batch(&calendar(), input.as_bytes(), &mut output, report).unwrap();
        (String::from_utf8(output).unwrap(), faults, counts)
    }

    #[test]
    fn each_bad_row_is_reported_with_its_line_and_the_rest_is_counted() {
        let (output, faults, counts) = counted(
            "start_date,n,unit,roll\n\
             2026-03-02,x,working,none\n\
             2026-3-2,1,working,none\n\
             2026-03-02,1,days,none\n\
             2026-03-02,1,month,later\n\
             2026-03-02,1\n\
             2024-12-31,1,working,none\n\
             2026-03-02,1,working,none\n",
        );
        insta::assert_snapshot!(faults.join("\n"), @r#"
        2: "x" is not a whole number
        3: "2026-3-2" is not a date YYYY-MM-DD
        4: "days" is not a unit; write working, calendar or month
        5: "later" is not a roll; write none, following or preceding
        6: has no column unit
        7: the count reaches 2024-12-31, the calendar begins on 2025-01-01
        "#);
        assert!(output.ends_with(
            "2024-12-31,1,working,none,,\n2026-03-02,1,working,none,2026-03-03,false\n"
        ));
        assert_eq!(counts, BatchCounts { counted: 1, faulty: 6 });
    }

    #[test]
    fn columns_are_found_by_name_and_others_passed_on() {
        let (output, faults, _) = counted(
            "\u{feff}case,roll,unit,n,start_date\n\"甲, \"\"乙\"\"\",following,calendar,5,2026-03-02\n",
        );
        assert!(faults.is_empty(), "{faults:?}");
        let row = "\"甲, \"\"乙\"\"\",following,calendar,5,2026-03-02,2026-03-09,false\n";
        assert!(output.ends_with(row), "{output}");
    }

    #[test]
    fn a_table_without_a_header_is_read_in_the_fixed_order() {
        let (output, ..) = counted("2026-03-02,-1,working,none\n2027-03-01,0,working,following\n");
        assert_eq!(
            output,
            "2026-03-02,-1,working,none,2026-02-27,false\n2027-03-01,0,working,following,2027-03-01,true\n"
        );
    }

    #[test]
    fn a_header_without_a_column_is_refused() {
        let fault = count_batch(&calendar(), "start_date,n\n".as_bytes(), io::sink(), |_| {});
        assert!(matches!(fault, Err(BatchError::NoColumn { column: "unit" })));
    }
}
