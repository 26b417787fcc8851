//! The one integration binary. Each file tells one story; `support` holds what they share.

#![cfg(test)]

mod adjustments;
mod architecture;
mod calendar;
mod chain;
mod cli;
mod config;
mod deadline;
mod delivery;
mod deploy;
mod due;
mod edges;
mod examples;
mod faults;
mod field;
mod foreign_bytes;
mod golden;
mod hours;
mod import_beside;
mod import_calendar;
mod intake;
mod ladder;
mod law;
mod law_in_force;
mod lists;
mod long_mail;
mod messages;
mod new_date;
mod personal_data;
mod provisional;
mod renewal;
mod retention;
mod service;
mod storage;
mod support;
mod watch;
mod year;
