//! Tables of units: who there is, how they are called, where their mail goes.
//!
//! Must not know: which units the ledger holds.

use crate::domain::address::Address;
use crate::domain::directory::{Absence, ListedContact, ListedUnit};
use crate::domain::expression::read_date;
use crate::domain::hidden::one_line;
use crate::domain::unit::Rank;

use super::column_mapping::ColumnChoice;
use super::columns::{
    Column, ColumnFault, ColumnPositions, Guess, TableRow, in_column, names_in, normalized_header,
    optional, required,
};
use super::fault::{CellFault, RowFault};
use super::office_file::FileTable;
use super::table::Table;

pub(super) const COLUMNS: [Column; 8] = [
    required("单位", "unit"),
    optional("别名", "aliases"),
    optional("上级单位", "parent"),
    optional("单位组", "groups"),
    optional("联系人", "contact"),
    optional("邮箱", "email"),
    optional("职级", "rank"),
    optional("外出", "away"),
];
const UNIT: usize = 0;
const ALIASES: usize = 1;
const PARENT: usize = 2;
const GROUPS: usize = 3;
const CONTACT: usize = 4;
const EMAIL: usize = 5;
const RANK: usize = 6;
const AWAY: usize = 7;

/// How an absence is written: first day, last day and the address of who stands in.
const ABSENCE: &str = "2026-10-01..2026-10-15→deputy@bureau.example";

/// One row of a table of units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    /// Its line in the file.
    pub line: usize,
    pub unit: ListedUnit,
}

/// Reads a table of units; each row has at most one contact. `choices` are what a person said about columns.
///
/// Rows with a fault are left out of the rows returned.
pub fn read_units(file_name: &str, bytes: &[u8], choices: &[ColumnChoice]) -> Table<UnitRow> {
    Table::of(file_name, bytes, (&COLUMNS, choices), guesses, read_rows)
}

/// What the columns under `head` are taken for, by `unit_heads.txt`. 职务 is a rank where every cell is one.
fn guesses(head: &[String], sample: &[Vec<String>]) -> Vec<Guess> {
    let are_ranks = |column: usize| {
        let cells = sample.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
        let mut cells = cells.peekable();
        cells.peek().is_some() && cells.all(|cell| Rank::from_text(cell).is_some())
    };
    let guess = |(column, head): (usize, &String)| {
        let name = normalized_header(head);
        let lines = include_str!("unit_heads.txt").lines().filter(|line| !line.starts_with('#'));
        let mut lines = lines.map(|line| line.split_whitespace());
        let field = lines.find_map(|mut words| {
            let field = words.next()?;
            words.any(|word| word == name).then_some(field)
        });
        let index = field.and_then(|field| COLUMNS.iter().position(|it| it.chinese == field));
        match index {
            Some(RANK) if !are_ranks(column) => Guess::Unused,
            Some(index) => Guess::Field(index),
            None => Guess::Unused,
        }
    };
    head.iter().enumerate().map(guess).collect()
}

fn read_rows(table: &FileTable, positions: &ColumnPositions) -> Table<UnitRow> {
    let (mut faults, mut rows) = (Vec::new(), Vec::new());
    let sheet = &table.sheet;
    for row in table.rows() {
        match row.and_then(|row| sheet.fit(row)) {
            Ok(row) => {
                let reader = UnitReader(TableRow { sheet, positions, row: &row });
                let unit = reader.unit(&mut faults);
                rows.extend(unit.map(|unit| UnitRow { line: row.line, unit }));
            }
            Err(fault) => faults.push(fault),
        }
    }
    faults.sort_by_key(|fault| fault.line);
    Table { rows, faults, ..Table::default() }
}

/// Reads the cells of one row.
struct UnitReader<'a>(TableRow<'a>);

