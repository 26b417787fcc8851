//! The catalogue of faults, each with the tests that hold it. A test that is renamed or removed is missed here.

use std::fs;
use std::path::Path;

use super::edge_cases::EDGES;
use super::edge_cases::Held::{self, By, Not};

const CASES: [(u8, &str, Held); 64] = [
    (
        1,
        "killed before the claim",
        By(&["before_and_after_the_claim_and_before_the_mark_nothing_is_ambiguous"]),
    ),
    (
        2,
        "killed after the claim, before the connection",
        By(&[
            "before_and_after_the_claim_and_before_the_mark_nothing_is_ambiguous",
            "before_the_greeting_nothing_is_ambiguous",
        ]),
    ),
    (
        3,
        "killed after RCPT",
        By(&[
            "in_the_envelope_nothing_is_ambiguous",
            "killed_in_the_envelope_nothing_is_ambiguous",
        ]),
    ),
    (
        4,
        "killed with the text on the wire and no dot",
        By(&["before_and_after_the_claim_and_before_the_mark_nothing_is_ambiguous"]),
    ),
    (
        5,
        "killed between mark and dot",
        By(&["between_the_mark_and_the_dot_the_outcome_is_unknown_and_the_mail_comes_once"]),
    ),
    (
        6,
        "killed between acceptance and record",
        By(&[
            "after_the_relay_kept_it_the_message_comes_twice_and_is_counted",
            "between_the_answer_and_its_record_the_mail_comes_twice_and_is_counted",
            "killed_at_the_dot_the_mail_comes_twice_with_equal_bytes_and_is_counted",
        ]),
    ),
    (7, "killed after the record", By(&["after_the_record_nothing_is_sent_again"])),
    (
        8,
        "cut in the middle of planning",
        By(&["a_plan_that_cannot_be_recorded_whole_is_not_recorded_and_the_next_pass_makes_it"]),
    ),
    (9, "200 random kills", By(&["two_hundred_kills_lose_nothing_and_double_nothing_uncounted"])),
    (
        10,
        "the relay refuses connections for three hours",
        By(&[
            "three_hours_without_a_relay_cost_no_attempt_and_one_probe_at_a_time",
            "a_relay_that_is_down_beyond_the_life_of_a_mail_reports_nobody_upwards",
        ]),
    ),
    (11, "the relay never greets", By(&["silence_and_dripping_bytes_end_at_the_deadline"])),
    (
        12,
        "421 after EHLO",
        By(&["a_relay_that_will_not_talk_opens_the_breaker_and_charges_nobody"]),
    ),
    (
        13,
        "535 on AUTH",
        By(&["a_refused_login_kills_no_message_opens_an_item_and_is_asked_again_seldom"]),
    ),
    (
        14,
        "553 on MAIL",
        By(&[
            "a_refused_sender_kills_no_message",
            "a_sender_that_is_not_the_login_s_stops_everything_and_opens_an_item",
        ]),
    ),
    (
        15,
        "550 5.1.1 on RCPT",
        By(&[
            "an_unknown_mailbox_is_dead_lettered_alone_an_item_is_opened_and_a_colleague_told",
            "a_mailbox_that_does_not_exist_is_dead_lettered_alone",
        ]),
    ),
    (16, "QQ's access denied", By(&["a_rate_limit_said_with_550_is_waited_for"])),
    (
        17,
        "a domain's frequency limit",
        By(&["a_domain_that_has_had_enough_waits_while_the_others_go_on"]),
    ),
    (
        18,
        "greylisting",
        By(&[
            "greylisting_costs_one_more_try_with_the_same_bytes",
            "greylisting_costs_one_more_try_of_the_same_bytes",
        ]),
    ),
    (
        19,
        "a mailbox full for days",
        By(&["a_full_mailbox_is_tried_daily_until_it_expires_then_an_item_is_opened"]),
    ),
    (
        20,
        "554 after the dot",
        By(&["content_refused_at_the_dot_is_offered_once_more_next_morning"]),
    ),
    (
        21,
        "an unexpected reply",
        By(&["an_answer_that_is_not_the_wanted_one_never_counts_as_success"]),
    ),
    (
        22,
        "a late answer to the dot",
        By(&[
            "an_answer_to_the_dot_may_take_longer_than_any_other",
            "what_another_process_has_in_hand_is_left_alone_while_it_lives",
        ]),
    ),
    (
        23,
        "no answer to the dot",
        By(&["an_outcome_that_stays_unknown_is_held_after_the_third_time"]),
    ),
    (
        24,
        "the link dies after the dot",
        By(&["a_link_that_dies_after_the_dot_doubles_at_most_what_is_counted"]),
    ),
    (
        25,
        "a delivery cancelled at any await",
        By(&["a_delivery_dropped_half_way_never_lends_its_answer_to_the_next"]),
    ),
    (26, "QUIT answered by a reset", By(&["the_answer_to_quit_does_not_matter"])),
    (27, "dripping bytes", By(&["silence_and_dripping_bytes_end_at_the_deadline"])),
    (
        28,
        "a certificate that is not trusted",
        By(&[
            "an_untrusted_certificate_stops_everything_before_a_word_is_said",
            "a_certificate_of_another_authority_gets_neither_login_nor_mail",
        ]),
    ),
    (29, "STARTTLS not offered", By(&["without_starttls_nothing_is_sent_in_the_clear"])),
    (
        30,
        "no 8BITMIME, no SMTPUTF8",
        By(&["a_relay_without_any_extension_gets_everything", "full_width_input_is_named"]),
    ),
    (31, "disk full at import", By(&["an_import_on_a_full_disk_loads_nothing"])),
    (
        32,
        "disk full between acceptance and record",
        By(&["an_answer_that_a_full_disk_did_not_take_is_on_record_after_the_next_start"]),
    ),
    (
        33,
        "disk full, then killed",
        By(&["an_answer_that_a_full_disk_did_not_take_is_on_record_after_the_next_start"]),
    ),
    (
        34,
        "the ledger locked by another process",
        By(&["a_ledger_locked_by_another_process_loses_no_outcome_and_claims_nothing_twice"]),
    ),
    (
        35,
        "a ledger that is read-only or corrupt",
        By(&["a_ledger_that_cannot_be_written_is_refused", "a_damaged_ledger_is_refused"]),
    ),
    (36, "a torn write", By(&["a_torn_frame_at_the_end_of_the_log_is_not_there"])),
    (
        37,
        "a second daemon",
        By(&["a_second_daemon_on_the_same_ledger_is_refused_and_commands_work_beside_the_first"]),
    ),
    (
        38,
        "the clock one day ahead",
        By(&["a_clock_one_day_ahead_is_asked_about_until_a_person_answers"]),
    ),
    (
        39,
        "the clock five years ahead",
        By(&["a_clock_five_years_ahead_sends_nothing_until_it_is_confirmed"]),
    ),
    (
        40,
        "the clock two days back",
        By(&["a_clock_two_days_back_repeats_nothing_and_what_waits_keeps_its_distance"]),
    ),
    (
        41,
        "a machine that slept over night",
        By(&["a_machine_that_slept_over_night_reminds_once_when_it_wakes"]),
    ),
    (42, "another zone", By(&["the_zone_of_the_machine_changes_nothing"])),
    (
        43,
        "two weeks of downtime",
        By(&["after_downtime_the_newest_rung_is_told_and_the_missed_ones_are_covered"]),
    ),
    (
        44,
        "a storm after two months",
        By(&["more_than_three_times_the_busiest_day_is_held_and_released_by_a_person"]),
    ),
    (
        45,
        "no calendar for next year",
        By(&[
            "a_date_beyond_the_horizon_is_provisional",
            "a_date_beyond_the_horizon_says_so_in_every_format",
        ]),
    ),
    (
        46,
        "a bad configuration at start",
        By(&[
            "a_wrong_command_line_is_exit_2_and_a_wrong_configuration_exit_10",
            "every_fault_is_reported_at_once_with_its_line",
        ]),
    ),
    (
        47,
        "a bad configuration at reload",
        By(&["a_reload_puts_in_force_what_it_can_and_names_what_needs_a_restart"]),
    ),
    (
        48,
        "a reload that changes what only a restart can",
        By(&["a_reload_puts_in_force_what_it_can_and_names_what_needs_a_restart"]),
    ),
    (
        49,
        "a broken template",
        By(&[
            "a_broken_template_is_named_with_file_and_line",
            "a_template_that_never_ends_is_stopped",
        ]),
    ),
    (
        50,
        "the same files again",
        By(&[
            "importing_the_same_files_again_changes_nothing",
            "the_same_files_in_another_order_bring_no_new_mail",
        ]),
    ),
    (51, "done while in hand", By(&["what_is_done_while_in_hand_is_not_tried_again"])),
    (
        52,
        "done between seal and claim",
        By(&["what_is_done_before_the_claim_is_taken_out_and_the_rest_planned_anew"]),
    ),
    (
        53,
        "a contact who moves",
        By(&["a_contact_who_has_moved_gets_a_new_message_at_the_new_address"]),
    ),
    (
        54,
        "yesterday's backup put back",
        By(&["an_older_state_in_the_ledgers_place_is_noticed_and_repeats_the_same_message_ids"]),
    ),
    (
        55,
        "a ledger copied to a second machine",
        By(&["a_copied_ledger_sends_nothing_until_it_is_confirmed"]),
    ),
    (
        56,
        "the same bounce twice",
        By(&["a_mailbox_that_does_not_exist_is_suppressed_once_and_the_next_role_is_told"]),
    ),
    (57, "an absence note", By(&["an_answering_machine_acknowledges_nothing_and_is_not_answered"])),
    (
        58,
        "a forged bounce",
        By(&["a_report_about_an_unknown_message_is_counted_and_changes_nothing"]),
    ),
    (
        59,
        "SIGTERM at the dot",
        By(&["a_service_told_to_stop_at_the_dot_waits_for_the_answer_and_records_it"]),
    ),
    (
        60,
        "a worker that hangs",
        By(&["a_service_that_hangs_says_no_more_that_it_is_alive_and_the_next_one_goes_on"]),
    ),
    (
        61,
        "long, hostile titles",
        By(&[
            "a_subject_of_three_hundred_characters_comes_back_whole",
            "a_hostile_title_adds_no_header_no_markup_and_no_second_recipient",
        ]),
    ),
    (62, "no journal socket", By(&["the_daemon_sends_the_mails_of_the_day_once_across_a_restart"])),
    (
        63,
        "the password is changed",
        By(&["a_refused_login_charges_nobody_and_the_right_password_brings_everything"]),
    ),
    (
        64,
        "a commit that the disk refuses",
        By(&["a_commit_that_the_disk_refuses_is_none_and_nothing_more_is_claimed"]),
    ),
];

/// All sources below a folder, one after another.
fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let text = entries.map(|path| match path.extension() {
        _ if path.is_dir() => sources(&path),
        Some(extension) if extension == "rs" => fs::read_to_string(&path).unwrap(),
        _ => String::new(),
    });
    text.collect()
}

#[test]
fn every_fault_of_the_catalogue_is_held_by_a_test_or_says_why_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = sources(&root.join("tests")) + &sources(&root.join("src"));
    for (place, (number, fault, held)) in (1..).zip(CASES.iter().chain(&EDGES)) {
        assert_eq!(*number, place, "{fault}");
        match held {
            By(tests) => {
                for test in *tests {
                    assert!(
                        sources.contains(&format!("fn {test}(")),
                        "case {number}, {fault}: {test}"
                    );
                }
            }
            Not(reason) => assert!(reason.len() > 10, "case {number}, {fault}"),
        }
    }
}
