//! What comes in and what goes out: text is text, a table opens in a spreadsheet, settings mean what they say, and a mail
//! is of a size that can be read.

use crate::support::office::TestOffice;

const DAY: &str = "2026-11-25T09:30";
const UNITS: &str = "单位,上级单位,联系人,邮箱,职级\n府办,,府甲,fu@office.example,承办人\n甲局,府办,甲,a@unit.example,承办人\n";
const COLUMNS: &str = "事项,时限,责任单位,编号,来源,备注\n";
/// An escape that writes to the clipboard, a direction mark, no width, a C1 control.
const HIDDEN: [&str; 4] =
    ["清\u{1b}]52;c;ZXZpbA==\u{7}理", "清\u{202e}理", "清\u{200b}理", "清\u{9b}31m理"];

fn office() -> TestOffice {
    let office = TestOffice::new();
    let units = office.write("units.csv", UNITS);
    office.run(&["--as-of", DAY, "import", "units", &units]).expect_code(0);
    office
}

fn import(office: &TestOffice, kind: &str, text: &str, code: i32) -> String {
    let file = office.write("table.csv", text);
    office.run(&["--as-of", DAY, "import", kind, &file]).expect_code(code).err
}

#[test]
fn what_nobody_sees_is_refused_in_every_column_with_row_and_column_named() {
    let office = office();
    for hidden in HIDDEN {
        for (column, name) in [(0, "事项"), (2, "责任单位"), (3, "编号"), (4, "来源"), (5, "备注")]
        {
            let mut cells = ["清理", "2026-12-31", "甲局", "R", "", ""];
            cells[column] = hidden;
            let said =
                import(&office, "obligations", &format!("{COLUMNS}{}\n", cells.join(",")), 14);
            assert!(said.contains(":2: ") && said.contains(name) && said.contains("U+"), "{said}");
        }
        for column in 0..3 {
            let mut cells = ["乙局", "府办", "乙", "b@unit.example", "承办人"];
            cells[column] = hidden;
            let header = UNITS.lines().next().unwrap();
            let said = import(&office, "units", &format!("{header}\n{}\n", cells.join(",")), 14);
            assert!(said.contains("U+"), "{said}");
        }
    }
    assert_eq!(office.json(&["upcoming"]), serde_json::json!([]));
}

#[test]
fn what_nobody_sees_is_refused_on_the_command_line() {
    let office = office();
    import(&office, "obligations", &format!("{COLUMNS}清理,2026-12-31,甲局,R,,\n"), 0);
    for hidden in HIDDEN.into_iter().chain(["清\n理"]) {
        let said =
            office.run(&["--as-of", DAY, "withdraw", "R", "--reason", hidden]).expect_code(2).err;
        assert!(said.contains("U+"), "{said}");
    }
}

#[test]
fn a_line_break_in_a_cell_is_one_space_and_no_second_line() {
    let office = office();
    import(
        &office,
        "obligations",
        &format!("{COLUMNS}\"清理\n并公示\",2026-12-31,甲局,\"R\n1\",,\n"),
        0,
    );
    let duty = &office.json(&["show", "R 1"])[0];
    assert_eq!(duty["title"], "清理 并公示");
}

#[test]
fn what_a_document_hides_is_no_part_of_what_it_says() {
    let office = office();
    let document = office.write(
        "plan.txt",
        "（一）清\u{1b}[31m理规范性\u{200b}文件。2026年12月\u{202e}底前完成。（责任单位：甲局）\n",
    );
    for format in ["table", "csv", "json"] {
        let out = office.run(&["--as-of", DAY, "--format", format, "extract", &document]).out;
        assert!(!out.chars().any(|c| "\u{200b}\u{202e}\u{1b}".contains(c)), "{out:?}");
        assert!(out.contains("2026年12月底前"), "{out}");
    }
}

