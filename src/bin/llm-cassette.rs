//! The command line. All of it is in the library, so that it shares what the library knows.

use std::process::ExitCode;

fn main() -> ExitCode {
    llm_cassette::cli::main()
}
