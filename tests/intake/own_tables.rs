//! The office's own tables go straight into the ledger: what each column is taken for is said, and a person may say it.

use serde_json::Value;

use crate::support::office::TestOffice;
use crate::support::office_files::{WordCell, docx, xlsx};

const HEAD: [&str; 7] =
    ["序号", "工作任务", "完成时限", "责任主体", "配合单位", "进展情况", "分管领导"];
const ROWS: [[&str; 7]; 4] = [
    ["1", "建成信息平台", "2026年11月底前", "区教委", "区财政局", "正在推进", "王某"],
    ["2", "编制事项目录", "9月底", "区民政局", "", "", "王某"],
    ["3", "开展满意度调查", "6月底、12月底", "区司法局", "", "", "李某"],
    ["4", "日常维护", "长期", "区教委", "", "", "李某"],
];

fn rows() -> Vec<Vec<String>> {
    let owned = |row: &[&str; 7]| row.iter().map(|cell| (*cell).to_owned()).collect();
    std::iter::once(&HEAD).chain(&ROWS).map(owned).collect()
}

fn csv(separator: &str) -> String {
    rows().iter().map(|row| row.join(separator) + "\n").collect()
}

fn office() -> TestOffice {
    let office = TestOffice::new();
    let names = ["区教委", "区财政局", "区民政局", "区司法局"];
    let units: String =
        names.map(|name| format!("{name},{name}员,{}@y.example\n", name.len())).concat();
    let units = office.write("通讯录.csv", format!("单位名称,姓名,电子邮箱\n{units}"));
    office.run(&["--as-of", "2026-03-02", "import", "units", &units]).expect_code(0);
    office
}

/// Title, due date and responsible units of everything in the ledger.
fn ledger(office: &TestOffice) -> Vec<(String, String, String)> {
    let all = office.json(&["--as-of", "2026-03-02", "upcoming", "--all"]);
    let told = |entry: &Value| {
        let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        (text("title"), text("due"), entry["responsible"].to_string())
    };
    let mut all: Vec<_> = all.as_array().unwrap().iter().map(told).collect();
    all.sort();
    all
}

fn word(rows: &[Vec<String>]) -> Vec<u8> {
    let cell = |text: &String| WordCell { text: text.clone(), columns: 1, continues: false };
    let rows: Vec<Vec<WordCell>> = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    docx(&["2026年重点任务分解表"], &rows)
}

