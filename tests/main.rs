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
mod due;
mod examples;
mod faults;
mod golden;
mod import_calendar;
mod intake;
mod ladder;
mod letters;
mod new_date;
mod service;
mod storage;
mod support;
