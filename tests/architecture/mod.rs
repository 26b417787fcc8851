//! The shape of the source tree: who may name whom, and what every file looks like.
//!
//! The tables below are the rule; the sources are parsed and held against them. Code under `#[cfg(test)]` may name
//! whatever it tests with.

mod circles;
mod planted;
mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use circles::Files;
use reading::{Reading, Source};

/// A folder or file directly below `src/`: the layers and the outside crates it may name, blank-separated, besides
/// itself.
struct Layer {
    name: &'static str,
    layers: &'static str,
    crates: &'static str,
}

/// Arrows never point upwards.
const LAYERS: [Layer; 16] = [
    Layer { name: "lib", layers: "", crates: "" },
    Layer { name: "main", layers: "cli", crates: "" },
    Layer {
        name: "cli",
        layers: "clock config daemon domain intake logging mail storage views wiring workflows words",
        crates: "clap clap_complete csv jiff serde serde_json strsim tempfile terminal_size thiserror tokio tokio_util \
                 tracing unicode_width",
    },
    Layer {
        name: "views",
        layers: "domain intake storage workflows words",
        crates: "csv jiff rust_xlsxwriter serde serde_json unicode_width",
    },
    Layer {
        name: "daemon",
        layers: "clock config domain mail storage wiring workflows words",
        crates: "async_trait chrono_tz croner jiff sd_notify thiserror tokio tokio_cron_scheduler tokio_util tracing",
    },
    Layer {
        name: "wiring",
        layers: "clock config domain mail storage workflows words",
        crates: "jiff thiserror tracing",
    },
    Layer {
        name: "workflows",
        layers: "clock deferred domain intake mail storage words",
        crates: "async_trait data_encoding jiff sha2 thiserror tokio tokio_util tracing",
    },
    Layer {
        name: "storage",
        layers: "domain words",
        crates: "async_trait data_encoding flate2 futures_util getrandom jiff rustix serde serde_json sha2 sqlx tempfile thiserror tokio \
                 tracing zip",
    },
    Layer {
        name: "mail",
        layers: "domain words",
        crates: "async_trait data_encoding jiff lettre memchr minijinja rustls_native_certs secrecy serde sha2 \
                 socket2 thiserror tokio tokio_rustls tracing unicode_width",
    },
    Layer {
        name: "intake",
        layers: "domain words",
        crates: "calamine cfb csv encoding_rs jiff mail_parser quick_xml rustix strsim thiserror zip",
    },
    Layer {
        name: "config",
        layers: "deferred domain mail words",
        crates: "chrono config croner jiff secrecy serde serde_json strsim thiserror toml",
    },
    Layer {
        name: "logging",
        layers: "config words",
        crates: "thiserror tracing tracing_journald tracing_subscriber",
    },
    Layer { name: "clock", layers: "domain words", crates: "jiff rustix" },
    Layer { name: "deferred", layers: "", crates: "" },
    Layer { name: "words", layers: "", crates: "" },
    Layer {
        name: "domain",
        layers: "words",
        crates: "data_encoding hmac jiff sha2 strsim thiserror unicode_normalization uuid winnow",
    },
];

/// Parts of a layer that only these other layers may name; the rest sees traits.
const HIDDEN: [(&str, &str); 3] = [
    ("storage::sqlite", "cli wiring"),
    ("mail::smtp", "config wiring"),
    ("mail::maildir", "wiring"),
];

/// Names that say nothing.
const EMPTY_NAMES: [&str; 6] = ["common", "helper", "helpers", "manager", "misc", "utils"];
const LONGEST_FILE: usize = 500;
const LONGEST_FUNCTION: usize = 70;

/// True if `word` is among the blank-separated `words`.
fn among(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|other| other == word)
}

/// The module path of a file below `src/`: `src/a/b.rs` and `src/a/b/mod.rs` are both `a`, `b`.
fn module_of(path: &str) -> Vec<String> {
    let below = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    below.split('/').map(str::to_owned).collect()
}

