//! Which file names which, and the circles among them.
//!
//! `mod x;` and a re-export are no edge; an imported name leads to the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use super::module_of;
use super::reading::{Reading, Source};

type Module = Vec<String>;

/// The files of the program by their module.
pub(super) struct Files {
    files: BTreeMap<Module, Reading>,
}

impl Files {
    pub(super) fn of(sources: &[Source]) -> Self {
        let roots = ["src/lib.rs", "src/main.rs"];
        let files = sources.iter().filter(|source| !roots.contains(&source.path.as_str()));
        Self { files: files.map(|file| (module_of(&file.path), Reading::of(file))).collect() }
    }

    /// The groups of files that name each other, directly or through others; with each file those of the group it names.
    pub(super) fn circles(&self) -> Vec<Vec<String>> {
        let edges: BTreeMap<&Module, BTreeSet<&Module>> =
            self.files.keys().map(|file| (file, self.named_by(file))).collect();
        let reached: BTreeMap<&Module, BTreeSet<&Module>> =
            edges.keys().map(|file| (*file, reached_from(file, &edges))).collect();
        let in_circle = |file: &&Module| reached[*file].contains(*file);
        let mut left: BTreeSet<&Module> = edges.keys().copied().filter(in_circle).collect();
        let mut circles = Vec::new();
        while let Some(first) = left.first().copied() {
            let circle: BTreeSet<&Module> = reached[first]
                .iter()
                .copied()
                .filter(|other| reached[*other].contains(first))
                .collect();
            let describe = |file: &&Module| {
                let named = edges[*file].intersection(&circle).map(|other| other.join("::"));
                format!("{} names {}", file.join("::"), named.collect::<Vec<_>>().join(", "))
            };
            circles.push(circle.iter().map(describe).collect());
            left.retain(|file| !circle.contains(file));
        }
        circles
    }

    fn named_by(&self, module: &Module) -> BTreeSet<&Module> {
        let reading = &self.files[module];
        let named = reading.paths.iter().filter(|named| !named.is_reexport);
        named
            .filter_map(|named| self.file_of(&reading.resolved(&named.segments, module)))
            .filter(|file| *file != module)
            .collect()
    }

    /// The file in which the last part of a path is defined; `None` outside this crate.
    fn file_of(&self, path: &[String]) -> Option<&Module> {
        let (_, path) = path.split_first().filter(|(root, _)| *root == "crate")?;
        let mut lengths = (1..=path.len()).rev();
        let (module, reading) =
            lengths.find_map(|length| self.files.get_key_value(&path[..length]))?;
        let Some((name, rest)) = path[module.len()..].split_first() else { return Some(module) };
        match reading.import_of(name) {
            Some(target) => {
                let target = [reading.resolved(target, module).as_slice(), rest].concat();
                self.file_of(&target)
            }
            None => Some(module),
        }
    }
}

fn reached_from<'f>(
    start: &Module,
    edges: &BTreeMap<&'f Module, BTreeSet<&'f Module>>,
) -> BTreeSet<&'f Module> {
    let mut reached = BTreeSet::new();
    let mut left: Vec<&Module> = edges[start].iter().copied().collect();
    while let Some(file) = left.pop() {
        if reached.insert(file) {
            left.extend(&edges[file]);
        }
    }
    reached
}