impl UnitReader<'_> {
    fn unit(&self, faults: &mut Vec<RowFault>) -> Option<ListedUnit> {
        let name = self.0.value_or_fault(self.name(), faults);
        let contact = if self.names_contact() { Some(self.contact(faults)?) } else { None };
        Some(ListedUnit {
            name: name?,
            aliases: names_in(self.0.cell(ALIASES)),
            parent: self.0.one_line(PARENT),
            groups: names_in(self.0.cell(GROUPS)),
            contact,
        })
    }

    fn name(&self) -> Result<String, ColumnFault> {
        match self.0.cell(UNIT) {
            "" => Err(in_column(UNIT, CellFault::Empty { example: "区教委" })),
            name => Ok(one_line(name)),
        }
    }

    /// True if one of the contact's cells is filled; then name, address and rank are required.
    fn names_contact(&self) -> bool {
        [CONTACT, EMAIL, RANK, AWAY].into_iter().any(|column| self.0.non_empty(column).is_some())
    }

    fn contact(&self, faults: &mut Vec<RowFault>) -> Option<ListedContact> {
        let name = self.0.value_or_fault(self.of_contact(CONTACT, "办公室承办人"), faults);
        let address = self.0.value_or_fault(self.address(), faults);
        let rank = self.0.value_or_fault(self.rank(), faults);
        let absences = self.0.value_or_fault(self.absences(), faults);
        let (name, address, rank) = (one_line(name?), address?, rank?);
        Some(ListedContact { name, address, rank, absences: absences? })
    }

    fn absences(&self) -> Result<Vec<Absence>, ColumnFault> {
        let Some(cell) = self.0.non_empty(AWAY) else { return Ok(Vec::new()) };
        let mut absences: Vec<Absence> = Vec::new();
        for written in names_in(cell) {
            let absence = absence(&written)?;
            if absences.iter().any(|it| it.from <= absence.through && absence.from <= it.through) {
                return Err(in_column(AWAY, CellFault::BadAbsence { written, example: ABSENCE }));
            }
            absences.push(absence);
        }
        absences.sort_by_key(|it| it.from);
        Ok(absences)
    }

    fn address(&self) -> Result<Address, ColumnFault> {
        let written = self.of_contact(EMAIL, "bgs@yuzhong.example")?;
        Address::parse(written).map_err(|fault| {
            in_column(EMAIL, CellFault::BadAddress { written: written.to_owned(), fault })
        })
    }

    /// A list of contacts without ranks is one of handlers.
    fn rank(&self) -> Result<Rank, ColumnFault> {
        if !self.0.positions.has(RANK) {
            return Ok(Rank::Handler);
        }
        let written = self.of_contact(RANK, "承办人")?;
        Rank::from_text(&written.to_ascii_lowercase())
            .ok_or_else(|| in_column(RANK, CellFault::UnknownRank { written: written.to_owned() }))
    }

    /// A cell that a row with a contact must fill.
    fn of_contact(&self, column: usize, example: &'static str) -> Result<&str, ColumnFault> {
        self.0
            .non_empty(column)
            .ok_or_else(|| in_column(column, CellFault::IncompleteContact { example }))
    }
}

