//! The unit file: what systemd does with the service.

use std::time::Duration;

use duban::mail::smtp::Deadlines;

use crate::support::office::TestOffice;

const UNIT: &str = include_str!("../deploy/duban.service");

/// The values of a key of the unit, comments left out.
fn values(key: &str) -> Vec<&'static str> {
    let values = UNIT.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    values.collect()
}

/// `RestartPreventExitStatus` holds for the main process only: a check before it would be tried again for ever.
#[test]
fn a_faulty_configuration_is_not_started_again() {
    assert_eq!(values("ExecStart"), ["/usr/bin/duban serve"]);
    assert!(values("ExecStartPre").is_empty());
    let prevented = values("RestartPreventExitStatus");
    let codes: Vec<&str> = prevented[0].split(' ').collect();
    let mut office = TestOffice::new();
    office.set("MAIL__TRANSPORT", "pigeon");
    office.run(&["serve"]).expect_code(10);
    let office = TestOffice::new();
    office.run(&["serve", "--no-such-flag"]).expect_code(2);
    assert!(["2", "10", "11", "14"].iter().all(|code| codes.contains(code)), "{codes:?}");
}

#[test]
fn the_documentation_that_the_unit_names_is_installed_by_its_first_lines() {
    let file = values("Documentation")[0].strip_prefix("file:///usr/share/doc/duban/").unwrap();
    let installed = UNIT.lines().find(|line| line.contains("/usr/share/doc/duban ")).unwrap();
    assert!(installed.split(' ').any(|name| name == file), "{installed}");
}

#[test]
fn a_stop_waits_longer_than_a_relay_may_take_to_answer_the_dot() {
    let minutes = values("TimeoutStopSec")[0].strip_suffix("min").unwrap();
    let patience = Duration::from_mins(minutes.parse().unwrap());
    assert!(patience > Deadlines::default().dot);
}

#[test]
fn a_reload_is_the_signal_that_the_service_obeys() {
    assert_eq!(values("ExecReload"), ["/bin/kill -HUP $MAINPID"]);
}

/// `tests/all.sh` holds what systemd makes of both; a drop-in that has no addresses would cut the service off from its relay.
#[test]
fn the_drop_in_denies_every_address_and_names_those_that_are_needed() {
    let drop_in = include_str!("../deploy/relay-only.conf");
    let lines: Vec<&str> = drop_in.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines[1], "[Service]");
    assert_eq!(lines[2], "IPAddressDeny=any");
    assert!(lines[3].starts_with("IPAddressAllow=localhost "), "{}", lines[3]);
    let checks = include_str!("all.sh");
    assert!(checks.contains("unit_is_hardened 11") && UNIT.contains("deploy/relay-only.conf"));
    assert!(checks.contains("unit_is_hardened 10 deploy/relay-only.conf"));
}
