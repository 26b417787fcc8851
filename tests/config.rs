//! What a configuration may hold, and how every fault of it is named at once.

use std::fs;
use std::path::Path;

use duban::config::{
    ConfigFault, DataSources, FaultKind, Login, MANUAL, NamedFileFault, Place, Settings, Sources,
    TransportSettings,
};
use duban::domain::deadline::Conventions;
use duban::domain::reminder::MailHours;
use duban::words::{Lang, Say as _};
use secrecy::ExposeSecret as _;

use crate::support::office::TestOffice;

#[expect(
    clippy::unwrap_in_result,
    reason = "the faults returned are the subject, those of the test folder are not"
)]
fn load(text: &str, environment: &[(&str, &str)]) -> Result<Settings, Vec<ConfigFault>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("duban.toml");
    fs::write(&file, text).unwrap();
    let environment =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Sources { named_file: Some(file), default_file: None, environment }.load()
}

/// Every fault on its own line, without the folder of this test.
fn say(faults: &[ConfigFault], lang: Lang) -> String {
    let lines = faults.iter().map(|fault| {
        let said = fault.say(lang);
        match said.split_once("duban.toml") {
            Some((_, rest)) => format!("duban.toml{rest}\n"),
            None => format!("{said}\n"),
        }
    });
    lines.collect()
}

fn keys_of(faults: &[ConfigFault]) -> Vec<&str> {
    faults.iter().map(|fault| fault.key.as_str()).collect()
}

fn line_of(fault: &ConfigFault) -> Option<usize> {
    match &fault.place {
        Place::File { line, .. } => *line,
        Place::Environment { .. } | Place::Default => None,
    }
}

/// The manual is the lowest layer, so a key that it lacks would be missing in every configuration.
#[test]
fn the_manual_names_every_key_and_no_other() {
    assert_eq!(load(MANUAL, &[]).unwrap().office.unit, "区政府办公室");
}

#[test]
fn the_defaults_in_code_are_those_of_the_manual() {
    let settings = Sources::default().load().unwrap();
    assert_eq!(settings.schedule.mail_hours, MailHours::default());
    assert_eq!(settings.counting, Conventions::default());
    assert_eq!(settings.office.language, Lang::default());
    assert_eq!(settings.data, DataSources::default());
}

#[test]
fn without_a_file_the_defaults_hold() {
    let settings = Sources::default().load();
    assert_eq!(settings.unwrap().database, Path::new("/var/lib/duban/duban.db"));
}

#[test]
fn the_environment_wins_over_the_file() {
    let text = "[office]\nunit = \"甲\"\n[mail.smtp]\nport = 25\n[mail]\ntransport = \"smtp\"\n";
    let settings = load(text, &[("DUBAN__OFFICE__UNIT", "乙"), ("DUBAN__MAIL__SMTP__PORT", "587")]);
    let settings = settings.unwrap();
    assert_eq!(settings.office.unit, "乙");
    assert!(format!("{:?}", settings.mail.transport).contains("587"));
}

#[test]
fn every_fault_is_reported_at_once_with_its_line() {
    let text = "\
[office]
unti = \"甲\"
[mail]
from = \"a b@c.cn\"
transport = \"pigeon\"
[schedule]
pass = \"every now and then\"
mail_from = \"25:00\"
[delivery]
surge_limit = 0
";
    let faults = load(text, &[("DUBAN__MAIL__FORM", "x@y.cn")]).unwrap_err();
    assert_eq!(
        keys_of(&faults),
        [
            "office.unti",
            "mail.from",
            "mail.transport",
            "schedule.pass",
            "schedule.mail_from",
            "delivery.surge_limit",
            "mail.form",
        ]
    );
    let lines = [Some(2), Some(4), Some(5), Some(7), Some(8), Some(10), None];
    assert_eq!(faults.iter().map(line_of).collect::<Vec<_>>(), lines);
    insta::assert_snapshot!(say(&faults, Lang::Zh));
    insta::assert_snapshot!(say(&faults, Lang::En));
}

#[test]
fn mails_are_signed_with_the_supervising_office_unless_another_name_is_given() {
    let signature = |office: &str| {
        let text =
            format!("[office]\nunit = \"市政府办公厅\"\n{office}[mail]\ntransport = \"maildir\"\n");
        load(&text, &[]).unwrap().office.signature
    };
    assert_eq!(signature(""), "市政府办公厅");
    assert_eq!(signature("signature = \"市政府办公厅督查室\"\n"), "市政府办公厅督查室");
}

