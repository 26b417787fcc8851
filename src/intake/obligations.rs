//! Tables of obligations: what is due, when, by whom.
//!
//! Must not know: which units and rules exist, on which day a term ends, how a cell is read.

use super::column_mapping::{ColumnChoice, ColumnMapping};
use super::columns::{ColumnPositions, TableRow};
use super::fault::RowFault;
use super::obligation_columns::{COLUMNS, guesses};
use super::obligation_row::{ObligationReader, ObligationRow};
use super::office_file::{FileTable, OfficeFile};
use super::sheet::SheetRow;
use super::table::Table;

/// A table of obligations, read row by row as often as needed. A day without a year takes the year of its row, else that
/// given by the caller, else that of the title.
#[derive(Debug)]
pub struct ObligationTable {
    parts: Vec<(FileTable, ColumnPositions)>,
    /// Tables of the file that have no column of titles, of limits or of units.
    others: usize,
    removed: Vec<String>,
    year: Option<i16>,
    /// The title above the header, with the number of the document where it stands there too.
    title: Option<String>,
}

/// One row of a table; without `rows` it cannot be read. Two limits in one cell are two obligations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReading {
    pub line: usize,
    pub rows: Vec<ObligationRow>,
    pub faults: Vec<RowFault>,
}

impl ObligationTable {
    /// Reads a file as far as its headers. `choices` are what a person said about columns.
    ///
    /// # Errors
    ///
    /// What is wrong with the file as a whole, and with the header of its first table if no table fits.
    pub fn open(
        file_name: &str,
        bytes: &[u8],
        year: Option<i16>,
        choices: &[ColumnChoice],
    ) -> Result<Self, Vec<RowFault>> {
        let file = OfficeFile::read(file_name, bytes)?;
        let (mut parts, mut others) = (Vec::new(), Vec::new());
        for table in file.tables {
            let guess = || guesses(&table.sheet.header.cells, &table.sample());
            match ColumnPositions::find(&table.sheet, &COLUMNS, choices, guess) {
                Ok(positions) => parts.push((table, positions)),
                Err(faults) => others.push(faults),
            }
        }
        if parts.is_empty() {
            return Err(others.into_iter().next().unwrap_or_default());
        }
        let year = year.or(file.year);
        Ok(Self { parts, others: others.len(), removed: file.removed, year, title: file.title })
    }

    /// The title above the header.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// What the columns of each table were taken for.
    pub fn mappings(&self) -> impl Iterator<Item = &ColumnMapping> {
        self.parts.iter().map(|(_, positions)| positions.mapping())
    }

    /// How many tables of the file are no tables of obligations.
    pub fn others(&self) -> usize {
        self.others
    }

    /// What the file hides or strikes out, which is not imported.
    pub fn removed(&self) -> &[String] {
        &self.removed
    }

    /// Every row from the first on. After a quote that is never closed there is no further row.
    pub fn rows(&self) -> impl Iterator<Item = RowReading> {
        self.parts.iter().flat_map(move |(table, positions)| {
            table.rows().map(move |row| match row {
                Ok(row) => self.reading(table, positions, row),
                Err(fault) => {
                    let line = fault.line.unwrap_or_default();
                    RowReading { line, rows: Vec::new(), faults: vec![fault] }
                }
            })
        })
    }

