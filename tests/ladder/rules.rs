//! The planning rules of the design, each with the test that holds it. A rule without its test fails here.

use std::fs;
use std::path::Path;

const RULES: &[(&str, &str)] = &[
    (
        "one message per contact per working day",
        "a_contact_gets_one_message_a_day_even_when_assignments_arrive_between_passes",
    ),
    ("different obligations share it", "two_assignments_due_on_one_day_share_the_mail"),
    (
        "what can still be met first",
        "a_contact_hears_of_everything_in_one_message_what_can_still_be_met_first",
    ),
    (
        "the rest goes out the next day",
        "a_contact_told_today_hears_the_rest_on_the_next_working_day",
    ),
    (
        "the supervisor's rung is never hidden",
        "a_rung_to_the_supervisor_is_not_hidden_inside_a_lower_one",
    ),
    ("working hours of working days", "nothing_goes_out_outside_working_hours"),
    (
        "make-up Saturday yes, Golden Week no",
        "a_make_up_saturday_is_a_working_day_and_golden_week_is_silent",
    ),
    ("warned before the holiday", "a_date_inside_golden_week_is_warned_of_before_the_holiday"),
    ("catch-up", "after_downtime_the_newest_rung_is_told_and_the_missed_ones_are_covered"),
    (
        "the lower role first, then the gap",
        "a_higher_role_is_told_only_after_the_lower_one_and_the_gap",
    ),
    ("no acceptance, no escalation", "mail_that_was_not_accepted_holds_the_next_role_back"),
    (
        "the supervisor hears only what is late",
        "the_supervisor_is_never_told_before_something_is_late",
    ),
    ("asked again at the seal", "what_was_planned_is_not_sealed_once_the_work_is_done_or_silenced"),
    (
        "asked again at the claim",
        "what_is_done_before_the_claim_is_taken_out_and_the_rest_planned_anew",
    ),
    ("asked again at the claim: silence", "what_was_silenced_after_sealing_is_not_sent"),
    ("done means silent", "finished_work_is_never_reminded_of_whenever_the_passes_run"),
    ("acknowledged", "an_acknowledgement_stops_notices_but_not_warnings_or_escalation"),
    ("unreachable: deputy rank", "a_suppressed_handler_is_replaced_by_the_head"),
    (
        "unreachable: next role, operator",
        "a_unit_nobody_can_be_reached_in_goes_to_the_lead_and_to_the_operator",
    ),
    ("unreachable is not told", "a_unit_out_of_reach_is_an_operator_item_until_it_can_be_reached"),
    ("delegates", "the_delegate_stands_in_and_the_contact_is_not_told_again_on_return"),
    ("delegates, entered", "a_delegate_from_the_file_hears_in_place_of_who_is_away"),
    ("silence with a reason", "silence_lasts_until_its_day_and_leaves_a_reason"),
    ("surge limit", "more_than_three_times_the_busiest_day_is_held_and_released_by_a_person"),
    ("a new address", "a_new_address_takes_back_what_waits_for_the_old_one"),
    ("a new address doubles nothing", "what_is_claimed_when_the_address_changes_is_not_doubled"),
    (
        "urgent breaks the rhythm",
        "what_ends_before_the_next_mail_goes_out_beside_the_mail_of_the_day",
    ),
    (
        "a clock in hours mails day and night",
        "a_clock_in_hours_is_told_at_night_and_on_rest_days_to_those_who_can_act",
    ),
    (
        "late before it was registered",
        "what_was_late_before_it_was_registered_climbs_the_ladder_from_that_day",
    ),
    ("repeats", "a_repeat_counts_from_the_day_on_which_the_last_one_was_told"),
    (
        "nothing open is forgotten",
        "a_ladder_that_has_ended_needs_a_person_until_decided_and_comes_back",
    ),
    ("any pass may be missed", "any_choice_of_passes_ends_where_all_of_them_end"),
    ("planning twice", "planning_twice_equals_planning_once"),
    ("no rung is lost", "every_due_rung_is_on_record"),
    ("the laws are not vacuous", "random_ledgers_tell_escalate_and_fail_to_reach"),
    ("the ladder is frozen", "the_ladder_is_frozen_when_an_obligation_starts"),
    (
        "a rung outside its term",
        "a_rung_outside_the_term_of_its_rule_is_refused_with_file_line_and_key",
    ),
    (
        "a quota whose rest no longer fits",
        "when_the_rest_of_the_year_is_too_short_the_unit_the_lead_and_the_operator_hear",
    ),
    ("internal targets are never late", "a_target_that_is_passed_is_never_called_late"),
];

fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    text
}

#[test]
fn every_planning_rule_of_the_design_has_a_named_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = sources(&root.join("src")) + &sources(&root.join("tests"));
    for (rule, test) in RULES {
        assert!(all.contains(&format!("fn {test}(")), "`{rule}` has no test `{test}`");
    }
}
