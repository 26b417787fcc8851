//! Tables of obligations: what is due, when, by whom.
//!
//! Must not know: which units and rules exist, on which day a term ends.

use jiff::civil::Date;

use crate::domain::deadline::Anchor;
use crate::domain::expression::{Ambiguity, ParseContext, ParsedTerm, read, read_date, read_event};
use crate::domain::life::Completion;
use crate::domain::listed::ListedObligation;
use crate::domain::term::Term;

use super::columns::{
    Column, ColumnFault, ColumnPositions, TableRow, in_column, names_in, optional, required,
};
use super::fault::{CellFault, RowFault};
use super::sheet::{SeparatedRows, Sheet, SheetRow, table_text};
use super::table::Table;

pub(super) const COLUMNS: [Column; 19] = [
    required("事项", "title"),
    required("时限", "when"),
    optional("起算日", "trigger"),
    optional("牵头单位", "lead"),
    required("责任单位", "responsible"),
    optional("规则", "rule"),
    optional("来源", "source"),
    optional("备注", "note"),
    optional("编号", "ref"),
    optional("年份", "year"),
    optional("问题", "question"),
    optional("接续", "then"),
    optional("内部目标", "internal"),
    optional("属于", "part_of"),
    optional("截止", "ends"),
    optional("状态", "state").or_called(&[
        "完成情况",
        "完成状态",
        "办理状态",
        "办理情况",
        "办结情况",
        "进展",
        "进展情况",
    ]),
    optional("办结日期", "done").or_called(&["办结时间", "完成日期", "完成时间"]),
    optional("佐证", "evidence").or_called(&["佐证材料", "办结依据"]),
    optional("说明", "instructions"),
];
const TITLE: usize = 0;
const WHEN: usize = 1;
const TRIGGER: usize = 2;
const LEAD: usize = 3;
const RESPONSIBLE: usize = 4;
const RULE: usize = 5;
const SOURCE: usize = 6;
const NOTE: usize = 7;
const REFERENCE: usize = 8;
const YEAR: usize = 9;
const QUESTION: usize = 10;
const THEN: usize = 11;
const INTERNAL: usize = 12;
const PART_OF: usize = 13;
const ENDS: usize = 14;
const STATE: usize = 15;
const DONE: usize = 16;
const EVIDENCE: usize = 17;
const INSTRUCTIONS: usize = 18;

/// What the column 状态 may say of work that is done.
const DONE_WORDS: [&str; 13] = [
    "已办结",
    "办结",
    "已完成",
    "完成",
    "已销号",
    "销号",
    "已结",
    "已落实",
    "done",
    "closed",
    "completed",
    "100%",
    "是",
];
/// What it may say of work that is still owed.
const OWED_WORDS: [&str; 18] = [
    "未办结",
    "未完成",
    "未销号",
    "未开始",
    "未启动",
    "办理中",
    "正在办理",
    "在办",
    "进行中",
    "正在进行",
    "推进中",
    "正在推进",
    "持续推进",
    "未落实",
    "否",
    "open",
    "owed",
    "acknowledged",
];

/// One row of a table of obligations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObligationRow {
    /// Its line in the file.
    pub line: usize,
    pub listed: ListedObligation,
    /// The event a period runs from, in words, when the term names it.
    pub trigger_words: Option<String>,
    /// The term has more than one sense.
    pub doubt: Option<Ambiguity>,
    /// 问题: what a person must decide, as `extract` writes it.
    pub question: Option<String>,
}

/// A table of obligations, read row by row as often as needed. A day without a year takes the year of its row, else `year`.
#[derive(Debug)]
pub struct ObligationTable {
    /// The header; rows are read from the text.
    sheet: Sheet,
    positions: ColumnPositions,
    text: String,
    year: Option<i16>,
    /// The title above the header, with the number of the document where it stands there too.
    title: Option<String>,
}

/// One row of a table; without `row` it cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReading {
    pub line: usize,
    pub row: Option<ObligationRow>,
    pub faults: Vec<RowFault>,
}

impl ObligationTable {
    /// Decodes a file and finds its header.
    ///
    /// # Errors
    ///
    /// What is wrong with the file as a whole.
    pub fn open(file_name: &str, bytes: &[u8], year: Option<i16>) -> Result<Self, Vec<RowFault>> {
        let text = table_text(file_name, bytes)?;
        let (sheet, _) = Sheet::open(file_name, &text)?;
        let positions = ColumnPositions::find(&sheet, &COLUMNS)?;
        let title = title(file_name, &text, sheet.header.line);
        Ok(Self { sheet, positions, text, year, title })
    }

