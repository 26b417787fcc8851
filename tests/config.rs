//! What a configuration may hold, and how every fault of it is named at once.

use std::fs;
use std::path::Path;

use duban::config::{ConfigFault, FaultKind, MANUAL, Place, Settings, Sources, all_keys};

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

fn keys_of(faults: &[ConfigFault]) -> Vec<&str> {
    faults.iter().map(|fault| fault.key.as_str()).collect()
}

fn line_of(fault: &ConfigFault) -> Option<usize> {
    match &fault.place {
        Place::File { line, .. } => *line,
        Place::Environment { .. } | Place::Default => None,
    }
}

#[test]
fn the_manual_names_every_key_and_no_other() {
    let table: toml::Table = MANUAL.parse().unwrap();
    for key in all_keys() {
        let found = key
            .path
            .split('.')
            .try_fold(toml::Value::Table(table.clone()), |value, part| value.get(part).cloned());
        assert!(found.is_some(), "{} is missing in config/duban.toml", key.path);
    }
    let settings = load(MANUAL, &[]).unwrap();
    assert_eq!(settings.office.unit, "区政府办公室");
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
storm_brake = 0
";
    let unknown = load(text, &[("DUBAN__MAIL__FORM", "x@y.cn")]).unwrap_err();
    assert_eq!(keys_of(&unknown), ["office.unti", "mail.form"]);
    assert_eq!(line_of(&unknown[0]), Some(2));
    assert_eq!(unknown[0].kind, FaultKind::UnknownKey { similar: Some("office.unit") });
    assert_eq!(unknown[1].kind, FaultKind::UnknownKey { similar: Some("mail.from") });

    let values = load(&text.replace("unti", "unit"), &[]).unwrap_err();
    assert_eq!(
        keys_of(&values),
        [
            "mail.from",
            "mail.transport",
            "schedule.pass",
            "schedule.mail_from",
            "delivery.storm_brake"
        ]
    );
    assert_eq!(values.iter().map(line_of).collect::<Vec<_>>(), [4, 5, 7, 8, 10].map(Some));
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
    let faults = load(&text, &[]).unwrap_err();
    assert_eq!(faults[0].kind, FaultKind::SecretReadableByOthers { path: secret.clone() });
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let settings = load(&text, &[]).unwrap();
    assert!(!format!("{settings:?}").contains("0123"), "a secret must not show in Debug");
}

#[test]
fn a_missing_file_that_was_named_is_a_fault() {
    let sources =
        Sources { named_file: Some("/nonexistent/duban.toml".into()), ..Sources::default() };
    assert!(matches!(sources.load().unwrap_err()[0].kind, FaultKind::Unreadable { .. }));
}
