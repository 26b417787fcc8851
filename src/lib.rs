//! duban (督办): one daemon, one SQLite file, one mail relay. It keeps the ledger (台账) of a government office's dated
//! duties, works out when each falls due on China's official working calendar, and chases the responsible units by
//! mail, step by step up the ladder, until the duty is closed (销号).
//!
//! # The picture
//!
//! ```text
//!  documents, tables ─► intake ─► term ─► obligation + assignments ─► ledger (SQLite)
//!                                                  ▲                       │
//!       operator: register, adjust, report, close ─┘    every pass: what is due and not on record?
//!                                                                          ▼
//!  mailbox ◄── relay ◄── attempts ◄── message (frozen bytes) ◄── reminders ◄── ladder (pure decision)
//! ```
//!
//! Arrows of imports never point upwards: `main` → [`cli`], [`daemon`], [`wiring`]; those → [`workflows`]; workflows →
//! [`domain`] and the traits of [`storage`], [`mail`], [`clock`]; adapters ([`storage::sqlite`], [`mail::smtp`],
//! [`intake`], [`config`]) → domain; domain → nothing.
//!
//! # Five walks through the house
//!
//! 1. **An obligation is registered.** [`cli`] reads the files through [`intake`], which turns bytes into rows and every
//!    fault into a [`intake::RowFault`]. [`workflows::import_obligations`] finds the units in the
//!    [`domain::directory::Directory`], expands groups to their members, has [`domain::deadline`] work out the due date
//!    and the act-by date, and stores all of it, with a line in the journal, in one transaction — or nothing.
//! 2. **A day's pass.** The scheduler rings a bell; [`daemon`]'s worker calls [`workflows::remind`]. The ledger answers,
//!    from one index, which assignments must be looked at today; [`domain::reminder::plan`] decides purely who must be
//!    told of which rung; the decision is put on record under a key without time in it.
//!    [`workflows::seal_messages`] writes one letter for each contact and freezes its bytes.
//! 3. **A mail fails and is tried again.** [`workflows::deliver`] claims a message (first commit), [`mail::smtp`] walks
//!    the stages, the dot is marked just before it is sent (second commit), the outcome is written down (third).
//!    [`domain::delivery`] decides by stage and text what an answer means: our trouble, a moment's trouble, or a mailbox
//!    that does not exist.
//! 4. **A calendar notice arrives.** It joins the others in [`domain::calendar::WorkCalendar`] and makes another
//!    [`workflows::Law`]; [`workflows::recalculate`] works every open obligation out again from its stored inputs. What
//!    moved is listed and journalled with the paper, and the planner tells those who know the old date, once.
//! 5. **A restart in mid-send.** Nobody else holds the lock of those who send, so every lease is dead. An attempt without
//!    the mark of the dot was not delivered; one with it is unknown and is sent again, the same bytes under the same
//!    Message-ID, counted and capped.
//!
//! # What is not there, and the test that holds it
//!
//! - The domain does no IO, reads no clock, knows no SQL and no mail: `architecture::every_layer_names_only_what_lies_below_it`.
//! - Nothing outside [`clock`] reads the time, nothing outside [`config`] the environment: `.clippy.toml`.
//! - No statement of SQL is built from parts: `storage::every_statement_prepares`.
//! - No transaction is open while SMTP talks: the three commits of [`storage::outbox::Outbox`].
//! - No date is guessed: what passes the horizon is marked provisional: `deadline` tests.
//! - No ledger sends from a place where nobody adopted it: `watch::home::a_copied_ledger_sends_nothing_until_it_is_adopted`.
//! - No clock that jumps forward sends unasked: `watch::clock::a_clock_five_years_ahead_sends_nothing_until_it_is_confirmed`.
//! - No mail that comes in is answered, and none acknowledges by itself:
//!   `watch::bounce::an_answering_machine_acknowledges_nothing_and_is_not_answered`,
//!   `watch::bounce::a_persons_answer_proposes_an_acknowledgement_that_ack_confirms`.
//! - No completion is forgotten by what follows it:
//!   `chain::a_completion_that_no_command_made_starts_what_follows_with_the_next_pass`.
//! - Nothing is told twice: keys of reminders hold no time: `service::a_second_pass_sends_nothing`.
//! - No date moves in silence: `new_date::an_amendment_is_told_once_with_both_dates_and_the_paper`.
//! - No argument changes after the fact: `law_in_force::a_date_that_has_ended_is_argued_on_the_calendar_it_was_reached_on`.
//! - No duty changes hands because a group was edited: `groups::a_duty_keeps_the_units_it_was_registered_with_until_a_person_applies_the_change`.
//! - No internal target is called late: `internal::a_target_that_is_passed_is_never_called_late`.
//! - No planning rule is without its test: `rules::every_planning_rule_of_the_design_has_a_named_test`.
//!
//! # Words
//!
//! obligation 事项 · term 时限 · trigger 起算日 · due date 到期日 · act-by date 应办日 · working day 工作日 · notice 放假安排通知 ·
//! rule 规则 · adjustment 延期/中止/恢复/重新起算 · unit 单位 · group 单位组 · contact 联系人 · assignment 任务 · ladder 督办阶梯 ·
//! reminder 提醒 · message 邮件 · attempt 投递 · bulletin 通报.

pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod domain;
pub mod intake;
pub mod logging;
pub mod mail;
pub mod storage;
pub mod wiring;
pub mod words;
pub mod workflows;
