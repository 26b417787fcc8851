//! The books of `extract`: every row and every word about time is counted, and exit code 20 says that some were not read.

use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};

use super::gold::{read_seed, seed_names};
use crate::support::office::TestOffice;

const TABLE: &str = "序号,工作任务,责任单位,完成时限,备注\n\
                     1,建成平台,区教委,2022年11月底前,\n\
                     2,日常维护,区教委,持续推进,\n\
                     3,编制目录,区民政局,,\n\
                     4,公开预算,区财政局,汇报后,\n";

fn json(out: &str) -> Value {
    serde_json::from_str(out).unwrap()
}

#[test]
fn rows_duties_undated_words_questions_and_what_is_left_out_are_counted() {
    let office = TestOffice::new();
    let table = office.write("任务.csv", TABLE);
    let run = office.run(&["extract", &table, "--format", "json"]).expect_code(0);
    let read = json(&run.out);
    assert_eq!(
        read["counts"],
        json!({"rows": 4, "duties": 2, "undated": 1, "questions": 1, "unread": 0, "left_out": 1})
    );
    assert_eq!(read["left_out"][0]["reason"], "row_without_limit");
    assert!(run.err.contains("row without a time limit: 编制目录"), "{}", run.err);
}

#[test]
fn a_limit_that_is_not_read_ends_with_exit_20_and_is_marked_in_the_review() {
    let office = TestOffice::new();
    let table = office
        .write("任务.csv", TABLE.replace("2022年11月底前,", "2022年11月底前,每月25日前报送进展"));
    let page = office.path("review.html");
    let page = page.to_str().unwrap();
    let run = office.run(&["extract", &table, "--review", page]).expect_code(20);
    assert!(run.err.contains("not understood: “每月25日前”"), "{}", run.err);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        page.contains("<mark class=\"unread\" title=\"not understood\">每月25日前</mark>"),
        "{page}"
    );
}

/// A person hid a row and a sheet and struck out a row: they are no duties, and they are named.
#[test]
fn what_is_hidden_or_struck_out_is_left_out_and_named() {
    let mut workbook = Workbook::new();
    let struck = Format::new().set_font_strikethrough();
    let sheet = workbook.add_worksheet();
    for (row, task) in (0_u32..).zip(["事项", "甲", "隐藏行", "删除线"]) {
        let cells = [
            task,
            if row == 0 { "完成时限" } else { "2026年6月底前" },
            if row == 0 { "责任单位" } else { "财政局" },
        ];
        for (column, text) in (0_u16..).zip(cells) {
            if row == 3 {
                sheet.write_string_with_format(row, column, text, &struck).unwrap();
            } else {
                sheet.write_string(row, column, text).unwrap();
            }
        }
    }
    sheet.set_row_hidden(2).unwrap();
    let old = workbook.add_worksheet();
    old.write_string(0, 0, "旧表 2025年6月底前").unwrap();
    old.set_hidden(true);
    let office = TestOffice::new();
    let file = office.write("任务.xlsx", workbook.save_to_buffer().unwrap());
    let run = office.run(&["extract", &file, "--format", "json"]).expect_code(0);
    let read = json(&run.out);
    assert_eq!(read["counts"]["duties"], 1, "{}", run.out);
    for gone in ["隐藏行", "删除线", "旧表"] {
        assert!(
            run.err.contains(&format!("hidden or struck out, left out: {gone}")),
            "{}",
            run.err
        );
    }
}

/// The five documents are long; what reads like a limit and is none has a reason.
#[test]
fn nothing_of_the_five_documents_is_unread() {
    for name in seed_names() {
        let (_, extraction) = read_seed(&name);
        let unread: Vec<_> = extraction.account.unread.iter().map(|it| &it.around).collect();
        println!("{name}: {:?}", extraction.account.reasons());
        assert!(unread.is_empty(), "{name}: {unread:#?}");
    }
}