#[test]
fn the_faults_of_all_files_come_in_one_report() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        format!("{} = \"{}\"\n", name.split(['.', '/']).next().unwrap(), path.display())
    };
    let rules = file("rules.toml", "[[rule]]\nname = \"甲\"\ncolour = 1\n");
    let ladders = file("ladders.toml", "[[ladder]]\nnane = \"a\"\n");
    file("unit_days/a.json", "{\"schema\": \"unit-days/1\", \"unit\": \"甲\"}");
    let text = format!(
        "[office]\nunit = 1\n[data]\n{rules}{ladders}unit_days = \"{}/unit_days\"\n",
        folder.path().display()
    );
    let faults = load(&text, &[]).unwrap_err();
    let folder = format!("{}/", folder.path().display());
    for lang in [Lang::Zh, Lang::En] {
        let said: Vec<String> = faults.iter().map(|it| it.say(lang).replace(&folder, "")).collect();
        insta::assert_snapshot!(said[1..].join("\n"));
    }
}

#[test]
fn what_is_not_toml_is_explained_in_chinese() {
    let of = |text: &str| say(&load(text, &[]).unwrap_err(), Lang::Zh);
    let texts = [
        "[office]\nunit = 甲\n",
        "[office]\nunit ＝ \"甲\"\n",
        "[office]\nunit = “甲”\n",
        "[office]\nunit = \"甲\"\nunit = \"乙\"\n",
        "[office\nunit = \"甲\"\n",
        "[office]\nunit\n",
        "[mail.smtp]\nport = 99999999999999999999\n",
    ];
    insta::assert_snapshot!(texts.map(of).concat());
}

#[test]
fn a_syntax_error_names_its_line() {
    let faults = load("[office]\nunit = 甲\n", &[]).unwrap_err();
    assert_eq!(line_of(&faults[0]), Some(2));
    assert!(matches!(faults[0].kind, FaultKind::Syntax { .. }));
}

#[test]
fn a_password_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("password");
    fs::write(&secret, "0123\n").unwrap();
    let text = format!(
        "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nusername = \"u\"\npassword_file = \"{}\"\n",
        secret.display()
    );
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let login = login(load(&text, &[]).unwrap());
    let fault = login.credentials().unwrap_err();
    let open = NamedFileFault::ReadableByOthers;
    assert_eq!(fault.kind, FaultKind::File { path: secret.clone(), fault: open });
    assert_eq!(line_of(&fault), Some(5));
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let credentials = login.credentials().unwrap();
    assert!(!format!("{credentials:?}").contains("0123"), "a secret must not show in Debug");
    fs::write(&secret, "").unwrap();
    let fault = login.credentials().unwrap_err();
    let empty = NamedFileFault::Empty;
    assert_eq!(fault.kind, FaultKind::File { path: secret, fault: empty });
}

#[test]
fn the_service_manager_hands_over_the_password_and_guards_it_itself() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("smtp-password");
    fs::write(&secret, "0123\n").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o440)).unwrap();
    let text = "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nusername = \"u\"\n";
    let folder = folder.path().display().to_string();
    let handed = login(load(text, &[("CREDENTIALS_DIRECTORY", &folder)]).unwrap());
    assert_eq!(handed.credentials().unwrap().password.expose_secret(), "0123");
}

#[test]
fn only_commands_that_reach_the_relay_need_its_password() {
    let mut office = TestOffice::new();
    office.set("MAIL__TRANSPORT", "smtp");
    office.set("MAIL__SMTP__USERNAME", "duban@yuzhong.example");
    let path = office.path("smtp-password").display().to_string();
    office.set("MAIL__SMTP__PASSWORD_FILE", &path);
    office.create_ledger();
    for command in [&["upcoming"][..], &["status"], &["journal"], &["outbox", "list"]] {
        office.run(&[&["--as-of", "2022-12-28"], command].concat()).expect_code(0);
    }
    for command in ["remind", "doctor", "check-config"] {
        let run = office.run(&["--as-of", "2022-12-28", command]).expect_code(10);
        assert!(run.err.contains("mail.smtp.password_file: <office>/smtp-password"), "{}", run.err);
    }
}

fn login(settings: Settings) -> Login {
    let TransportSettings::Smtp(relay) = settings.mail.transport else { panic!("no relay") };
    relay.login.unwrap()
}

#[test]
fn a_missing_file_that_was_named_is_a_fault() {
    let sources =
        Sources { named_file: Some("/nonexistent/duban.toml".into()), ..Sources::default() };
    assert!(matches!(sources.load().unwrap_err()[0].kind, FaultKind::Unreadable(_)));
}

#[test]
fn a_key_is_still_taken_under_its_old_name_from_file_and_environment() {
    let settings = load("[delivery]\nstorm_brake = 77\n", &[]).unwrap();
    assert_eq!(settings.delivery.surge_limit, 77);
    let settings = load("", &[("DUBAN__DELIVERY__STORM_BRAKE", "78")]).unwrap();
    assert_eq!(settings.delivery.surge_limit, 78);
    let faults = load("[delivery]\nstorm_brake = \"x\"\n", &[]).unwrap_err();
    assert_eq!(faults[0].key, "delivery.storm_brake");
}