fn absence(written: &str) -> Result<Absence, ColumnFault> {
    let (span, delegate) = match written.split_once('→').or_else(|| written.split_once("->")) {
        Some((span, delegate)) => (span, Some(delegate)),
        None => (written, None),
    };
    let written = || written.to_owned();
    let delegate = delegate.map(Address::parse).transpose();
    let delegate = delegate
        .map_err(|fault| in_column(AWAY, CellFault::BadAddress { written: written(), fault }))?;
    let days = span.split_once("..").or_else(|| span.split_once('至'));
    let days =
        days.and_then(|(from, through)| read_date(from.trim()).zip(read_date(through.trim())));
    match days {
        Some((from, through)) if from <= through => Ok(Absence { from, through, delegate }),
        Some(_) | None => {
            Err(in_column(AWAY, CellFault::BadAbsence { written: written(), example: ABSENCE }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fault::{RowFaultKind, TableFault};
    use super::*;
    use crate::domain::address::AddressFault;

    fn kinds(text: &str) -> Vec<(Option<usize>, Option<String>, RowFaultKind)> {
        let faults = read_units("单位.csv", text.as_bytes(), &[]).faults;
        faults.into_iter().map(|fault| (fault.line, fault.column, fault.kind)).collect()
    }

    #[test]
    fn one_row_is_one_contact_and_a_unit_may_have_none() {
        let rows = read_units(
            "u.csv",
            "单位,别名,上级单位,单位组,联系人,邮箱,职级\n\
             区人力社保局,区人社局；区人力资源社会保障局,区政府办公室,区政府各部门、成员单位,办公室承办人,a@y.example,承办人\n\
             街道办事处,,,,,,\n"
                .as_bytes(),
            &[],
        )
        .rows;
        assert_eq!(rows[0].unit.aliases, ["区人社局", "区人力资源社会保障局"]);
        assert_eq!(rows[0].unit.groups, ["区政府各部门", "成员单位"]);
        let contact = ListedContact {
            name: "办公室承办人".to_owned(),
            address: Address::parse("a@y.example").unwrap(),
            rank: Rank::Handler,
            absences: Vec::new(),
        };
        assert_eq!(rows[0].unit.contact, Some(contact));
        assert_eq!((rows[1].line, &rows[1].unit.contact), (3, &None));
    }

    #[test]
    fn english_headers_in_any_order_do_as_well() {
        let rows =
            read_units("u.csv", b"rank,Email,contact,unit\nHead,a@y.example,H,U\n", &[]).rows;
        assert_eq!(rows[0].unit.contact.as_ref().unwrap().rank, Rank::Head);
    }

    #[test]
    fn an_absence_is_two_days_and_perhaps_a_delegate() {
        let absence = |written: &str| {
            let text =
                format!("单位,联系人,邮箱,职级,外出\n甲,张三,z@y.example,承办人,{written}\n");
            let table = read_units("u.csv", text.as_bytes(), &[]);
            let rows = table.rows.into_iter();
            let read = rows.map(|row| row.unit.contact.unwrap().absences[0].to_string());
            read.chain(table.faults.iter().map(|fault| fault.kind.to_string())).next().unwrap()
        };
        assert_eq!(absence("2026-10-01..2026-10-15"), "2026-10-01..2026-10-15");
        let written = "2026年10月1日至2026年10月15日 -> L@Y.example";
        assert_eq!(absence(written), "2026-10-01..2026-10-15→L@y.example");
        assert!(absence("2026-10-01").starts_with("`2026-10-01` is not an absence"));
        assert!(absence("2026-10-15..2026-10-01").contains("is not an absence"));
        assert!(absence("2026-10-01..2026-10-15→李四").contains("not plain ASCII"));
    }

    #[test]
    fn every_fault_of_a_file_is_named() {
        let found = kinds(
            "单位,联系人,邮箱,职级\n甲,承办人,,承办人\n,乙,b@y.example,科长\n丙,丙,ｃ@y.example,负责人\n",
        );
        let column = |name: &str| Some(name.to_owned());
        assert_eq!(
            found,
            [
                (
                    Some(2),
                    column("邮箱"),
                    CellFault::IncompleteContact { example: "bgs@yuzhong.example" }.into()
                ),
                (Some(3), column("单位"), CellFault::Empty { example: "区教委" }.into()),
                (
                    Some(3),
                    column("职级"),
                    CellFault::UnknownRank { written: "科长".to_owned() }.into()
                ),
                (
                    Some(4),
                    column("邮箱"),
                    CellFault::BadAddress {
                        written: "ｃ@y.example".to_owned(),
                        fault: AddressFault::NotAscii('ｃ')
                    }
                    .into()
                ),
            ]
        );
    }

    #[test]
    fn a_header_is_checked_before_any_row() {
        let found = kinds("单位 名,邮件,邮箱,email,联系\n甲,,,,\n");
        let unknown = found.iter().filter_map(|(_, _, kind)| match kind {
            RowFaultKind::Table(TableFault::UnknownColumn { meant, .. }) => Some(*meant),
            RowFaultKind::Table(_) | RowFaultKind::Cell(_) => None,
        });
        assert_eq!(unknown.collect::<Vec<_>>(), [Some("联系人")]);
        let repeated = TableFault::RepeatedColumn { written: "email".to_owned() }.into();
        assert!(found.iter().any(|(_, _, kind)| *kind == repeated), "{found:?}");
        let missing = TableFault::MissingColumn { chinese: "单位", english: "unit" };
        assert!(kinds("邮箱\n甲\n").iter().any(|(_, _, kind)| *kind == missing.clone().into()));
    }

    #[test]
    fn an_address_book_with_the_offices_own_heads_is_read() {
        let text = "序号,单位名称,简称,姓名,职务,办公电话,电子邮箱\n1,区教育委员会,区教委,张三,科长,023-1,z@y.example\n";
        let table = read_units("通讯录.csv", text.as_bytes(), &[]);
        let unit = &table.rows[0].unit;
        assert_eq!(
            (unit.name.as_str(), &unit.aliases[..]),
            ("区教育委员会", &["区教委".to_owned()][..])
        );
        let contact = unit.contact.as_ref().unwrap();
        assert_eq!((contact.name.as_str(), contact.rank), ("张三", Rank::Handler));
        let options = table.mappings[0].as_options();
        assert!(options.contains("--map 单位名称=单位 --map 简称=别名"), "{options}");
        assert!(options.contains("--map 职务= "), "{options}");
    }

    #[test]
    fn a_person_may_say_what_a_column_holds() {
        let choice = |head: &str, field: &str| ColumnChoice {
            head: head.to_owned(),
            field: field.to_owned(),
        };
        let text = "谁,信箱,哪里\n张三,z@y.example,区教委\n";
        let choices = [choice("哪里", "单位"), choice("谁", "联系人"), choice("信箱", "邮箱")];
        let rows = read_units("u.csv", text.as_bytes(), &choices).rows;
        assert_eq!(rows[0].unit.name, "区教委");
        let faults = read_units("u.csv", text.as_bytes(), &[choice("没有", "单位")]).faults;
        let kind = TableFault::NoSuchHead { written: "没有".to_owned() }.into();
        assert!(faults.iter().any(|fault| fault.kind == kind), "{faults:?}");
    }
}
