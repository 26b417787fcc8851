//! One table of tasks in six file forms: whatever its time cells, added columns and lists of units look like, no row is lost.
//!
//! The rows a careful person would read without doubt give their day; the others come out as an undated word or a question.

use duban::intake::document::Document;
use duban::intake::extract::{Extraction, extract};

use crate::support::office_files::{WordCell, docx, xlsx};

const HEAD: [&str; 3] = ["工作任务", "责任单位", "完成时限"];

fn owned(row: &[&str]) -> Vec<String> {
    row.iter().map(|cell| (*cell).to_owned()).collect()
}

/// The table in every file form, each with its file name.
pub(super) fn files(rows: &[Vec<String>]) -> Vec<(&'static str, Vec<u8>)> {
    let mut text = csv::Writer::from_writer(Vec::new());
    let mut page = "<html><body><table>".to_owned();
    let mut lines = String::new();
    let mut tabs = String::new();
    for row in rows {
        text.write_record(row).unwrap();
        page.extend(["<tr><td>", &row.join("</td><td>"), "</td></tr>"]);
        lines.extend(["| ", &row.join(" | "), " |\n"]);
        tabs.extend([&row.join("\t"), "\n"]);
    }
    page.push_str("</table></body></html>");
    let word = |text: &String| WordCell { text: text.clone(), columns: 1, continues: false };
    let word: Vec<Vec<WordCell>> = rows.iter().map(|row| row.iter().map(word).collect()).collect();
    vec![
        ("a.csv", text.into_inner().unwrap()),
        ("a.html", page.into_bytes()),
        ("a.md", lines.into_bytes()),
        ("a.txt", tabs.into_bytes()),
        ("a.docx", docx(&[], &word)),
        ("a.xlsx", xlsx("任务清单", rows, 0)),
    ]
}

fn read(name: &str, bytes: &[u8]) -> Extraction {
    extract(&Document::read(name, bytes).unwrap(), &[], Some(2026))
}

fn terms(extraction: &Extraction) -> Vec<String> {
    let terms = extraction.duties.iter();
    terms.map(|duty| duty.term.as_ref().map_or("?".to_owned(), ToString::to_string)).collect()
}

fn of_limit(limit: &str) -> Vec<Vec<String>> {
    vec![owned(&HEAD), owned(&["完善台账管理制度", "教育局", limit])]
}

#[test]
fn a_time_cell_gives_its_days_in_every_file_form() {
    for (limit, expected) in [
        ("2026 Q1", &["2026-03-31"][..]),
        ("Q1", &["2026-03-31"]),
        ("2026 H1", &["2026-06-30"]),
        ("05-14", &["2026-05-14"]),
        ("05/14", &["2026-05-14"]),
        ("5.14", &["2026-05-14"]),
        ("三至五年", &["5y"]),
        ("3-5年内", &["5y"]),
        ("2026年、2027年各建成50套", &["2026-12-31", "2027-12-31"]),
        ("3月：启动，12月：组织验收", &["2026-03-31", "2026-12-31"]),
        ("3月启动、12月验收", &["2026-03-31", "2026-12-31"]),
        ("全年：做好监督", &["2026-12-31"]),
        ("9月，完成主页开发", &["2026-09-30"]),
        ("4月：制定方案", &["2026-04-30"]),
        ("12月，满意度95%以上", &["2026-12-31"]),
        ("5月14日（已完成）", &["2026-05-14"]),
    ] {
        for (name, bytes) in files(&of_limit(limit)) {
            let extraction = read(name, &bytes);
            let due: Vec<String> = extraction
                .duties
                .iter()
                .map(|duty| {
                    let term = duty.term.as_ref().unwrap();
                    let values = duban::intake::extract::TermValues::of(term);
                    values.due.map_or_else(|| term.to_string(), |due| due.to_string())
                })
                .collect();
            assert_eq!(due, expected, "{limit} in {name}");
            let units = extraction.duties.iter().all(|duty| duty.responsible == ["教育局"]);
            assert!(units, "{limit} in {name}");
        }
    }
}