    /// The title above the header.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Every row from the first on. After a quote that is never closed there is no further row.
    pub fn rows(&self) -> impl Iterator<Item = RowReading> {
        let rows = Sheet::open(&self.sheet.file, &self.text).ok().map(|(_, rows)| rows);
        rows.into_iter().flatten().filter_map(|row| match row {
            Ok(row) if row.is_empty() => None,
            Ok(row) => Some(self.reading(row)),
            Err(fault) => {
                let fault = fault.of(&self.sheet.file);
                let line = fault.line.unwrap_or_default();
                Some(RowReading { line, row: None, faults: vec![fault] })
            }
        })
    }

    fn reading(&self, row: SheetRow) -> RowReading {
        let line = row.line;
        let mut faults = Vec::new();
        let read = match self.sheet.fit(row) {
            Ok(row) => {
                let cells = TableRow { sheet: &self.sheet, positions: &self.positions, row: &row };
                ObligationReader(cells).obligation(self.year, &mut faults)
            }
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        let row = if faults.is_empty() { read } else { None };
        RowReading { line, row, faults }
    }
}

/// The lines above the header as one text.
fn title(file: &str, text: &str, header_line: usize) -> Option<String> {
    let above = SeparatedRows::new(file, text)
        .map_while(Result::ok)
        .take_while(|row| row.line < header_line)
        .flat_map(|row| row.cells)
        .filter(|cell| !cell.is_empty());
    let title: Vec<String> = above.collect();
    (!title.is_empty()).then(|| title.concat().split_whitespace().collect())
}

/// Reads a whole table of obligations.
///
/// Rows with a fault are left out of the rows returned.
pub fn read_obligations(file_name: &str, bytes: &[u8], year: Option<i16>) -> Table<ObligationRow> {
    let mut table = Table::default();
    match ObligationTable::open(file_name, bytes, year) {
        Ok(read) => {
            for reading in read.rows() {
                table.rows.extend(reading.row);
                table.faults.extend(reading.faults);
            }
        }
        Err(faults) => table.faults = faults,
    }
    table
}

/// Reads the cells of one row.
struct ObligationReader<'a>(TableRow<'a>);

/// The cell 时限.
struct TermCell {
    term: Option<Term>,
    trigger_words: Option<String>,
    doubt: Option<Ambiguity>,
}

