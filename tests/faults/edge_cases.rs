//! The catalogue of faults, continued: what comes in, what goes out, and what happens beside a delivery.

/// Who answers for a case.
pub(super) enum Held {
    /// These tests.
    By(&'static [&'static str]),
    /// The fault cannot happen, or not be made here.
    Not(&'static str),
}

use Held::{By, Not};

pub(super) const EDGES: [(u8, &str, Held); 32] = [
    (
        65,
        "a ledger replaced by rename under a running service",
        By(&["a_ledger_that_is_replaced_while_it_is_open_sends_nothing"]),
    ),
    (
        66,
        "a ledger moved away, or its log removed, under a running service",
        By(&["a_ledger_that_is_replaced_while_it_is_open_sends_nothing"]),
    ),
    (
        67,
        "a ledger overwritten in place under a running service",
        By(&["a_ledger_that_is_overwritten_in_place_while_it_is_open_sends_nothing"]),
    ),
    (
        68,
        "commands, backups and checkpoints beside a running service",
        By(&["what_other_commands_do_beside_an_open_ledger_replaces_nothing"]),
    ),
    (
        69,
        "one bit of the ledger flipped while mails wait",
        By(&[
            "of_six_hundred_flipped_bytes_none_changes_a_mail_that_was_sealed",
            "a_sealed_mail_that_is_damaged_is_written_anew_and_a_person_is_called",
        ]),
    ),
    (
        70,
        "one bit of an address flipped before anything is planned",
        By(&["an_address_that_is_damaged_gets_no_mail_until_the_contact_is_loaded_again"]),
    ),
    (
        71,
        "a row that breaks the schema",
        By(&[
            "the_whole_file_is_checked_once_a_day_and_not_by_every_pass",
            "a_service_checks_the_whole_file_when_it_starts",
        ]),
    ),
    (
        72,
        "a long write beside a command",
        By(&["a_command_beside_a_long_write_says_that_it_waits_and_then_works"]),
    ),
    (
        73,
        "SIGTERM before the dot at a relay that says nothing",
        By(&["a_service_told_to_stop_before_the_dot_drops_the_connection_at_once"]),
    ),
    (
        74,
        "a stop that is shorter than the relay's answer to the dot",
        By(&["a_stop_waits_longer_than_a_relay_may_take_to_answer_the_dot"]),
    ),
    (
        75,
        "SIGHUP, SIGUSR1, SIGUSR2, SIGALRM",
        By(&["signals_that_are_not_meant_to_end_the_service_do_not_end_it"]),
    ),
    (
        76,
        "a disk full at start",
        By(&[
            "what_passes_by_itself_ends_with_the_code_after_which_the_service_is_started_again",
            "an_import_on_a_full_disk_loads_nothing",
        ]),
    ),
    (
        77,
        "escapes, direction marks, no width in a table",
        By(&["what_nobody_sees_is_refused_in_every_column_with_row_and_column_named"]),
    ),
    (78, "the same on the command line", By(&["what_nobody_sees_is_refused_on_the_command_line"])),
    (79, "the same in a document", By(&["what_a_document_hides_is_no_part_of_what_it_says"])),
    (
        80,
        "the same in a ledger of an earlier version, on a terminal",
        By(&[
            "what_is_in_the_ledger_already_does_nothing_to_a_terminal",
            "no_character_acts_on_the_terminal_however_it_is_cut",
        ]),
    ),
    (81, "a line break in a cell", By(&["a_line_break_in_a_cell_is_one_space_and_no_second_line"])),
    (82, "units whose names look alike", By(&["names_that_look_alike_are_one_unit"])),
    (
        83,
        "a unit above itself, units above each other",
        By(&["units_do_not_stand_above_each_other"]),
    ),
    (
        84,
        "a formula in a title",
        By(&["a_formula_is_guarded_on_its_way_out_and_comes_back_without_the_guard"]),
    ),
    (
        85,
        "UTF-8 that lost one byte",
        By(&["utf8_that_lost_any_byte_is_refused_at_its_line_and_never_read_as_gb18030"]),
    ),
    (
        86,
        "a password over a connection without TLS",
        By(&["no_password_goes_out_in_clear_text_unless_it_is_said"]),
    ),
    (
        87,
        "a rehearsal that is ended, or has no folder",
        By(&[
            "a_rehearsal_leaves_no_copy_of_the_ledger_behind",
            "a_rehearsal_without_a_folder_for_temporary_files_names_that_folder",
        ]),
    ),
    (
        88,
        "an answer before its question",
        By(&[
            "an_answer_that_comes_before_its_question_accepts_nothing",
            "a_refusal_that_comes_before_the_dot_is_taken_at_its_word",
        ]),
    ),
    (
        89,
        "a schedule that never comes, a host that is none, a folder as ledger, a device as rules",
        By(&["settings_that_cannot_work_are_named_before_the_service_starts"]),
    ),
    (
        90,
        "the newest lines of the journal removed",
        By(&["newest_lines_that_are_missing_or_written_anew_are_known_from_the_mark"]),
    ),
    (
        91,
        "a thousand faults in one table, thousands of columns",
        By(&["at_most_fifty_faults_are_listed_and_the_rest_is_counted"]),
    ),
    (
        92,
        "hundreds of duties of one contact",
        By(&["a_contact_with_very_many_duties_gets_the_worst_now_and_the_rest_the_next_day"]),
    ),
    (
        93,
        "`--as-of` with a relay that reaches people",
        By(&["an_assumed_time_sends_nothing_to_people"]),
    ),
    (
        94,
        "an office on trial",
        By(&["an_office_on_trial_gets_every_mail_itself_with_the_true_recipient_named"]),
    ),
    (95, "a test mail", By(&["a_test_mail_goes_to_one_address_and_leaves_no_trace"])),
    (
        96,
        "SIGKILL while the copy of a rehearsal is being made",
        Not("no process acts on SIGKILL; the next rehearsal removes what it has left"),
    ),
];