#[test]
fn a_time_cell_without_a_day_is_an_undated_word_or_a_question() {
    for limit in [
        "2026年7月之后",
        "2026年7月起",
        "7月后",
        "各大队",
        "依专案排程",
        "80件完成后",
        "尽速安排",
        "长期工作，按时间节点开展",
        "视情况推进",
        "已完成",
        "待定",
        "汛期前",
    ] {
        for (name, bytes) in files(&of_limit(limit)) {
            let extraction = read(name, &bytes);
            let asked = extraction.duties.iter().filter(|duty| !duty.questions.is_empty()).count();
            assert_eq!(
                asked,
                extraction.duties.len(),
                "{limit} in {name}: {:?}",
                terms(&extraction)
            );
            assert_eq!(asked + extraction.undated.len(), 1, "{limit} in {name}");
        }
    }
}

#[test]
fn a_further_column_changes_nothing() {
    for (head, cell) in [
        ("任务状态", "已办结"),
        ("工作进度", "已启动"),
        ("工作进度", ""),
        ("实际完成时间", ""),
        ("实际完成时间", "2026年2月3日"),
        ("更新时间", "2026年1月8日"),
        ("进展情况", "正在推进"),
        ("项目", "民生"),
        ("行动项", "1"),
        ("截止日", ""),
        ("协助部门", ""),
        ("验收标准", "通过验收"),
        ("反馈时间", "2026年7月5日"),
        ("销号时间", ""),
        ("完成进度", "50%"),
        ("天气", "晴"),
    ] {
        let rows = vec![
            [&HEAD[..], &[head]].concat().iter().map(|cell| (*cell).to_owned()).collect(),
            owned(&["完善台账管理制度", "教育局", "2026年6月底前", cell]),
        ];
        for (name, bytes) in files(&rows) {
            let extraction = read(name, &bytes);
            let [duty] = &extraction.duties[..] else {
                panic!("{head} in {name}: {:?}", terms(&extraction));
            };
            let read = (duty.text.as_str(), &duty.responsible[..], terms(&extraction)[0].clone());
            assert_eq!(
                read,
                ("完善台账管理制度", &["教育局".to_owned()][..], "2026-06-30".to_owned()),
                "{head} in {name}"
            );
        }
    }
}

#[test]
fn units_are_told_apart_by_every_mark_between_them() {
    for units in
        ["教育局／财政局", "教育局/财政局", "教育局+财政局", "教育局 财政局", "①教育局②财政局"]
    {
        let rows = vec![owned(&HEAD), owned(&["完善台账管理制度", units, "2026年6月底前"])];
        for (name, bytes) in files(&rows) {
            let extraction = read(name, &bytes);
            assert_eq!(extraction.duties[0].responsible, ["教育局", "财政局"], "{units} in {name}");
        }
    }
}

/// An empty cell is filled from above only where the file merges it.
#[test]
fn an_empty_cell_of_units_stays_empty() {
    let rows = vec![
        owned(&["工作任务", "责任单位", "配合单位", "完成时限"]),
        owned(&["完善台账管理制度", "教育局", "财政局", "2026年6月底前"]),
        owned(&["修订办事指南", "民政局", "", "2026年9月底前"]),
    ];
    for (name, bytes) in files(&rows) {
        let extraction = read(name, &bytes);
        assert_eq!(extraction.duties[1].responsible, ["民政局"], "{name}");
    }
}

/// A table whose heads nobody knows, or that has none, is read by what its cells say.
#[test]
fn unknown_heads_lose_no_row() {
    for head in [Some(["干什么", "谁来干", "啥时候"]), None] {
        let rows = head.iter().map(|head| owned(head)).chain([
            owned(&["完善台账管理制度", "教育局", "2026年6月底前"]),
            owned(&["修订办事指南", "民政局", "9月"]),
        ]);
        for (name, bytes) in files(&rows.collect::<Vec<_>>()) {
            let extraction = read(name, &bytes);
            assert_eq!(terms(&extraction), ["2026-06-30", "2026-09-30"], "{head:?} in {name}");
            let units: Vec<_> =
                extraction.duties.iter().map(|duty| duty.responsible.join("、")).collect();
            assert_eq!(units, ["教育局", "民政局"], "{head:?} in {name}");
            assert_eq!(extraction.duties[0].text, "完善台账管理制度", "{head:?} in {name}");
        }
    }
}
