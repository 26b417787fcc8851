//! Tables of units: who there is, how they are called, where their mail goes.
//!
//! Must not know: which units the ledger holds.

use crate::domain::address::Address;
use crate::domain::directory::ListedUnit;
use crate::domain::unit::Rank;

use super::columns::{CellFault, Column, Located, LocatedRow, names_in};
use super::fault::{RowFault, RowFaultKind};
use super::sheet::Sheet;
use super::table::Table;

const COLUMNS: [Column; 7] = [
    Column { chinese: "单位", english: "unit", required: true },
    Column { chinese: "别名", english: "aliases", required: false },
    Column { chinese: "上级单位", english: "parent", required: false },
    Column { chinese: "单位组", english: "groups", required: false },
    Column { chinese: "联系人", english: "contact", required: false },
    Column { chinese: "邮箱", english: "email", required: false },
    Column { chinese: "职级", english: "rank", required: false },
];
const UNIT: usize = 0;
const ALIASES: usize = 1;
const PARENT: usize = 2;
const GROUPS: usize = 3;
const CONTACT: usize = 4;
const EMAIL: usize = 5;
const RANK: usize = 6;

/// One row of a table of units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    /// Its line in the file.
    pub line: usize,
    /// What it lists.
    pub unit: ListedUnit,
}

/// Reads a table of units; one row a contact.
///
/// Rows with a fault are left out; every fault is among those returned.
pub fn read_units(file_name: &str, bytes: &[u8]) -> Table<UnitRow> {
    Table::of(file_name, bytes, &COLUMNS, read_rows)
}

fn read_rows(sheet: &Sheet, located: &Located) -> Table<UnitRow> {
    let mut faults = sheet.faults.clone();
    let mut rows = Vec::with_capacity(sheet.rows.len());
    for row in &sheet.rows {
        let reader = UnitReader(LocatedRow { sheet, located, row });
        if let Some(unit) = reader.unit(&mut faults) {
            rows.push(UnitRow { line: row.line, unit });
        }
    }
    faults.sort_by_key(|fault| fault.line);
    Table { rows, faults }
}

/// Reads the cells of one row.
struct UnitReader<'a>(LocatedRow<'a>);

impl UnitReader<'_> {
    fn unit(&self, faults: &mut Vec<RowFault>) -> Option<ListedUnit> {
        let name = self.0.keep(self.name(), faults);
        let contact = if self.names_contact() { Some(self.contact(faults)?) } else { None };
        Some(ListedUnit {
            name: name?,
            aliases: names_in(self.0.cell(ALIASES)),
            parent: self.0.filled(PARENT).map(str::to_owned),
            groups: names_in(self.0.cell(GROUPS)),
            contact,
        })
    }

    fn name(&self) -> Result<String, CellFault> {
        match self.0.cell(UNIT) {
            "" => Err(in_cell(UNIT, RowFaultKind::EmptyCell { example: "区教委" })),
            name => Ok(name.to_owned()),
        }
    }

    /// True when any of the contact's three cells holds something; then all of them must.
    fn names_contact(&self) -> bool {
        [CONTACT, EMAIL, RANK].into_iter().any(|column| self.0.filled(column).is_some())
    }

    fn contact(&self, faults: &mut Vec<RowFault>) -> Option<(String, Address, Rank)> {
        let name = self.0.keep(self.of_contact(CONTACT, "办公室承办人"), faults);
        let address = self.0.keep(self.address(), faults);
        let rank = self.0.keep(self.rank(), faults);
        Some((name?.to_owned(), address?, rank?))
    }

    fn address(&self) -> Result<Address, CellFault> {
        let written = self.of_contact(EMAIL, "bgs@yuzhong.example")?;
        Address::parse(written).map_err(|fault| {
            in_cell(EMAIL, RowFaultKind::BadAddress { written: written.to_owned(), fault })
        })
    }

    fn rank(&self) -> Result<Rank, CellFault> {
        let written = self.of_contact(RANK, "承办人")?;
        Rank::from_word(&written.to_ascii_lowercase()).ok_or_else(|| {
            let known = Rank::ALL.into_iter().map(Rank::chinese).collect();
            in_cell(RANK, RowFaultKind::UnknownRank { written: written.to_owned(), known })
        })
    }

    /// A cell that a row with a contact must fill.
    fn of_contact(&self, column: usize, example: &'static str) -> Result<&str, CellFault> {
        self.0
            .filled(column)
            .ok_or_else(|| in_cell(column, RowFaultKind::IncompleteContact { example }))
    }
}

/// A fault of the cell of the column declared at `column`.
fn in_cell(column: usize, kind: RowFaultKind) -> CellFault {
    CellFault { column, kind }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::AddressFault;

    fn kinds(text: &str) -> Vec<(Option<usize>, Option<String>, RowFaultKind)> {
        let faults = read_units("单位.csv", text.as_bytes()).faults;
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
        )
        .rows;
        assert_eq!(rows[0].unit.aliases, ["区人社局", "区人力资源社会保障局"]);
        assert_eq!(rows[0].unit.groups, ["区政府各部门", "成员单位"]);
        let address = Address::parse("a@y.example").unwrap();
        assert_eq!(rows[0].unit.contact, Some(("办公室承办人".to_owned(), address, Rank::Handler)));
        assert_eq!((rows[1].line, &rows[1].unit.contact), (3, &None));
    }

    #[test]
    fn english_headers_in_any_order_do_as_well() {
        let rows = read_units("u.csv", b"rank,Email,contact,unit\nHead,a@y.example,H,U\n").rows;
        assert_eq!(rows[0].unit.contact.as_ref().unwrap().2, Rank::Head);
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
                    RowFaultKind::IncompleteContact { example: "bgs@yuzhong.example" }
                ),
                (Some(3), column("单位"), RowFaultKind::EmptyCell { example: "区教委" }),
                (
                    Some(3),
                    column("职级"),
                    RowFaultKind::UnknownRank {
                        written: "科长".to_owned(),
                        known: vec!["承办人", "负责人", "分管领导"]
                    }
                ),
                (
                    Some(4),
                    column("邮箱"),
                    RowFaultKind::BadAddress {
                        written: "ｃ@y.example".to_owned(),
                        fault: AddressFault::NotAscii('ｃ')
                    }
                ),
            ]
        );
    }

    #[test]
    fn a_header_is_checked_before_any_row() {
        let found = kinds("单位名,邮件,邮箱,email\n甲,,,\n");
        assert!(matches!(&found[0].2, RowFaultKind::UnknownColumn { meant: Some("单位"), .. }));
        assert!(matches!(&found[1].2, RowFaultKind::UnknownColumn { meant: Some("邮箱"), .. }));
        assert_eq!(found[2].2, RowFaultKind::RepeatedColumn { written: "email".to_owned() });
        assert_eq!(found[3].2, RowFaultKind::MissingColumn { chinese: "单位", english: "unit" });
    }
}
