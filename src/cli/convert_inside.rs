//! `convert-inside`: becomes a converter, with limits. Only `extract` starts it.
//!
//! Must not know: which converters there are.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::exit_code::Exit;
use crate::intake::converter::{become_program, is_missing};

/// Become a program with limits on time, memory and files
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The program
    program: PathBuf,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// How the command ends when the program could not be started.
pub(super) fn run(asked: &Arguments) -> Exit {
    let error = become_program(&asked.program, &asked.arguments);
    if is_missing(&error) { Exit::NoProgram } else { Exit::Unexpected }
}
