//! The shipped ladders, read from their file.
//!
//! Must not know: the program's own reader.

use std::collections::BTreeMap;
use std::fs;

use super::planner::{LEAD, RESPONSIBLE, Rank, Role, SUPERVISOR};

/// The steps of a ladder in the order of their days.
pub(super) type Ladder = Vec<Step>;

pub(super) struct Step {
    pub(super) name: String,
    pub(super) at: i64,
    pub(super) to: Vec<(Role, Rank)>,
    pub(super) is_notice: bool,
    /// 督办 or 通报.
    pub(super) is_late: bool,
    pub(super) gap: i64,
    pub(super) repeat_every: i64,
    pub(super) most_repeats: u32,
}

pub(super) fn shipped() -> BTreeMap<String, Ladder> {
    let path = format!("{}/config/ladders.toml", env!("CARGO_MANIFEST_DIR"));
    let file: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let ladders = file["ladder"].as_array().unwrap().iter();
    ladders
        .map(|ladder| {
            let steps = ladder["rung"].as_array().unwrap().iter().map(step).collect();
            (ladder["name"].as_str().unwrap().to_owned(), steps)
        })
        .collect()
}

fn step(rung: &toml::Value) -> Step {
    let tone = rung["tone"].as_str().unwrap();
    let number = |key: &str| rung.get(key).and_then(toml::Value::as_integer);
    let repeat = |key: &str| rung.get("repeat").and_then(|it| it[key].as_integer());
    Step {
        name: rung["name"].as_str().unwrap().to_owned(),
        at: number("at").unwrap(),
        to: rung["to"].as_array().unwrap().iter().map(|to| told(to.as_str().unwrap())).collect(),
        is_notice: tone == "notice",
        is_late: tone == "overdue" || tone == "circular",
        gap: number("gap").unwrap_or(1),
        repeat_every: repeat("every").unwrap_or(0),
        most_repeats: repeat("at_most").map_or(0, |it| u32::try_from(it).unwrap()),
    }
}

fn told(to: &str) -> (Role, Rank) {
    let (role, rank) = to.split_once('/').unwrap();
    let role = match role {
        "responsible" => RESPONSIBLE,
        "lead" => LEAD,
        "supervisor" => SUPERVISOR,
        other => panic!("{other}"),
    };
    let rank = match rank {
        "handler" => 0,
        "head" => 1,
        "leader" => 2,
        other => panic!("{other}"),
    };
    (role, rank)
}