impl ObligationReader<'_> {
    fn obligation(&self, year: Option<i16>, faults: &mut Vec<RowFault>) -> Option<ObligationRow> {
        let title = self.0.value_or_fault(self.title(), faults);
        let year = self.0.value_or_fault(self.year(year), faults);
        let when = year.and_then(|year| self.0.value_or_fault(self.when(year), faults));
        let trigger = self.0.value_or_fault(self.trigger(), faults);
        let ends = self.0.value_or_fault(self.ends(), faults);
        let internal = year.and_then(|year| self.0.value_or_fault(self.internal(year), faults));
        let completion = self.0.value_or_fault(self.completion(), faults);
        let (title, when, trigger) = (title?, when?, trigger?);
        let listed = ListedObligation {
            reference: self.0.non_empty(REFERENCE).map(str::to_owned),
            title,
            written: self.0.cell(WHEN).to_owned(),
            term: when.term,
            year: self.0.non_empty(YEAR).and(year?),
            trigger,
            lead: names_in(self.0.cell(LEAD)),
            responsible: names_in(self.0.cell(RESPONSIBLE)),
            rule: self.0.non_empty(RULE).map(str::to_owned),
            source: self.0.cell(SOURCE).to_owned(),
            note: self.0.cell(NOTE).to_owned(),
            instructions: self.0.cell(INSTRUCTIONS).to_owned(),
            then: names_in(self.0.cell(THEN)),
            internal: internal?,
            part_of: self.0.non_empty(PART_OF).map(str::to_owned),
            ends: ends?,
            completion: completion?,
        };
        Some(ObligationRow {
            line: self.0.row.line,
            listed,
            trigger_words: when.trigger_words,
            doubt: when.doubt,
            question: self.0.non_empty(QUESTION).map(str::to_owned),
        })
    }

    fn title(&self) -> Result<String, ColumnFault> {
        match self.0.cell(TITLE) {
            "" => Err(in_column(TITLE, CellFault::Empty { example: "政策咨询事项全部入库" })),
            title => Ok(title.to_owned()),
        }
    }

    /// The year of the row, else of the file.
    fn year(&self, of_file: Option<i16>) -> Result<Option<i16>, ColumnFault> {
        let Some(written) = self.0.non_empty(YEAR) else { return Ok(of_file) };
        let year = written.trim_end_matches('年').parse().ok();
        year.filter(|year| (1900..=2999).contains(year))
            .map(Some)
            .ok_or_else(|| in_column(YEAR, CellFault::BadYear { written: written.to_owned() }))
    }

    fn when(&self, year: Option<i16>) -> Result<TermCell, ColumnFault> {
        let Some(written) = self.0.non_empty(WHEN) else {
            if self.0.non_empty(RULE).is_some() {
                return Ok(TermCell { term: None, trigger_words: None, doubt: None });
            }
            return Err(in_column(WHEN, CellFault::Empty { example: "2022年底前" }));
        };
        let reading = read(written, &ParseContext { year }).map_err(|fault| {
            in_column(WHEN, CellFault::BadTerm { written: written.to_owned(), fault })
        })?;
        let ParsedTerm { term, trigger_words, ambiguity: doubt } = reading;
        Ok(TermCell { term: Some(term), trigger_words, doubt })
    }

    fn internal(&self, year: Option<i16>) -> Result<Option<Term>, ColumnFault> {
        let Some(written) = self.0.non_empty(INTERNAL) else { return Ok(None) };
        let reading = read(written, &ParseContext { year });
        reading.map(|reading| Some(reading.term)).map_err(|fault| {
            in_column(INTERNAL, CellFault::BadTerm { written: written.to_owned(), fault })
        })
    }

    fn ends(&self) -> Result<Option<Date>, ColumnFault> {
        let Some(written) = self.0.non_empty(ENDS) else { return Ok(None) };
        read_date(written).map(Some).ok_or_else(|| {
            let kind = CellFault::BadDate { written: written.to_owned(), example: "2022-12-31" };
            in_column(ENDS, kind)
        })
    }

    /// 状态, 办结日期 and 佐证 of work that is done. Lateness is judged by the day, so work that is done has one.
    fn completion(&self) -> Result<Option<Completion>, ColumnFault> {
        let is_done = self.is_done()?;
        let Some(written) = self.0.non_empty(DONE) else {
            return match is_done {
                Some(true) => Err(in_column(DONE, CellFault::Empty { example: "2022-12-20" })),
                _ if self.0.non_empty(EVIDENCE).is_some() => {
                    Err(in_column(EVIDENCE, CellFault::EvidenceOfOwed))
                }
                Some(false) | None => Ok(None),
            };
        };
        let on = read_date(written).ok_or_else(|| {
            let kind = CellFault::BadDate { written: written.to_owned(), example: "2022-12-20" };
            in_column(DONE, kind)
        })?;
        if is_done == Some(false) {
            return Err(in_column(STATE, CellFault::OwedWithDay { on }));
        }
        let evidence = self.0.non_empty(EVIDENCE).map(str::to_owned);
        Ok(Some(Completion { on, evidence, shortened_because: None }))
    }

    /// What the column 状态 says; `None` when it is empty.
    fn is_done(&self) -> Result<Option<bool>, ColumnFault> {
        let Some(written) = self.0.non_empty(STATE) else { return Ok(None) };
        let word = written.trim_end_matches(['。', '.', '；']).to_ascii_lowercase();
        if DONE_WORDS.contains(&word.as_str()) {
            Ok(Some(true))
        } else if OWED_WORDS.contains(&word.as_str()) {
            Ok(Some(false))
        } else {
            Err(in_column(STATE, CellFault::UnknownState { written: written.to_owned() }))
        }
    }

    fn trigger(&self) -> Result<Option<Anchor>, ColumnFault> {
        let Some(written) = self.0.non_empty(TRIGGER) else { return Ok(None) };
        read_event(written).map(Some).ok_or_else(|| {
            let kind = CellFault::BadDate { written: written.to_owned(), example: "2022-06-17" };
            in_column(TRIGGER, kind)
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::super::fault::RowFaultKind;
    use super::*;
    use crate::domain::expression::{Expected, ExpressionFault};

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
