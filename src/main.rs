//! The program: arguments, one command, an exit code.
//!
//! Must not know: anything else.

use std::process::ExitCode;

fn main() -> ExitCode {
    duban::cli::main()
}
