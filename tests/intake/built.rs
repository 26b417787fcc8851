//! The two whole tables as Word documents, spreadsheets, web pages and CSV: the same duties with the same units.

use super::gold::{GoldDuty, gold, read, score, seed_folder};
use crate::support::office_files::{WordCell, docx, xlsx};

struct Table {
    seed: &'static str,
    title: &'static str,
    rows: Vec<Vec<String>>,
}

fn tables() -> [Table; 2] {
    [
        Table {
            seed: "002",
            title: "渝中区2022年政务公开工作要点任务分工",
            rows: rows("seed-002-rows.csv"),
        },
        Table {
            seed: "003",
            title: "贯彻落实国务院办公厅2020年政务公开工作要点责任分工",
            rows: rows("seed-003-rows.csv"),
        },
    ]
}

/// Header and rows: task, section, measure, lead, responsible.
fn rows(file: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(seed_folder().join(file)).unwrap();
    let header = ["工作任务", "", "贯彻举措", "牵头单位", "责任单位"].map(str::to_owned).to_vec();
    let rows = reader.records().map(|row| row.unwrap().iter().skip(1).map(str::to_owned).collect());
    std::iter::once(header).chain(rows).collect()
}

/// Every gold duty of the table's rows is found, with its units, and nothing else.
fn holds(table: &Table, name: &str, bytes: &[u8]) {
    let (document, extraction) = read(name, bytes);
    let gold = gold();
    let of_table: Vec<&GoldDuty> = gold
        .iter()
        .filter(|duty| {
            duty.document.starts_with(table.seed) && document.text.contains(&duty.expression)
        })
        .collect();
    assert!(of_table.iter().filter(|duty| duty.is_computable).count() >= 5);
    let score = score(&of_table, &document, &extraction);
    assert_eq!((&score.missed, &score.wrong), (&vec![], &vec![]), "{name}");
    for (id, read) in &score.found {
        let duty = gold.iter().find(|duty| duty.id == *id).unwrap();
        assert_eq!((&read.lead, &read.responsible), (&duty.lead, &duty.responsible), "{name} {id}");
    }
}

#[test]
fn word_documents_with_merged_cells_give_the_same_duties() {
    for table in tables() {
        let mut rows: Vec<Vec<WordCell>> = Vec::new();
        for (index, row) in table.rows.iter().enumerate() {
            let cell = |(column, text): (usize, &String)| {
                let continues = column < 2 && index > 1 && table.rows[index - 1][column] == *text;
                let text = if continues { String::new() } else { text.clone() };
                WordCell { text, columns: 1, continues }
            };
            rows.push(row.iter().enumerate().map(cell).collect());
        }
        // 贯彻举措 stands over section and measure
        rows[0].remove(1);
        rows[0][1].columns = 2;
        holds(&table, "a.docx", &docx(&[table.title], &rows));
    }
}

#[test]
fn spreadsheets_with_merged_cells_give_the_same_duties() {
    for table in tables() {
        holds(&table, "a.xlsx", &xlsx(table.title, &table.rows, 2));
        holds(&table, "a.xlsx", &xlsx(table.title, &table.rows, 5));
    }
}

/// The fixture is the first table as Excel 97 writes it, title and cells merged (made with Python's xlwt).
#[test]
fn an_old_spreadsheet_gives_the_same_duties() {
    let [table, _] = tables();
    holds(&table, "a.xls", include_bytes!("fixtures/seed-002.xls"));
}

#[test]
fn a_web_page_and_comma_separated_text_give_the_same_duties() {
    for table in tables() {
        let mut page = format!("<html><body><h1>{}</h1><table>", table.title);
        let mut text = csv::Writer::from_writer(Vec::new());
        for row in &table.rows {
            text.write_record(row).unwrap();
            let cells: Vec<_> =
                row.iter().map(|cell| format!("<td>{}</td>", cell.replace('\n', "<br>"))).collect();
            page.extend(["<tr>", &cells.concat(), "</tr>"]);
        }
        page.push_str("</table></body></html>");
        holds(&table, "a.html", page.as_bytes());
        holds(&table, "a.csv", &text.into_inner().unwrap());
    }
}

#[test]
fn a_document_in_any_encoding_reads_the_same() {
    let text = String::from_utf8(super::gold::seed_bytes("002_cc9e57af21d3afad.txt")).unwrap();
    let expected = read("a.txt", text.as_bytes()).1;
    let (gbk, _, unmappable) = encoding_rs::GB18030.encode(&text);
    assert!(!unmappable);
    assert_eq!(read("a.txt", &gbk).1, expected);
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(read("a.txt", &utf16).1, expected);
}

/// One 完成时限 holds for three rows; the fourth names none, and no merged cell lends it one.
#[test]
fn a_time_limit_merged_over_rows_holds_for_each_of_them() {
    const HEADER: [&str; 4] = ["序号", "工作任务", "责任单位", "完成时限"];
    let rows = [
        ["1", "建成信息公开专栏", "区教委", "2022年11月底前"],
        ["2", "编制事项目录", "区民政局", "2022年11月底前"],
        ["3", "公开财政预算", "区财政局", "2022年11月底前"],
        ["4", "加强队伍建设", "区司法局", ""],
    ];
    let word: Vec<Vec<WordCell>> = std::iter::once(HEADER)
        .chain(rows)
        .enumerate()
        .map(|(index, row)| {
            let continues = |column| column == 3 && (index == 2 || index == 3);
            let cell = |(column, text): (usize, &str)| WordCell {
                text: if continues(column) { String::new() } else { text.to_owned() },
                columns: 1,
                continues: continues(column),
            };
            row.into_iter().enumerate().map(cell).collect()
        })
        .collect();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0_u32..).zip(std::iter::once(HEADER).chain(rows)) {
        for (column, text) in (0_u16..).zip(cells) {
            if column < 3 || row == 0 {
                sheet.write_string(row, column, text).unwrap();
            }
        }
    }
    let plain = rust_xlsxwriter::Format::new();
    sheet.merge_range(1, 3, 3, 3, rows[0][3], &plain).unwrap();
    for (name, bytes) in [
        ("a.docx", docx(&["任务分工"], &word)),
        ("a.xlsx", workbook.save_to_buffer().unwrap()),
        ("a.html", page_with_merged_times(&HEADER, &rows).into_bytes()),
    ] {
        let found: Vec<(String, String, Vec<String>)> = read(name, &bytes)
            .1
            .duties
            .into_iter()
            .map(|duty| (duty.text, duty.term.unwrap().to_string(), duty.responsible))
            .collect();
        let expected: Vec<_> = rows[..3]
            .iter()
            .map(|row| (row[1].to_owned(), "2022-11-30".to_owned(), vec![row[2].to_owned()]))
            .collect();
        assert_eq!(found, expected, "{name}");
    }
}

/// A page whose first three rows share the last cell.
fn page_with_merged_times(header: &[&str; 4], rows: &[[&str; 4]]) -> String {
    let mut page = "<table>".to_owned();
    for (index, [number, task, unit, time]) in std::iter::once(header).chain(rows).enumerate() {
        let time = match index {
            1 => format!("<td rowspan=3>{time}</td>"),
            2 | 3 => String::new(),
            _ => format!("<td>{time}</td>"),
        };
        let cells = [*number, "</td><td>", *task, "</td><td>", *unit, "</td>", &time];
        page.extend(["<tr><td>", &cells.concat(), "</tr>"]);
    }
    page + "</table>"
}