/// Names that the layer of `source` may not say.
fn forbidden_names(source: &Source, outside: &BTreeSet<String>) -> Vec<String> {
    let module = module_of(&source.path);
    let Some(layer) = LAYERS.iter().find(|layer| layer.name == module[0]) else {
        return vec![format!("{}: no layer of this name is in the table", source.path)];
    };
    let reading = Reading::of(source);
    let faults = reading.paths.iter().filter_map(|named| {
        let path = reading.resolved(&named.segments, &module);
        let fault = forbidden(layer, &path, outside)?;
        Some(format!("{}:{}: {} may not name {fault}", source.path, named.line, layer.name))
    });
    faults.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The part of `path` that `layer` may not name, if any.
fn forbidden(layer: &Layer, path: &[String], outside: &BTreeSet<String>) -> Option<String> {
    let root = path.first()?.as_str();
    if root != "crate" {
        let known = path.len() > 1 && outside.contains(root);
        return (known && !among(layer.crates, root)).then(|| format!("the crate {root}"));
    }
    let target = path.get(1)?;
    if target == layer.name || !LAYERS.iter().any(|layer| layer.name == target) {
        return None;
    }
    let below = path[1..].join("::") + "::";
    let hidden = HIDDEN.iter().find(|(part, _)| below.starts_with(&format!("{part}::")));
    match hidden {
        Some((part, may)) if !among(may, layer.name) => Some((*part).to_owned()),
        _ if among(layer.layers, target) => None,
        _ => Some(target.clone()),
    }
}

/// What is wrong with the form of one file.
fn faults_of_form(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: String| faults.push(format!("{}: {what}", source.path));
    let header: Vec<_> = source.text.lines().take_while(|line| line.starts_with("//!")).collect();
    let says_limits = header.join(" ").to_lowercase().contains("must not know");
    if header.is_empty() {
        fault("does not begin with `//!`".to_owned());
    } else if needs_limits(&source.path) && !says_limits {
        fault("its header does not say what it must not know".to_owned());
    }
    let is_module = source.path.starts_with("src/") && source.path.ends_with("/mod.rs");
    if is_module && needs_limits(&source.path) && !header.join(" ").contains("Callers: ") {
        fault("its header does not say who calls it".to_owned());
    }
    let lines = source.text.lines().count();
    if lines > LONGEST_FILE {
        fault(format!("{lines} lines; {LONGEST_FILE} is the most"));
    }
    for part in source.path.trim_end_matches(".rs").split('/') {
        if EMPTY_NAMES.contains(&part) {
            fault(format!("`{part}` says nothing"));
        }
    }
    for (line, name, length) in Reading::of(source).functions {
        if length > LONGEST_FUNCTION {
            fault(format!(
                "line {line}: `{name}` has {length} lines; {LONGEST_FUNCTION} is the most"
            ));
        }
        if name.starts_with("new_") {
            fault(format!("line {line}: `{name}`: say what it returns"));
        }
    }
    faults
}

/// Test code and the crate page have no "must not know".
fn needs_limits(path: &str) -> bool {
    let test = path.ends_with("tests.rs") || path.contains("/tests/");
    path.starts_with("src/") && path != "src/lib.rs" && !test
}

/// Files that no `mod` declares, so that nothing compiles them.
fn forgotten(sources: &[Source], roots: &[&str]) -> Vec<String> {
    let mut declared: BTreeSet<String> = roots.iter().map(|root| (*root).to_owned()).collect();
    for source in sources {
        let is_root = roots.contains(&source.path.as_str());
        for module in Reading::of(source).modules {
            declared.extend(module.files(&source.path, is_root));
        }
    }
    sources
        .iter()
        .map(|source| source.path.clone())
        .filter(|path| !declared.contains(path))
        .collect()
}

/// The files that only tests compile: those declared under `#[cfg(test)]`, as stems that whatever lies below them
/// begins with.
fn stems_of_tests(sources: &[Source]) -> Vec<String> {
    let mut stems = Vec::new();
    for source in sources {
        for module in Reading::of(source).modules.iter().filter(|module| module.for_tests) {
            let files = module.files(&source.path, false).into_iter();
            stems.extend(files.map(|file| file.trim_end_matches("mod.rs").to_owned()));
        }
    }
    stems
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files below a folder, sorted.
fn sources_below(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push(Source { path: name, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The files below `src` that are compiled outside of tests too.
fn sources_of_program() -> Vec<Source> {
    let mut sources = sources_below("src");
    let for_tests = stems_of_tests(&sources);
    sources.retain(|source| !for_tests.iter().any(|stem| source.path.starts_with(stem)));
    sources
}

/// Every dependency as code names it.
fn dependencies() -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let table = manifest["dependencies"].as_table().unwrap();
    table.keys().map(|name| name.replace('-', "_")).collect()
}

#[test]
fn every_layer_names_only_what_lies_below_it() {
    let outside = dependencies();
    let sources = sources_of_program();
    let faults: Vec<_> =
        sources.iter().flat_map(|source| forbidden_names(source, &outside)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn only_the_backend_names_the_driver() {
    let elsewhere = sources_of_program().into_iter().filter(|source| {
        !source.path.starts_with("src/storage/sqlite/")
            && Reading::of(source)
                .paths
                .iter()
                .any(|named| named.segments.first().is_some_and(|root| root == "sqlx"))
    });
    let elsewhere: Vec<_> = elsewhere.map(|source| source.path).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn no_file_names_a_file_that_names_it() {
    let circles = Files::of(&sources_of_program()).circles();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn every_file_has_a_header_a_length_and_a_name_that_say_something() {
    let sources = sources_below("src").into_iter().chain(sources_below("tests"));
    let faults: Vec<_> = sources.flat_map(|source| faults_of_form(&source)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The crate page names the test that holds each invariant.
#[test]
fn every_test_that_the_crate_page_names_exists() {
    let page = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let invariants = page.split("# Invariants").nth(1).and_then(|it| it.split("# Glossary").next());
    let named = invariants.unwrap().split('`').skip(1).step_by(2).filter(|it| it.contains("::"));
    let names = named.filter_map(|it| it.rsplit("::").next());
    let tests: Vec<String> = names
        .filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
        .map(|name| format!("fn {name}()"))
        .collect();
    assert!(tests.len() > 10, "{tests:?}");
    let sources: Vec<_> = sources_below("tests").into_iter().chain(sources_below("src")).collect();
    for test in tests {
        assert!(sources.iter().any(|source| source.text.contains(&test)), "there is no {test}");
    }
}

#[test]
fn every_file_is_compiled() {
    let mut forgotten_files = forgotten(&sources_below("src"), &["src/lib.rs", "src/main.rs"]);
    let roots = [
        "tests/main.rs",
        "tests/bench/calendar.rs",
        "tests/bench/deliver.rs",
        "tests/bench/extract.rs",
        "tests/bench/pass.rs",
    ];
    forgotten_files.extend(forgotten(&sources_below("tests"), &roots));
    assert!(forgotten_files.is_empty(), "no `mod` declares {forgotten_files:?}");
}

/// A step that is not built in would never run; one out of its place would get another's number.
#[test]
fn the_built_in_migrations_are_those_of_the_folder() {
    let mut folder = BTreeMap::new();
    for entry in fs::read_dir(root().join("migrations/sqlite")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let version: i64 = name.split('_').next().unwrap().parse().unwrap();
        folder.insert(version, fs::read_to_string(&path).unwrap());
    }
    let built_in: BTreeMap<_, _> = duban::storage::sqlite::migrations()
        .iter()
        .map(|migration| (migration.version, migration.sql.as_str().to_owned()))
        .collect();
    assert!(!folder.is_empty());
    assert!(built_in == folder, "name every file, in order, in src/storage/sqlite/migrations.rs");
}
