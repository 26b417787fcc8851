//! The columns of a table of obligations, and which of them an office's own columns are.
//!
//! Must not know: how a cell is read.

use super::columns::{Column, Guess, optional, required};
use super::extract::office_table::{OfficeField, office_fields};

pub(super) const COLUMNS: [Column; 19] = [
    required("事项", "title"),
    required("时限", "when"),
    optional("起算日", "trigger"),
    optional("牵头单位", "lead").repeatable(),
    required("责任单位", "responsible").repeatable(),
    optional("规则", "rule"),
    optional("来源", "source"),
    optional("备注", "note").repeatable(),
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
pub(super) const TITLE: usize = 0;
pub(super) const WHEN: usize = 1;
pub(super) const TRIGGER: usize = 2;
pub(super) const LEAD: usize = 3;
pub(super) const RESPONSIBLE: usize = 4;
pub(super) const RULE: usize = 5;
pub(super) const SOURCE: usize = 6;
pub(super) const NOTE: usize = 7;
pub(super) const REFERENCE: usize = 8;
pub(super) const YEAR: usize = 9;
pub(super) const QUESTION: usize = 10;
pub(super) const THEN: usize = 11;
pub(super) const INTERNAL: usize = 12;
pub(super) const PART_OF: usize = 13;
pub(super) const ENDS: usize = 14;
pub(super) const STATE: usize = 15;
pub(super) const DONE: usize = 16;
pub(super) const EVIDENCE: usize = 17;
pub(super) const INSTRUCTIONS: usize = 18;

/// What the columns under `head` are taken for, by their heads and by the cells of the first rows.
pub(super) fn guesses(head: &[String], sample: &[Vec<String>]) -> Vec<Guess> {
    let guess = |field: &OfficeField| match field {
        OfficeField::Title => Guess::Field(TITLE),
        OfficeField::Limit => Guess::Field(WHEN),
        OfficeField::Lead => Guess::Field(LEAD),
        OfficeField::Responsible => Guess::Field(RESPONSIBLE),
        OfficeField::DoneOn => Guess::Field(DONE),
        OfficeField::Status => Guess::Field(STATE),
        OfficeField::Remark => Guess::Field(NOTE),
        OfficeField::Passing => Guess::Unused,
    };
    office_fields(head, sample).iter().map(guess).collect()
}
