//! `generate`: man pages and shell completions, from the one definition of the command line.
//!
//! Must not know: what any command does.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Command, Subcommand};
use clap_complete::Shell;

use super::exit_code::Exit;
use super::failure::Failure;
use super::help;
use super::terminal::Terminal;
use crate::words::Lang;

/// Generate man pages or shell completions
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write the man pages in English (DIR/man1) and Chinese (`DIR/zh_CN/man1`)
    Man {
        /// The folder, such as /usr/local/share/man
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Print the completions for a shell
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
}

pub(super) fn run(
    arguments: &Arguments,
    root: Command,
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    match &arguments.what {
        What::Man { folder } => {
            write_pages(&folder.join("man1"), root.clone(), Lang::En)?;
            write_pages(&folder.join("zh_CN/man1"), root, Lang::Zh)?;
        }
        What::Completions { shell } => {
            let mut root = help::translated(root, terminal.lang);
            // Into memory first: clap_complete panics when what it writes to is closed.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut root, "duban", &mut script);
            terminal.out.write_all(&script)?;
        }
    }
    Ok(Exit::Done)
}

/// Writes `duban.1` and a page for each command, as `duban-clock-extend.1`.
fn write_pages(folder: &Path, root: Command, lang: Lang) -> Result<(), Failure> {
    let failed = |source| Failure::File { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (name, page) in help::man_pages(root, lang) {
        std::fs::write(folder.join(name), page).map_err(failed)?;
    }
    Ok(())
}
