//! The checks themselves: a planted fault is found, with its line.

use super::*;

fn names(path: &str, text: &str) -> Vec<String> {
    let source = Source { path: path.to_owned(), text: text.to_owned() };
    forbidden_names(&source, &dependencies())
}

#[test]
fn an_arrow_that_points_upwards_is_found() {
    let faults = names("src/domain/term.rs", "use std::fmt;\nuse crate::storage::Store;");
    assert_eq!(faults, ["src/domain/term.rs:2: domain may not name storage"]);
    let grouped = "use crate::{domain::term::Term, cli::{table, view}};";
    assert_eq!(names("src/storage/units.rs", grouped).len(), 1);
}

#[test]
fn an_arrow_without_use_is_found() {
    for text in [
        "fn f() { crate::mail::one_line::OneLine::clean(\"\"); }",
        "fn f() { assert!(1 == crate::mail::SIZE); }",
        "fn f(x: &dyn super::super::mail::Mailer) {}",
        "use crate as root; fn f(x: root::mail::OutgoingMessage) {}",
        "fn f() { use crate::mail::OutgoingMessage; }",
    ] {
        let faults = names("src/storage/units.rs", text);
        assert_eq!(faults, ["src/storage/units.rs:1: storage may not name mail"], "{text}");
    }
}

#[test]
fn an_outside_crate_in_the_wrong_layer_is_found() {
    let faults = names("src/domain/term.rs", "use tokio::time::sleep;\nuse jiff::civil::Date;");
    assert_eq!(faults, ["src/domain/term.rs:1: domain may not name the crate tokio"]);
    assert_eq!(names("src/domain/term.rs", "#[derive(serde::Serialize)] struct A;").len(), 1);
    assert_eq!(names("src/domain/term.rs", "fn f() { tracing::info!(\"\"); }").len(), 1);
}

#[test]
fn a_hidden_part_of_a_layer_is_found_through_an_alias() {
    let text = "use crate::storage;\nfn f(x: storage::sqlite::Sqlite) {}";
    let faults = names("src/workflows/report.rs", text);
    assert_eq!(faults, ["src/workflows/report.rs:2: workflows may not name storage::sqlite"]);
}

#[test]
fn tests_and_modules_of_ones_own_are_free() {
    let own = "mod config;\nuse self::config::Word;\nfn f() { config::word(); }";
    assert_eq!(names("src/domain/expression/mod.rs", own), Vec::<String>::new());
    let tests = "#[cfg(test)]\nmod tests { use crate::cli::table; use proptest::prelude::*; }";
    assert_eq!(names("src/domain/term.rs", tests), Vec::<String>::new());
}

#[test]
fn a_layer_without_a_row_in_the_table_is_found() {
    assert_eq!(names("src/extras/a.rs", "").len(), 1);
}

#[test]
fn faults_of_form_are_found() {
    let form =
        |path: &str, text: String| faults_of_form(&Source { path: path.to_owned(), text }).len();
    let header = "//! Terms.\n//!\n//! Must not know: mail.\n";
    assert_eq!(form("src/domain/term.rs", header.to_owned()), 0);
    assert_eq!(form("src/domain/term.rs", String::new()), 1);
    assert_eq!(form("src/domain/term.rs", "//! Terms.\n".to_owned()), 1);
    assert_eq!(form("src/domain/utils.rs", header.to_owned()), 1);
    assert_eq!(form("src/utils/mod.rs", format!("{header}//! Callers: cli.\n")), 1);
    assert_eq!(form("src/domain/mod.rs", header.to_owned()), 1);
    assert_eq!(form("src/domain/term.rs", header.to_owned() + &"\n".repeat(500)), 1);
    let long = format!("{header}fn f() {{{}}}", "\n".repeat(70));
    assert_eq!(form("src/domain/term.rs", long), 1);
    assert_eq!(form("src/domain/term.rs", format!("{header}fn new_term() {{}}")), 1);
}

#[test]
fn a_file_that_nothing_declares_is_found() {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let sources = [
        source("src/lib.rs", "mod a;"),
        source("src/a/mod.rs", "mod b;"),
        source("src/a/b.rs", "#[cfg(test)]\n#[path = \"b_tests.rs\"]\nmod tests;"),
        source("src/a/b_tests.rs", ""),
        source("src/a/c.rs", ""),
    ];
    assert_eq!(forgotten(&sources, &["src/lib.rs"]), ["src/a/c.rs"]);
    assert_eq!(stems_of_tests(&sources), ["src/a/b_tests.rs"]);
}

fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let source =
        |(path, text): &(&str, &str)| Source { path: (*path).to_owned(), text: (*text).to_owned() };
    Files::of(&files.iter().map(source).collect::<Vec<_>>()).circles()
}

#[test]
fn a_circle_between_files_is_found() {
    let found = circles(&[
        ("src/a/mod.rs", "pub mod b; mod c; pub struct A;"),
        ("src/a/b.rs", "use super::c::C;"),
        ("src/a/c.rs", "pub struct C; fn f() { crate::a::b::run(); }"),
    ]);
    assert_eq!(found, [["a::b names a::c", "a::c names a::b"]]);
    let by_the_parent = circles(&[
        ("src/a/mod.rs", "mod b; pub struct A; fn f() { b::run(); }"),
        ("src/a/b.rs", "use super::A;"),
    ]);
    assert_eq!(by_the_parent.len(), 1);
}

#[test]
fn a_declared_module_a_reexport_and_a_visibility_make_no_circle() {
    let found = circles(&[
        ("src/a/mod.rs", "mod b; mod c; pub use b::B; pub struct A;"),
        ("src/a/b.rs", "pub(super) struct B; use super::A;"),
        ("src/a/c.rs", "use super::B; fn f() -> crate::a::A {}"),
    ]);
    assert_eq!(found, Vec::<Vec<String>>::new());
}
