//! What lies beyond the horizon is marked wherever it is shown: no date is passed off as certain.

use mail_parser::MessageParser;
use serde_json::json;

use crate::support::office::TestOffice;

/// A reply that is due on 2026-12-29, a week after the calendar's horizon, and what follows from it.
fn office() -> TestOffice {
    let office = TestOffice::new();
    let units =
        "单位,别名,上级单位,单位组,联系人,邮箱,职级\n区司法局,,,,王某,wang@sfj.example,承办人\n";
    let duties =
        "事项,时限,起算日,责任单位,编号,接续\n答复,20wd,2026-12-01,区司法局,f-1,disclosure\n";
    let (units, duties) = (office.write("units.csv", units), office.write("duties.csv", duties));
    for arguments in [["units", &units], ["obligations", &duties]] {
        office.run(&["--as-of", "2026-12-01", "import", arguments[0], arguments[1]]).expect_code(0);
    }
    office
}

#[test]
fn a_provisional_date_is_marked_in_every_table() {
    let office = office();
    let day = ["--lang", "zh", "--as-of", "2026-12-01"];
    for (command, said) in [
        (&["upcoming"][..], "2026-12-29 周二（暂定）"),
        (&["show", "f-1"], "2026-12-29 周二（暂定）"),
        (&["show", "f-1"], "2027-01-26 周二（暂定）到期"),
        (&["explain", "f-1"], "放假安排只确定到2026-12-24"),
        (&["due", "20wd", "--from", "2026-12-01"], "放假安排只确定到2026-12-24"),
        (&["plan", "--to", "2026-12-31"], "2026-12-29（暂定）"),
    ] {
        let run = office.run(&[&day[..], command].concat()).expect_code(0);
        assert!(run.out.contains(said), "{command:?}: {}", run.out);
    }
}

#[test]
fn a_provisional_date_is_marked_in_data() {
    let office = office();
    let day = ["--as-of", "2026-12-01"];
    let json = |command: &[&str]| office.json(&[&day[..], command].concat());
    assert_eq!(json(&["upcoming"])[0]["provisional"], true);
    assert_eq!(json(&["show", "f-1"])[0]["follows"][0]["provisional"], true);
    assert_eq!(json(&["explain", "f-1"])["provisional"], true);
    assert_eq!(json(&["plan", "--to", "2026-12-31"])[0]["reminders"][0]["provisional"], true);
    let rows = office.write("rows.csv", "start_date,n,unit,roll\n2026-12-01,20,working,none\n");
    let run = office.run(&["due", "--batch", &rows]).expect_code(0);
    assert!(run.out.contains("2026-12-29,true"), "{}", run.out);
    assert_eq!(json(&["due", "20wd", "--from", "2026-11-26"])["provisional"], json!(false));
}

#[test]
fn a_provisional_date_is_marked_in_the_subject_and_the_text_of_a_mail() {
    let office = office();
    office.run(&["--as-of", "2026-12-22", "remind"]).expect_code(0);
    let mails = office.mails();
    assert_eq!(mails.len(), 1);
    let mail = MessageParser::default().parse(&mails[0]).unwrap();
    assert!(mail.subject().unwrap().contains("12月29日到期，暂定"), "{:?}", mail.subject());
    let text = mail.body_text(0).unwrap();
    assert!(
        text.contains("12月29日（星期二）到期 · 还剩5个工作日（暂定，以放假安排通知为准）"),
        "{text}"
    );
}