#[test]
fn what_is_in_the_ledger_already_does_nothing_to_a_terminal() {
    let office = office();
    import(&office, "obligations", &format!("{COLUMNS}清理,2026-12-31,甲局,R,,\n"), 0);
    change(
        &office,
        "UPDATE obligation SET title = '清' || char(27) || '[31m' || char(8238) || '理'",
    );
    for command in [&["upcoming"][..], &["show", "R"], &["bulletin"], &["explain", "R"], &["plan"]]
    {
        for format in ["table", "csv", "json"] {
            let arguments = [&["--as-of", DAY, "--format", format], command].concat();
            let run = office.run(&arguments);
            for text in [&run.out, &run.err] {
                assert!(!text.contains(['\u{1b}', '\u{202e}']), "{arguments:?}: {text:?}");
            }
        }
    }
    let shown = &office.json(&["upcoming"])[0]["title"];
    assert_eq!(shown, "清\u{1b}[31m\u{202e}理", "JSON gives the text back");
}

fn change(office: &TestOffice, statement: &'static str) {
    use sqlx::{Connection as _, SqliteConnection};
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let url = format!("sqlite://{}", office.path("duban.db").display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

#[test]
fn a_formula_is_guarded_on_its_way_out_and_comes_back_without_the_guard() {
    let office = office();
    let formula = "=cmd|' /C calc'!A1";
    import(&office, "obligations", &format!("{COLUMNS}{formula},2026-12-31,甲局,R,,\n"), 0);
    let out = office.run(&["--as-of", DAY, "--format", "csv", "upcoming"]).expect_code(0).out;
    assert!(out.contains(&format!("'{formula}")), "{out}");
    let again = format!("{COLUMNS}'{formula},2026-12-31,甲局,S,,\n");
    import(&office, "obligations", &again, 0);
    assert_eq!(office.json(&["show", "S"])[0]["title"], formula);
}

#[test]
fn settings_that_cannot_work_are_named_before_the_service_starts() {
    for (key, value, said) in [
        ("SCHEDULE__PASS", "0 0 0 31 2 *", "never comes"),
        ("MAIL__SMTP__HOST", "a b", "host name"),
        ("MAIL__SMTP__HOST", "127.0.0.1\r\nX", "host name"),
        ("OFFICE__UNIT", "府\u{1b}[31m办", "U+001B"),
        ("DATABASE__PATH", "/", "is no file"),
        ("DATA__RULES", "/dev/zero", "no such file has"),
        ("DATA__LADDERS", "/dev/zero", "no such file has"),
    ] {
        let mut office = TestOffice::new();
        office.set("MAIL__TRANSPORT", "smtp");
        office.set("MAIL__SMTP__TLS", "none");
        office.set(key, value);
        let run = office.run(&["doctor", "--config-only"]).expect_code(10);
        assert!(run.err.contains(said), "{key}: {}", run.err);
    }
}

#[test]
fn no_password_goes_out_in_clear_text_unless_it_is_said() {
    let mut office = TestOffice::new();
    let password = office.write("password", "secret\n");
    office.set("MAIL__TRANSPORT", "smtp");
    office.set("MAIL__SMTP__TLS", "none");
    office.set("MAIL__SMTP__USERNAME", "duban");
    office.set("MAIL__SMTP__PASSWORD_FILE", &password);
    std::fs::set_permissions(&password, std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .unwrap();
    office.run(&["doctor", "--config-only"]).expect_code(0);
    office.set("MAIL__SMTP__HOST", "mail.elsewhere.example");
    let run = office.run(&["doctor", "--config-only"]).expect_code(10);
    assert!(run.err.contains("clear text"), "{}", run.err);
    office.set("MAIL__SMTP__LOGIN_WITHOUT_TLS", "allowed");
    office.run(&["doctor", "--config-only"]).expect_code(0);
}

#[test]
fn an_assumed_time_sends_nothing_to_people() {
    let mut office = office();
    office.set("MAIL__TRANSPORT", "smtp");
    office.set("MAIL__SMTP__HOST", "mail.elsewhere.example");
    for command in [&["remind"][..], &["serve"]] {
        let run = office.run(&[&["--as-of", DAY], command].concat()).expect_code(2);
        assert!(run.err.contains("mail.elsewhere.example"), "{}", run.err);
    }
    office.run(&["--as-of", DAY, "remind", "--dry-run"]).expect_code(0);
}

#[test]
fn an_office_on_trial_gets_every_mail_itself_with_the_true_recipient_named() {
    let mut office = office();
    office.set("MAIL__REDIRECT_TO", "trial@office.example");
    import(&office, "obligations", &format!("{COLUMNS}清理,2026-11-25,甲局,R,,\n"), 0);
    office.run(&["--as-of", DAY, "remind"]).expect_code(0);
    let mails = office.mails();
    let mail = String::from_utf8_lossy(&mails[0]);
    assert!(mail.contains("X-Duban-Redirected-To: trial@office.example"), "{mail}");
    assert!(mail.contains("X-Duban-Recipient: a@unit.example"), "{mail}");
    let said = office.run(&["--as-of", DAY, "doctor", "--config-only"]).expect_code(0).err;
    assert!(said.contains("trial@office.example"), "{said}");
}

#[test]
fn a_test_mail_goes_to_one_address_and_leaves_no_trace() {
    let office = office();
    office.run(&["--as-of", DAY, "doctor", "--send-test", "me@office.example"]).expect_code(0);
    let mails = office.mails();
    assert_eq!(mails.len(), 1);
    assert!(String::from_utf8_lossy(&mails[0]).contains("me@office.example"));
    assert_eq!(office.json(&["outbox", "list", "--state", "all"]), serde_json::json!([]));
}

#[test]
fn a_contact_with_very_many_duties_gets_the_worst_now_and_the_rest_the_next_day() {
    let mut office = office();
    office.set("DELIVERY__SURGE_LIMIT", "1000");
    let rows: Vec<String> = (0..230).map(|n| format!("清理{n},2026-12-01,甲局,R{n},,\n")).collect();
    let rows = rows.concat();
    import(&office, "obligations", &format!("{COLUMNS}{rows}"), 0);
    // the operator hears of it
    office.run(&["--as-of", DAY, "remind"]).expect_code(20);
    let told = |at: usize| {
        let mails = office.mails();
        let parser = mail_parser::MessageParser::default();
        let texts = mails
            .iter()
            .map(|mail| parser.parse(mail.as_slice()).unwrap().body_text(0).unwrap().into_owned());
        let mut texts: Vec<String> = texts.collect();
        texts.sort_by_key(String::len);
        texts.reverse();
        texts.get(at).cloned().unwrap_or_default()
    };
    let first = told(0).replace(char::is_whitespace, "");
    assert!(first.contains("另有30项"), "{first}");
    office.run(&["--as-of", "2026-11-26T09:30", "remind"]).expect_code(0);
    assert_eq!(office.mails().len(), 2);
    assert!(told(1).matches("清理").count() >= 30, "{}", told(1));
}

#[test]
fn an_argument_is_no_longer_than_a_cell_may_be() {
    let office = office();
    let add = |title: &str| {
        let what = ["--when", "2026-12-31", "--unit", "甲局"];
        office.run(&[&["--as-of", DAY, "add", "--title", title], &what[..]].concat())
    };
    let said = add(&"长".repeat(10_001)).expect_code(2).err;
    assert!(said.contains("longer than 10000 characters") && said.len() < 300, "{said}");
    add(&"长".repeat(10_000)).expect_code(0);
}

#[test]
fn at_most_fifty_faults_are_listed_and_the_rest_is_counted() {
    let office = office();
    let rows: Vec<String> = (0..80).map(|n| format!("清理{n},不知何时,甲局,R{n},,\n")).collect();
    let rows = rows.concat();
    let said = import(&office, "obligations", &format!("{COLUMNS}{rows}"), 14);
    assert!(said.lines().count() < 60, "{}", said.lines().count());
    assert!(said.contains("and 30 more"), "{said}");
    let wide: Vec<String> = (0..2000).map(|n| format!("c{n}")).collect();
    let said = import(&office, "obligations", &format!("{}\n", wide.join(",")), 14);
    assert!(said.lines().count() < 5 && said.contains("2000 columns"), "{said}");
}
