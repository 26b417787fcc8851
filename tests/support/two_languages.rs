//! Holds every run of the binary to both languages: the same command is run in Chinese on a copy of the office.
//!
//! Exit codes, JSON and CSV must be equal, and what is said in Chinese must hold no English sentence.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::office::{Run, TestOffice};

/// A larger folder is not copied: the run is then held to one language only.
const LARGEST_COPY: u64 = 8 << 20;

/// Commands that talk to a relay, or never end.
const NOT_TWICE: [&str; 3] = ["serve", "remind", "doctor"];

/// The same command in Chinese, running on a copy of the office.
pub(crate) struct ChineseRun {
    process: Child,
    folder: TempDir,
}

impl ChineseRun {
    /// Starts it; `None` where a second run makes no sense.
    pub(crate) fn start(office: &TestOffice, arguments: &[&str]) -> Option<Self> {
        let names_a_language = arguments.iter().any(|it| it.starts_with("--lang"));
        let talks = office.has_relay() && arguments.iter().any(|it| NOT_TWICE.contains(it));
        if names_a_language || talks || office.has_daemon() {
            return None;
        }
        let folder = copy_of(office.folder())?;
        let (from, to) = (office.folder().to_str()?, folder.path().to_str()?);
        let mapped = |text: &str| text.replace(from, to);
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban"));
        command
            .args(arguments.iter().map(|argument| mapped(argument)))
            .env_clear()
            .envs(office.variables().map(|(name, value)| (name, mapped(value))))
            .env("DUBAN_LANG", "zh")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Some(Self { process: command.spawn().unwrap(), folder })
    }

    /// Waits for its end and compares it with the run in English.
    pub(crate) fn compare(self, arguments: &[&str], english: &Run) {
        let output = self.process.wait_with_output().unwrap();
        let chinese = Run::of(output, self.folder.path());
        let described = || {
            format!(
                "{arguments:?}\nin English:\n{}{}\nin Chinese:\n{}{}",
                english.out, english.err, chinese.out, chinese.err
            )
        };
        assert_eq!(
            english.code,
            chinese.code,
            "the exit code depends on the language: {}",
            described()
        );
        let is_data = arguments.iter().any(|it| matches!(*it, "json" | "csv"));
        if is_data {
            let (english, chinese) = (without_chance(&english.out), without_chance(&chinese.out));
            assert!(english == chinese, "the data depends on the language: {}", described());
        }
        let said = if is_data { chinese.err.clone() } else { chinese.out.clone() + &chinese.err };
        let phrases = english_phrases(&said);
        let given = || inputs(self.folder.path()) + &arguments.join("\n");
        if phrases.is_empty() {
            return;
        }
        let given = given();
        let own: Vec<_> =
            phrases.into_iter().filter(|phrase| !given.contains(phrase.as_str())).collect();
        // The bytes of a mail as they were sent, and code for a shell.
        let is_for_programs = ["eml", "completions"].iter().any(|it| arguments.contains(it));
        assert!(
            own.is_empty() || is_for_programs,
            "English in Chinese output: {own:?}, {}",
            described()
        );
    }
}

/// Text without what differs by chance from run to run: random identifiers.
fn without_chance(text: &str) -> String {
    let is_random =
        |word: &str| word.len() >= 16 && word.chars().all(|c| c.is_ascii_alphanumeric());
    text.split_inclusive(|c: char| !c.is_ascii_alphanumeric())
        .map(|word| {
            let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if is_random(bare) {
                "<random>".to_owned() + &word[bare.len()..]
            } else {
                word.to_owned()
            }
        })
        .collect()
}

