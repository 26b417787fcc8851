//! People read mailboxes: one mailbox gets one mail a day, whoever it belongs to and however it is written.

use mail_parser::MessageParser;

use super::{import, office, remind};

#[test]
fn a_shared_mailbox_gets_one_mail_a_day_that_names_every_post() {
    let office = office();
    let units = "\
单位,单位组,联系人,邮箱,职级
国资办,合组,公共,shared@x.example,承办人
金融办,合组,公共,Shared@X.example,承办人
金融办,,主任,shared@x.example,负责人
甲局,异组,王,CAI@x.example,承办人
乙局,异组,王,cai@x.example,承办人
";
    let units = office.write("shared.csv", units);
    office.run(&["import", "units", &units]).expect_code(0);
    import(&office, "2026-03-02", &["交材料,2026-03-13,,,合组,a", "报表,2026-03-13,,,异组,b"]);
    let planned = office.json(&[
        "--as-of",
        "2026-03-05",
        "plan",
        "--from",
        "2026-03-06",
        "--to",
        "2026-03-06",
    ]);
    assert_eq!(planned.as_array().unwrap().len(), 2, "{planned}");
    assert_eq!(remind(&office, "2026-03-06T09:30"), ["CAI@x.example", "shared@x.example"]);
    assert!(remind(&office, "2026-03-06T15:00").is_empty());
    let mails = office.mails();
    let shared = mails.iter().map(|mail| MessageParser::default().parse(mail).unwrap());
    let shared: Vec<String> = shared
        .map(|mail| mail.body_text(0).unwrap().into_owned())
        .filter(|text| text.contains("国资办"))
        .collect();
    let [text] = shared.as_slice() else { panic!("{shared:?}") };
    assert!(text.starts_with("国资办公共、金融办公共、金融办主任："), "{text}");
    for post in ["您登记为国资办的承办人", "您登记为金融办的承办人", "您登记为金融办的负责人"]
    {
        assert!(text.contains(post), "{post}: {text}");
    }
}

#[test]
fn a_promoted_contact_hears_once_a_day() {
    let office = office();
    import(&office, "2026-03-02", &["交材料,2026-03-13,,,财政局,a", "报表,2026-03-16,,,财政局,b"]);
    assert_eq!(remind(&office, "2026-03-06T09:30"), ["cai1@x.example", "cai2@x.example"]);
    office
        .run(&["--as-of", "2026-03-06T10:00", "contacts", "promote", "财甲", "head"])
        .expect_code(0);
    assert!(remind(&office, "2026-03-06T15:00").is_empty());
}