#[test]
fn a_table_with_the_offices_own_heads_is_imported_whatever_its_form() {
    let title = "2026年重点任务分解表";
    let gbk = encoding_rs::GB18030.encode(&format!("{title}\n{}", csv(";"))).0.into_owned();
    let forms: [(&str, Vec<u8>); 5] = [
        ("任务.xlsx", xlsx(title, &rows(), 0)),
        ("任务.docx", word(&rows())),
        ("任务.csv", gbk),
        ("任务.csv", format!("\u{feff}{title}\n{}", csv(",")).into_bytes()),
        ("任务.csv", format!("sep=;\n{title}\n{}", csv(";")).into_bytes()),
    ];
    let mut first = None;
    for (name, bytes) in forms {
        let office = office();
        let file = office.write(name, bytes);
        let run =
            office.run(&["--as-of", "2026-03-02", "import", "obligations", &file]).expect_code(0);
        for taken in [
            "--map 工作任务=事项",
            "--map 完成时限=时限",
            "--map 责任主体=责任单位",
            "--map 配合单位=责任单位",
        ] {
            assert!(run.err.contains(taken), "{name}: {}", run.err);
        }
        assert!(run.err.contains("(not read: 序号)"), "{name}: {}", run.err);
        let found = ledger(&office);
        assert_eq!(found.len(), 5, "{name}: {found:?}");
        assert!(
            found.iter().any(|(title, due, units)| title == "建成信息平台"
                && due == "2026-11-30"
                && units.contains("区教委")
                && units.contains("区财政局")),
            "{name}: {found:?}"
        );
        let calls: Vec<&str> = found
            .iter()
            .filter(|it| it.0.starts_with("开展满意度调查"))
            .map(|it| it.1.as_str())
            .collect();
        assert_eq!(calls, ["2026-12-31", "2026-06-30"], "{name}");
        assert_eq!(first.get_or_insert_with(|| found.clone()), &found, "{name}");
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let office = office();
    let file = office.write("任务.xlsx", xlsx("2026年重点任务分解表", &rows(), 0));
    office
        .run(&["--as-of", "2026-03-02", "import", "obligations", "--dry-run", &file])
        .expect_code(0);
    assert_eq!(ledger(&office), []);
    let more = office.write("更多.csv", "单位,联系人,邮箱\n区审计局,张三,z@y.example\n");
    let run = office.run(&["import", "units", "--dry-run", &more]).expect_code(0);
    assert!(run.err.contains("nothing was written"), "{}", run.err);
    let table = office.write("一项.csv", "事项,时限,责任单位\n甲,2026-06-30,区审计局\n");
    office.run(&["--as-of", "2026-03-02", "import", "obligations", &table]).expect_code(14);
}

#[test]
fn a_person_may_say_what_a_column_is() {
    let office = office();
    let table = "干什么,谁来干,谁牵头,啥时候\n建成平台,区教委,区民政局,2026年6月底前\n";
    let file = office.write("任务.csv", table);
    let run = office.run(&[
        "import",
        "obligations",
        "--map",
        "谁牵头=牵头单位",
        "--map",
        "没有=事项",
        &file,
    ]);
    assert!(run.expect_code(14).err.contains("the table has no column `没有`"));
    let run = office.run(&["import", "obligations", "--map", "谁牵头=谁", &file]).expect_code(14);
    assert!(run.err.contains("no such column `谁`"), "{}", run.err);
    let map = [
        "--map",
        "干什么=事项",
        "--map",
        "谁来干=responsible",
        "--map",
        "谁牵头=牵头单位",
        "--map",
        "啥时候=时限",
    ];
    let arguments =
        [&["--as-of", "2026-03-02", "import", "obligations"][..], &map, &[file.as_str()]].concat();
    office.run(&arguments).expect_code(0);
    let found = ledger(&office);
    assert_eq!(found[0].0, "建成平台");
    assert!(found[0].2.contains("区教委") && !found[0].2.contains("区民政局"), "{found:?}");
}

#[test]
fn merged_cells_hold_for_every_row_they_cover() {
    let office = office();
    let head = ["工作任务", "责任单位", "完成时限"].map(str::to_owned).to_vec();
    let row = |task: &str| [task, "区教委", "2026年6月底前"].map(str::to_owned).to_vec();
    let mut sheet: Vec<Vec<String>> = vec![head, row("甲"), row("乙"), row("丙")];
    // columns are merged from the left
    for row in &mut sheet {
        row.rotate_left(1);
    }
    let file = office.write("任务.xlsx", xlsx("2026年任务", &sheet, 2));
    office.run(&["--as-of", "2026-03-02", "import", "obligations", &file]).expect_code(0);
    let titles: Vec<String> = ledger(&office).into_iter().map(|it| it.0).collect();
    assert_eq!(titles, ["丙", "乙", "甲"]);
}

#[test]
fn a_template_is_filled_in_and_its_example_is_never_imported() {
    let office = office();
    for kind in ["units", "obligations"] {
        let file = office.path(&format!("{kind}.xlsx"));
        let file = file.to_str().unwrap();
        // in both languages on a copy, so that the file is new each time
        office.run(&["template", kind, file]).expect_code(0);
        let again = office.run(&["template", kind, file]).expect_code(14);
        assert!(again.err.contains("exist"), "{}", again.err);
        let run = office.run(&["import", kind, "--dry-run", file]);
        assert!(!run.err.contains("示例") && run.code != 1, "{}", run.err);
    }
    assert_eq!(ledger(&office), []);
}
