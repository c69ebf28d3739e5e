//! The command line. All of it is in the library, so that it shares what the library knows.

use std::process::ExitCode;

#[cfg(feature = "cli")]
fn main() -> ExitCode {
    llm_cassette::cli::main()
}

// With `required-features`, `cargo install llm-cassette` would compile for minutes, warn, install nothing, and succeed.
#[cfg(not(feature = "cli"))]
fn main() -> ExitCode {
    #[allow(clippy::print_stderr, reason = "what prints elsewhere is in the library, behind the feature")]
    {
        eprintln!("error: llm-cassette was built without its command line");
        eprintln!(
            "hint: install it with `--features cli`, as in `cargo install llm-cassette --features cli`"
        );
    }
    ExitCode::from(2)
}