/// Phrases of two or more English words in a row, outside of commands, paths, keys and what stands in backquotes.
pub(crate) fn english_phrases(text: &str) -> Vec<String> {
    let mut phrases = Vec::new();
    for line in text.lines().filter(|line| !is_log(line)) {
        let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" · ");
        let mut phrase: Vec<&str> = Vec::new();
        let mut in_command = false;
        let plain = plain.replace(|c: char| !c.is_ascii(), " | ");
        for word in plain.split_whitespace().chain([""]) {
            in_command = word == "duban" || in_command && is_of_command(word);
            if is_english_word(word) && !in_command {
                phrase.push(word);
                continue;
            }
            if phrase.len() > 1 {
                phrases.push(phrase.join(" "));
            }
            phrase.clear();
        }
    }
    phrases
}

/// A line of the log, which is always English.
fn is_log(line: &str) -> bool {
    ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]
        .iter()
        .any(|level| line.split_whitespace().take(2).any(|word| word == *level))
}

fn is_english_word(word: &str) -> bool {
    let word = word.trim_matches(|c: char| ",.;:!?()\"'".contains(c));
    let letters = word.chars().all(|c| c.is_ascii_alphabetic() || c == '\'');
    letters && word.chars().any(|c| c.is_ascii_lowercase())
}

/// A word that may follow `duban` on a command line.
fn is_of_command(word: &str) -> bool {
    !word.is_empty()
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:@=<>[]|".contains(c))
}

/// All text a test has put into the folder.
fn inputs(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.is_file() && !is_ledger(path))
        .map(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())
        .collect()
}

fn is_ledger(path: &Path) -> bool {
    path.file_name().unwrap_or_default().to_string_lossy().contains(".db")
}

/// Copies a folder; `None` when it is too large. The mark of the ledger names the copy, so that mail is not held.
///
/// Another process copies: when this one closes a file that SQLite has open here too, SQLite's locks on it are gone.
fn copy_of(folder: &Path) -> Option<TempDir> {
    let mut left = LARGEST_COPY;
    is_small(folder, &mut left)?;
    let copy = tempfile::tempdir().unwrap();
    let source = format!("{}/.", folder.to_str()?);
    let copied = Command::new("cp").args(["-a", &source]).arg(copy.path()).status().unwrap();
    copied.success().then_some(())?;
    adapt(folder, copy.path(), (folder.to_str()?, copy.path().to_str()?))?;
    Some(copy)
}

fn is_small(folder: &Path, left: &mut u64) -> Option<()> {
    for entry in fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        let metadata = fs::metadata(&path).ok()?;
        if metadata.is_dir() {
            is_small(&path, left)?;
        } else {
            *left = left.checked_sub(metadata.len())?;
        }
    }
    Some(())
}

/// Lets the files of a copy name the copy where they named the original.
fn adapt(original: &Path, copy: &Path, (from, to): (&str, &str)) -> Option<()> {
    for entry in fs::read_dir(copy).ok()? {
        let target = entry.ok()?.path();
        let source = original.join(target.file_name()?);
        if target.is_dir() {
            adapt(&source, &target, (from, to))?;
        } else if target.extension().is_some_and(|it| it == "home") {
            let text = fs::read_to_string(&target).ok()?;
            let mark = |path: &Path| Some(format!("\nfile {}\n", fs::metadata(path).ok()?.ino()));
            fs::write(&target, text.replace(&mark(&source)?, &mark(&target)?)).ok()?;
        } else if target.is_file()
            && !is_ledger(&target)
            && let Ok(text) = fs::read_to_string(&target)
            && text.contains(from)
        {
            fs::write(&target, text.replace(from, to)).ok()?;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::english_phrases;

    #[test]
    fn english_is_found_outside_of_commands_keys_and_backquotes() {
        assert_eq!(english_phrases("错误：nothing was loaded"), ["nothing was loaded"]);
        assert!(english_phrases("提示：请用 duban import units FILE 载入").is_empty());
        assert!(english_phrases("`write it down` 不在单位表中").is_empty());
        assert!(english_phrases("office.unit 不在 units.csv 中：JSON、CSV").is_empty());
    }
}