    fn reading(&self, table: &FileTable, positions: &ColumnPositions, row: SheetRow) -> RowReading {
        let (line, sheet) = (row.line, &table.sheet);
        let mut faults = Vec::new();
        let read = match sheet.fit(row) {
            Ok(row) => {
                let cells = TableRow { sheet, positions, row: &row };
                ObligationReader(cells).obligations(self.year, &mut faults)
            }
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        let rows = read.filter(|_| faults.is_empty()).unwrap_or_default();
        RowReading { line, rows, faults }
    }
}

/// Reads a whole table of obligations.
///
/// Rows with a fault are left out of the rows returned.
pub fn read_obligations(file_name: &str, bytes: &[u8], year: Option<i16>) -> Table<ObligationRow> {
    let mut table = Table::default();
    match ObligationTable::open(file_name, bytes, year, &[]) {
        Ok(read) => {
            for reading in read.rows() {
                table.rows.extend(reading.rows);
                table.faults.extend(reading.faults);
            }
        }
        Err(faults) => table.faults = faults,
    }
    table
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::super::fault::{CellFault, RowFaultKind};
    use super::*;
    use crate::domain::deadline::Anchor;
    use crate::domain::expression::{Expected, ExpressionFault};
    use crate::domain::term::Term;

    const HEADER: &str = "事项,时限,起算日,牵头单位,责任单位,规则,来源,备注,编号\n";

    fn table(body: &str) -> Table<ObligationRow> {
        read_obligations("事项.csv", format!("{HEADER}{body}").as_bytes(), Some(2022))
    }

    #[test]
    fn a_row_carries_its_line_and_typed_values() {
        let read = table(
            "政策咨询事项全部入库,2022年底前,,区政府办公室;区政务服务办,区发改委、区教委,,任务分工三（十）2,,002-13\n\
             公开政府信息,自形成或者变更之日起20个工作日内,2022年6月17日,—,区政府各部门,,,,\n",
        )
        .rows;
        assert_eq!(read[0].line, 2);
        assert_eq!(read[0].listed.term, Some(Term::By(date(2022, 12, 31))));
        assert_eq!(read[0].listed.lead, ["区政府办公室", "区政务服务办"]);
        assert_eq!(read[0].listed.reference.as_deref(), Some("002-13"));
        assert_eq!(read[1].listed.trigger, Some(Anchor::Day(date(2022, 6, 17))));
        assert_eq!(read[1].trigger_words.as_deref(), Some("形成或者变更"));
        assert!(read[1].listed.lead.is_empty() && read[1].listed.reference.is_none());
    }

    #[test]
    fn the_year_of_a_row_holds_for_its_internal_target_too() {
        let read = |year: &str, of_file| {
            let text = format!("事项,时限,责任单位,年份,内部目标\n甲,及时,乙,{year},10月底前\n");
            read_obligations("事项.csv", text.as_bytes(), of_file)
        };
        for of_file in [None, Some(2022)] {
            let target = read("2020", of_file).rows[0].listed.internal.clone();
            assert_eq!(target, Some(Term::By(date(2020, 10, 31))), "{of_file:?}");
        }
        let faults = read("二〇", Some(2022)).faults;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].column.as_deref(), Some("年份"));
    }

    #[test]
    fn a_date_may_be_written_in_three_ways() {
        for written in ["2022-06-17", "2022/6/17", "2022年6月17日"] {
            let read = table(&format!("甲,20wd,{written},,乙,,,,\n")).rows;
            assert_eq!(read[0].listed.trigger, Some(Anchor::Day(date(2022, 6, 17))), "{written}");
        }
    }

    #[test]
    fn a_trigger_may_have_a_time_of_day_for_terms_in_hours() {
        for written in ["2022-06-17T22:30", "2022-06-17 22:30", "2022年6月17日22时30分"] {
            let read = table(&format!("甲,5h,{written},,乙,,,,\n")).rows;
            let Some(Anchor::Instant(moment)) = read[0].listed.trigger else { panic!("{written}") };
            assert_eq!(moment.local(), date(2022, 6, 17).at(22, 30, 0, 0), "{written}");
        }
        assert_eq!(table("甲,5h,2022-06-17 24:30,,乙,,,,\n").faults.len(), 1);
    }

    #[test]
    fn what_follows_is_named_in_a_column_of_its_own() {
        let text = "title,when,responsible,ref,then\n甲,20wd,乙,A1,A2;disclosure\n丙,3mo,乙,A2,\n";
        let read = read_obligations("o.csv", text.as_bytes(), None).rows;
        assert_eq!(read[0].listed.then, ["A2", "disclosure"]);
        assert!(read[1].listed.then.is_empty());
    }

    #[test]
    fn a_rule_may_stand_for_the_term() {
        let read = table("答复申请,,2022-06-17,,区教委,依申请公开答复,,,\n").rows;
        assert_eq!(
            (&read[0].listed.term, read[0].listed.rule.as_deref()),
            (&None, Some("依申请公开答复"))
        );
    }

    #[test]
    fn every_fault_of_every_row_is_named() {
        let faults =
            table("甲,13月5日前,6月17日,,乙,,,,A1\n,20,,,乙,,,,A2\n丙,30d,,,乙,,,,A1\n").faults;
        let found: Vec<_> = faults
            .into_iter()
            .map(|fault| {
                let RowFaultKind::Cell(cell) = fault.kind else { panic!("{fault}") };
                (fault.line.unwrap(), fault.column.unwrap(), cell)
            })
            .collect();
        let fault = ExpressionFault::NoSuchDay { at: 0, month: Some(13), day: Some(5) };
        let unit = ExpressionFault::Unexpected { at: 2, expected: Expected::Unit };
        let column = str::to_owned;
        assert_eq!(
            found,
            [
                (2, column("时限"), CellFault::BadTerm { written: "13月5日前".to_owned(), fault }),
                (
                    2,
                    column("起算日"),
                    CellFault::BadDate { written: "6月17日".to_owned(), example: "2022-06-17" }
                ),
                (3, column("事项"), CellFault::Empty { example: "政策咨询事项全部入库" }),
                (3, column("时限"), CellFault::BadTerm { written: "20".to_owned(), fault: unit }),
            ]
        );
    }

    #[test]
    fn a_day_without_a_year_takes_the_rows_year_then_the_files() {
        let text = "title,when,responsible,year\n甲,10月底前,乙,2020年\n丙,10月底前,乙,\n";
        let read = read_obligations("o.csv", text.as_bytes(), Some(2022)).rows;
        assert_eq!(read[0].listed.term, Some(Term::By(date(2020, 10, 31))));
        assert_eq!(read[1].listed.term, Some(Term::By(date(2022, 10, 31))));
        let faults = read_obligations("o.csv", text.as_bytes(), None).faults;
        let missing = ExpressionFault::YearMissing { at: 0 };
        assert_eq!(
            faults[0].kind,
            CellFault::BadTerm { written: "10月底前".to_owned(), fault: missing }.into()
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _table = read_obligations("o.csv", &bytes, None);
        }

        #[test]
        fn no_table_makes_the_reader_panic(body in "[甲,\"\n\r\t年月日前20;]{0,80}") {
            let _table = table(&body);
        }
    }
}
