//! What an office's own rules and ladders say: a report that closes at once, a ladder outside its term.

use crate::support::office::TestOffice;

fn office(rules: &str, ladders: &str) -> TestOffice {
    let mut office = TestOffice::new();
    for (key, name, text) in
        [("DATA__RULES", "rules.toml", rules), ("DATA__LADDERS", "ladders.toml", ladders)]
    {
        if !text.is_empty() {
            let file = office.write(name, text);
            office.set(key, &file);
        }
    }
    office
}

/// A rule of five working days, with one more line.
fn rule(line: &str) -> String {
    format!(
        "[[rule]]
name = \"当场答复\"
{line}
[[rule.version]]
from = \"2022-01-01\"
term = \"5wd\"
law = \"本区规定\"
article = \"第一条\"
evidence = \"text\"
"
    )
}

fn ladder(name: &str, at: i32) -> String {
    format!(
        "[[ladder]]
name = \"{name}\"
[[ladder.rung]]
name = \"early\"
at = {at}
to = [\"responsible/handler\"]
tone = \"notice\"
"
    )
}

fn reported(rules: &str) -> serde_json::Value {
    let office = office(rules, "");
    let units = "单位,联系人,邮箱,职级\n区财政局,承办人,money@x.example,承办人\n";
    let units = office.write("units.csv", units);
    office.run(&["import", "units", &units]).expect_code(0);
    let add = [
        "add",
        "--rule",
        "当场答复",
        "--title",
        "来电",
        "--on",
        "2022-12-01",
        "--unit",
        "区财政局",
        "--ref",
        "1",
    ];
    office.run(&[&["--as-of", "2022-12-01"], &add[..]].concat()).expect_code(0);
    office.json(&["--as-of", "2022-12-02", "report", "1", "--evidence", "u"])[0]["to"].clone()
}

#[test]
fn a_report_closes_at_once_where_the_rule_says_so_and_waits_for_a_person_elsewhere() {
    assert_eq!(reported(&rule("closes = \"at-once\"")), "closed");
    assert_eq!(reported(&rule("closes = \"by-hand\"")), "reported");
    assert_eq!(reported(&rule("")), "reported");
    let err = office(&rule("closes = \"soon\""), "").run(&["check-config"]).expect_code(10).err;
    assert!(err.contains("rules.toml:3: rule.当场答复.closes: `soon` is not allowed"), "{err}");
}

#[test]
fn a_rung_outside_the_term_of_its_rule_is_refused_with_file_line_and_key() {
    let own = office(&rule("ladder = \"slow\""), &ladder("slow", -5));
    let err = own.run(&["check-config"]).expect_code(10).err;
    assert!(err.contains("rules.toml:3: rule.当场答复.ladder: rung `early` of ladder `slow` lies 5 working days before the date, outside a term of 5 working days"), "{err}");

    let shipped = office("", &ladder("short", -6));
    let err = shipped.run(&["check-config"]).expect_code(10).err;
    assert!(err.contains("ladders.toml:5: ladder.short.rung.early.at: rung `early` of ladder `short` lies 6 working days before the date"), "{err}");

    office(&rule("ladder = \"slow\""), &ladder("slow", -4)).run(&["check-config"]).expect_code(0);
}

#[test]
fn a_rule_that_names_no_ladder_of_the_office_is_refused() {
    let err = office(&rule("ladder = \"sloow\""), "").run(&["check-config"]).expect_code(10).err;
    assert!(
        err.contains("rules.toml:3: rule.当场答复.ladder: there is no ladder `sloow`"),
        "{err}"
    );
}

#[test]
fn a_mail_follows_the_ladder_its_duty_started_on_and_counts_the_repeats() {
    let own = format!(
        "{}[[ladder.rung]]
name = \"late\"
at = 1
to = [\"responsible/handler\"]
tone = \"overdue\"
repeat = {{ every = 2, at_most = 3 }}
",
        ladder("fixed-date", -1)
    );
    let office = office("", &own);
    let units = "单位,联系人,邮箱,职级\n区财政局,承办人,money@x.example,承办人\n";
    let units = office.write("units.csv", units);
    office.run(&["--as-of", "2022-12-01", "import", "units", &units]).expect_code(0);
    let add =
        ["add", "--title", "清理", "--when", "2022年底前", "--unit", "区财政局", "--ref", "1"];
    office.run(&[&["--as-of", "2022-12-01"], &add[..]].concat()).expect_code(0);
    office.run(&["--as-of", "2022-12-29T09:30", "remind"]);
    // The ladder that is loaded now has no rung of that name.
    office.write("ladders.toml", ladder("fixed-date", -3));
    office.run(&["--as-of", "2023-01-03T09:30", "remind"]);
    office.run(&["--as-of", "2023-01-05T09:30", "remind"]);
    let raw = office.mails();
    let mails = raw.iter().map(|mail| mail_parser::MessageParser::default().parse(mail).unwrap());
    let texts: Vec<String> = mails.map(|mail| mail.body_text(0).unwrap().into_owned()).collect();
    for words in ["【新交办】12月31日", "【督办】已逾期1个工作日", "第2次督办"]
    {
        assert!(texts.iter().any(|text| text.contains(words)), "{words}: {texts:#?}");
    }
}
