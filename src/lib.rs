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
//! # Five walk-throughs
//!
//! 1. **An obligation is registered.** [`cli`] reads the files through [`intake`], which turns bytes into rows and every
//!    fault into a [`intake::RowFault`]. [`workflows::import_obligations`] finds the units in the
//!    [`domain::directory::Directory`], expands groups to their members, asks [`domain::deadline`] for the due date and
//!    the act-by date, and stores everything, with a line in the journal, in one transaction, or nothing.
//! 2. **A pass.** The scheduler wakes [`daemon`]'s worker, which calls [`workflows::remind`]. One index of the ledger
//!    names the assignments to look at today; [`domain::reminder::plan`] decides which contacts must be told of what; each
//!    decision is stored under a key that holds no time. [`workflows::seal_messages`] composes one message for each
//!    contact and freezes its bytes.
//! 3. **A message fails and is tried again.** [`workflows::deliver`] claims it (first commit), [`mail::smtp`] runs the SMTP
//!    stages, the dot mark is stored just before the final dot (second commit), then the outcome (third commit).
//!    [`domain::delivery`] decides by stage and text whose fault an answer is: the relay's, the moment's or the mailbox's.
//! 4. **A calendar notice arrives.** Merged with the others into a [`domain::calendar::WorkCalendar`], it gives another
//!    [`workflows::Law`]; [`workflows::recalculate`] computes every open date again from its stored inputs. Moved dates are
//!    listed and journalled with the paper that moved them, and everybody who knows the old date is told once.
//! 5. **A restart during a delivery.** No other process holds the lock of those who send, so every lease is void. An
//!    attempt without the dot mark was not delivered. One with the mark is unknown: the same bytes are sent again
//!    under the same Message-ID, counted and capped.
//!
//! # Invariants, and the tests that hold them
//!
//! - The domain does no IO, reads no clock, knows no SQL and no mail: `architecture::every_layer_names_only_what_lies_below_it`.
//! - Nothing outside [`clock`] reads the time, nothing outside [`config`] the environment: `.clippy.toml`.
//! - No statement of SQL is built from parts: `storage::every_statement_prepares`.
//! - No transaction is open while SMTP talks: the three commits of [`storage::outbox::Outbox`].
//! - No date is guessed: what passes the horizon is marked provisional: `deadline` tests.
//! - No ledger sends from a place where nobody adopted it: `watch::home::a_copied_ledger_sends_nothing_until_it_is_confirmed`.
//! - No clock that jumps forward sends unasked: `watch::clock::a_clock_five_years_ahead_sends_nothing_until_it_is_confirmed`.
//! - No mail that comes in is answered, and none acknowledges by itself:
//!   `watch::bounce::an_answering_machine_acknowledges_nothing_and_is_not_answered`,
//!   `watch::bounce::a_persons_answer_proposes_an_acknowledgement_that_ack_confirms`.
//! - No completion is forgotten by what follows it:
//!   `chain::a_completion_that_no_command_made_starts_what_follows_with_the_next_pass`.
//! - Nothing is told twice: keys of reminders hold no time: `service::a_second_pass_sends_nothing`.
//! - No date moves in silence: `new_date::an_amendment_is_told_once_with_both_dates_and_the_paper`.
//! - No argument changes after the fact: `law_in_force::an_ended_date_is_explained_with_the_calendar_it_was_computed_on`.
//! - No duty changes hands because a group was edited: `groups::a_duty_keeps_the_units_it_was_registered_with_until_a_person_applies_the_change`.
//! - No internal target is called late: `internal::a_target_that_is_passed_is_never_called_late`.
//! - No planning rule is without its test: `rules::every_planning_rule_of_the_design_has_a_named_test`.
//!
//! # Glossary
//!
//! One word for one thing, in code, SQL, configuration, command line and documents.
//!
//! | word | 中文 | meaning |
//! |---|---|---|
//! | ledger | 台账 | the database with everything the program knows; one SQLite file |
//! | obligation | 事项 | one dated duty, with the clause it comes from |
//! | reference | 编号 | identifies an obligation for people |
//! | series, occurrence | 周期事项、期 | an obligation that comes back, and one of its times |
//! | quota | 次数要求 | at least so many events in a period |
//! | follow-up | 接续 | an obligation that starts when another one is completed |
//! | term | 时限 | what the document says about time |
//! | trigger | 起算日 | the event from which a term runs; that day is day 0 and is not counted |
//! | due date | 到期日 | the last lawful day, a civil date in Asia/Shanghai; late begins the next day |
//! | act-by date | 应办日 | the last working day on or before the due date; reminders count from it |
//! | minimum | 最短期限 | a term of at least so many days: an earliest lawful end, never late |
//! | internal target | 内部目标 | a date the office sets for a duty without one; never called late |
//! | working day | 工作日 | by the State Council's notices, make-up days included |
//! | notice | 放假安排通知 | the official paper that a calendar year comes from |
//! | horizon | 确定日期的末日 | the last date for which the calendar is known for certain |
//! | provisional | 暂定 | a date beyond the horizon; it is computed again when the notice arrives |
//! | rule | 规则 | a statutory term with its legal basis and the dates it was in force |
//! | adjustment | 延期、中止、恢复、重新起算 | an event that moves a running clock: extend, suspend, resume, restart |
//! | deadline version | 期限版本 | counts how often the date of an obligation was computed anew; each one starts the ladder anew |
//! | unit, group, contact | 单位、单位组、联系人 | who; a group is expanded to its members at registration |
//! | lead unit, responsible unit, supervisor | 牵头单位、责任单位、督办单位 | the roles of units in an obligation |
//! | assignment | 任务 | one responsible unit's share of an obligation, with a state of its own |
//! | acknowledge, report, close | 签收、报结、销号 | the steps of an assignment to its end |
//! | withdraw, silence | 撤销、暂停提醒 | no longer owed; owed, but nobody is reminded until a date |
//! | ladder, rung | 督办阶梯、级 | which reminder goes to whom, how many working days before or after |
//! | tone | 提示、催办、督办、通报 | how a rung speaks |
//! | occasion | 提醒事由 | why a contact is told: a rung, a moved date, a quota that is short |
//! | addressee | 提醒对象 | a role, a unit and a rank that a rung speaks to |
//! | reminder | 提醒 | the decision that one contact must be told of one occasion of one assignment |
//! | pass | 检查 | one run: recompute, plan, seal, deliver |
//! | message | 邮件 | one e-mail to one recipient; planned, composed, sealed (its bytes are frozen), claimed, accepted |
//! | Message-ID | – | identifies a message for ever; a message that is sent again keeps it |
//! | attempt | 投递 | one try to hand a message to the relay |
//! | relay | 邮件服务器 | the SMTP server that takes our mail |
//! | the dot | – | the final dot of DATA; once it may have been sent, the message may have been delivered |
//! | dot mark | – | recorded just before the dot is sent; an attempt without it has delivered nothing |
//! | claim, lease | 取件、租约 | taking a message for one attempt; the lease ends with the attempt or after a time |
//! | dispatch | 分发 | claiming and attempting messages, one after another, by several dispatchers |
//! | backoff, expire, dead-letter | – | trying again later; being too old; being undeliverable for good, which opens an item |
//! | circuit breaker | – | stops attempts at a relay, domain or address that fails; closed = works, open = stopped |
//! | suppressed | 停发 | a mailbox that does not exist and gets no more mail |
//! | hold | 暂停 | all mail waits for a person: the database was moved, or the clock is implausible |
//! | surge limit | 突发量限制 | a pass that would send far more than usual is held |
//! | instance fencing | – | a mark beside the database identifies the installation; a copy sends nothing until confirmed |
//! | displaced, adopt | – | copied, restored or moved; confirm that this copy is the one in use |
//! | site | – | what a ledger keeps in files of one machine: the database file, its copies, the instance mark, the outcome file |
//! | outcome file | 结果文件 | keeps outcomes that a full disk kept out of the database |
//! | item | 待人工处理 | what needs a person: one kind, one subject; opened, then resolved |
//! | journal | 操作记录 | append-only record of every change, chained by hashes; it stores facts and says them in the reader's language |
//! | retention period | 保存期限 | how long a class of data is kept before it is packed or deleted |
//! | archive | 归档 | a file with everything about the obligations that ended in a period |
//! | heartbeat | 每日邮件 | the operator's daily mail |
//! | bulletin | 通报 | the table of who is on time and who is late |

pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod deferred;
pub mod domain;
pub mod intake;
pub mod logging;
pub mod mail;
pub mod storage;
pub mod views;
pub mod wiring;
pub mod words;
pub mod workflows;
