//! `demo`: the whole job on built-in data, in a folder of its own.
//!
//! Must not know: the configuration of this machine, its environment, a relay.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use super::command_context::{CommandContext, RunOptions};
use super::exit_code::Exit;
use super::failure::Failure;
use super::long_list::print_upcoming;
use super::terminal::Terminal;
use super::{import, import_obligations, service};
use crate::config::Sources;
use crate::intake::letter::{Letter, read_letter};
use crate::views::dates::minute;
use crate::views::letters::{self, LetterView};
use crate::words;
use crate::words::Lang;
use crate::workflows::inspect::Question;

/// The task assignment of Yuzhong district, as tables.
const UNITS: &str = include_str!("../../config/examples/yuzhong-2022/units.csv");
const OBLIGATIONS: &str = include_str!("../../config/examples/yuzhong-2022/obligations.csv");

/// When the demonstration takes place unless `--as-of` says otherwise.
const THREE_DAYS_BEFORE_YEAR_END: &str = "2022-12-28";

/// Show the whole work on built-in data, in a new folder
///
/// Creates a ledger, lists what is due, makes one pass, writes the mails into a Maildir and a page that opens them. Needs no
/// network, no administrator and no configuration.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder for ledger and mails, which must be new; default: a temporary folder
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

/// Plays the demonstration.
pub(super) async fn run(
    arguments: Arguments,
    options: RunOptions,
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    let folder = fresh_folder(arguments.into)?;
    let as_of = options.as_of.or_else(|| THREE_DAYS_BEFORE_YEAR_END.parse().ok());
    let options = RunOptions { as_of, lang: Some(terminal.lang), ..options };
    let mut context = CommandContext::open(&sources(&folder), options, terminal)?;
    let played = play(&mut context, &folder).await;
    context.close().await;
    played
}

async fn play(context: &mut CommandContext<'_>, folder: &Path) -> Result<Exit, Failure> {
    let (units, obligations) = (folder.join("units.csv"), folder.join("obligations.csv"));
    for (path, text) in [(&units, UNITS), (&obligations, OBLIGATIONS)] {
        std::fs::write(path, text)
            .map_err(|source| Failure::File { path: path.clone(), source })?;
    }
    let lang = context.lang;
    context.say(&words!(
        lang,
        zh = "演示时间{now}，文件夹{folder}",
        en = "As of {now}, in {folder}",
        now = minute(context.now()),
        folder = folder.display(),
    ))?;
    context.say(lang.pick(
        "\n1. 将渝中区的任务分工表导入新台账",
        "\n1. The task table of Yuzhong district (渝中区) goes into a new ledger",
    ))?;
    import::load_units(&import::Units::plainly(units), context).await?;
    let obligations = import_obligations::Obligations::plainly(vec![obligations]);
    import_obligations::run(&obligations, context).await?;

    context
        .say(lang.pick("\n2. 10个工作日内到期的事项", "\n2. What is due within 10 working days"))?;
    let ledger = context.ledger().await?;
    let question = Question { within: "10wd".parse().ok(), ..Question::default() };
    print_upcoming(context, &ledger, &question).await?;
    context.flush()?;

    context.say(lang.pick(
        "\n3. 检查一次：应当提醒的联系人各收到一封邮件",
        "\n3. One run: every contact who must be reminded gets one mail",
    ))?;
    let exit = service::pass(context).await?;
    context.flush()?;
    let index = write_index(folder, lang)?;
    context.say(&words!(
        lang,
        zh = "\n用浏览器打开 {index} 可查看全部邮件（文件在{mails}）；台账在{ledger}。可以这样查询：\n  DUBAN__DATABASE__PATH={ledger} {program} --as-of {today} upcoming",
        en = "\nOpen {index} in a browser to read the mails (the files are in {mails}); the ledger is {ledger}. Ask it:\n  \
              DUBAN__DATABASE__PATH={ledger} {program} --as-of {today} upcoming",
        index = index.display(),
        mails = folder.join("mail/new").display(),
        ledger = folder.join("duban.db").display(),
        program = program(),
        today = context.now().today(),
    ))?;
    Ok(exit)
}

/// Writes a page that opens every mail in `folder`; returns its path.
fn write_index(folder: &Path, lang: Lang) -> Result<PathBuf, Failure> {
    let mails = folder.join("mail/new");
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Failure::File { path, source }
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&mails).map_err(failed(&mails))? {
        files.push(entry.map_err(failed(&mails))?.path());
    }
    let mut letters = Vec::new();
    for path in files {
        let bytes = std::fs::read(&path).map_err(failed(&path))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let letter = read_letter(&bytes).zip(name).map(|(letter, name)| {
            let Letter { to, subject, html } = letter;
            LetterView { to, subject, html, file: format!("mail/new/{name}") }
        });
        letters.extend(letter);
    }
    letters.sort_by(|one, other| (&one.subject, &one.to).cmp(&(&other.subject, &other.to)));
    let index = folder.join("index.html");
    std::fs::write(&index, letters::page(&letters, lang)).map_err(failed(&index))?;
    Ok(index)
}

/// The command with which this program was started, as a shell takes it.
fn program() -> String {
    let command = std::env::args().next().unwrap_or_else(|| "duban".to_owned());
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "/._-".contains(character);
    if command.chars().all(is_plain) {
        command
    } else {
        format!("'{}'", command.replace('\'', "'\\''"))
    }
}

/// Built-in defaults, with ledger and mails in `folder`.
fn sources(folder: &Path) -> Sources {
    let inside = |name: &str| folder.join(name).display().to_string();
    let environment = [
        ("DUBAN__DATABASE__PATH", inside("duban.db")),
        ("DUBAN__MAIL__MAILDIR__PATH", inside("mail")),
        ("DUBAN__MAIL__FROM", "duban@yuzhong.example".to_owned()),
        ("DUBAN__LOG__FILTER", "warn".to_owned()),
    ];
    let environment: BTreeMap<String, String> =
        environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Sources { environment, ..Sources::default() }
}

/// A new, empty folder; one that holds something is refused, so that no ledger is ever overwritten.
fn fresh_folder(named: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let Some(folder) = named else {
        return Ok(tempfile::Builder::new().prefix("duban-demo-").tempdir()?.keep());
    };
    let failed = |source| Failure::File { path: folder.clone(), source };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let mut content = std::fs::read_dir(&folder).map_err(failed)?;
    if content.next().is_some() {
        return Err(Failure::FolderNotEmpty { path: folder });
    }
    Ok(folder)
}
