//! `llm-cassette serve`: cassettes for clients in any language, behind a base URL.

pub(super) mod summary;

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::adapters::server::{Cutting, Listening, Options, Pace, Playing, Runs, Upstreams, Where};
use crate::api::configuration;
use crate::cli::Outcome;
use crate::cli::commands::output::Output;
use crate::model::error::{Error, ErrorKind};
use crate::model::json::{Json, object};
use crate::model::mode::Mode;
use crate::model::text::{shell_quoted, shell_word};

/// Serve cassettes over HTTP, to clients in any language: give them a base URL of this server.
#[derive(Debug, clap::Args)]
#[command(after_help = PATHS)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Where to listen; port 0 is any that is free.
    #[arg(long, value_name = "ADDRESS", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 4010)))]
    listen: SocketAddr,
    /// A file to write the port to, once clients may come.
    #[arg(long, value_name = "FILE")]
    port_file: Option<PathBuf>,
}

/// What `serve` and `run` are told alike.
#[derive(Debug, clap::Args)]
pub(super) struct Common {
    /// One cassette for all clients, each of which plays it from its beginning.
    #[arg(long, value_name = "FILE", conflicts_with = "dir")]
    cassette: Option<PathBuf>,
    /// The folder with a cassette for each name; `cassettes`, unless `llm-cassette.toml` says otherwise.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// `replay`, `record`, `refresh` or `off`; wins over `LLM_CASSETTE_MODE`.
    #[arg(long, value_name = "MODE")]
    mode: Option<Mode>,
    /// Where to send what names no provider, or `NAME=URL` for one that is named. Can be repeated.
    #[arg(long = "upstream", value_name = "URL")]
    upstreams: Vec<String>,
    /// How fast to play streams: `none`, as fast as clients read; `recorded`, as they came; `x2`, twice as fast.
    #[arg(long, value_name = "PACE", default_value = "none")]
    pace: Pace,
    /// Where to cut answers, to try a client's parser: `recorded`, `byte`, `event` or `random:SEED`.
    #[arg(long, value_name = "CHUNKS", default_value = "recorded")]
    chunks: Cutting,
    /// The longest body of a request, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20)]
    max_request_size: u64,
}

const PATHS: &str = "\
A path names the provider, and whose test asks: /openai/v1/…, /@weather/anthropic/v1/…, /api.example.com/v1/…. So does the key \
that a client sends: sk-cassette-weather. The real key comes from the environment of the server. Ctrl-C ends the server, \
with a report. Exit codes: 0: each request had an answer; 1: some had none; 2: the command failed.";

/// How long answers may take that are under way when the server is told to end.
const GRACE: Duration = Duration::from_secs(5);

impl Common {
    pub(super) fn mode(&self) -> Option<Mode> {
        self.mode
    }

    /// What of this is to be typed again for a run of the same cassettes, whatever its mode.
    pub(super) fn words(&self) -> String {
        let path = |name: &str, path: &Option<PathBuf>| {
            path.as_ref().map(|path| format!(" {name} {}", shell_quoted(path))).unwrap_or_default()
        };
        let upstreams = self.upstreams.iter().map(|url| format!(" --upstream {}", shell_word(url)));
        format!(
            "{}{}{}",
            path("--cassette", &self.cassette),
            path("--dir", &self.dir),
            upstreams.collect::<String>()
        )
    }

    /// The runs of a server that people start by a command.
    pub(super) fn runs(&self, command: &str) -> Result<Runs, Error> {
        self.runs_in(self.mode, command)
    }

    pub(super) fn runs_in(&self, mode: Option<Mode>, command: &str) -> Result<Runs, Error> {
        let absolute =
            |path: &Path| std::path::absolute(path).map_err(|error| Error::io("find", path, error));
        let place = match (&self.cassette, &self.dir) {
            (Some(file), _) => Where::File(absolute(file)?),
            (None, folder) => Where::Folder(folder.as_deref().map(absolute).transpose()?),
        };
        Ok(Runs::new(place, mode, command.to_owned()))
    }

    pub(super) fn options(&self) -> Result<Options, Error> {
        let mut upstreams = Upstreams::configured(&*configuration::files::of(Path::new(""))?)?;
        self.upstreams.iter().try_for_each(|upstream| upstreams.add(upstream))?;
        Ok(Options {
            upstreams,
            longest_request: self.max_request_size,
            playing: Playing { pace: self.pace, cutting: self.chunks },
            grace: GRACE,
        })
    }
}

pub(in crate::cli) fn run(arguments: &Arguments, output: &mut Output) -> Result<Outcome, Error> {
    let runs = Arc::new(arguments.common.runs("llm-cassette serve")?);
    // What the cassettes of clients would be refused for is told before any client comes.
    let mode = runs.mode()?;
    let options = arguments.common.options()?;
    let elsewhere: Vec<String> = options.upstreams.told().collect();
    let listening = Listening::bind(arguments.listen, Arc::clone(&runs), options)?;
    let address = listening.address();
    runtime()?.block_on(async {
        let stop = stopped()?;
        tell(address, mode, &elsewhere, output);
        output.flush()?;
        if let Some(file) = &arguments.port_file {
            write_port(file, address.port())?;
        }
        listening.serve(stop).await
    })?;
    let ended = runs.finish_all();
    Ok(summary::show(&ended, output))
}

/// Says where clients are to come.
fn tell(address: SocketAddr, mode: Mode, elsewhere: &[String], output: &mut Output) {
    let url = format!("http://{address}");
    if output.wants_json() {
        let text = |text: String| Json::String(text);
        output.value(&object([("listening", text(url)), ("mode", text(mode.to_string()))]));
        return;
    }
    output.line(&format!("listening on {url}"));
    output.line(&format!("mode {mode}"));
    elsewhere.iter().for_each(|told| output.line(told));
    if !address.ip().is_loopback() {
        output.line("whoever can reach this machine can use the server, and the keys in its environment");
    }
}

/// What answers on all cores.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorKind::Io, format!("could not start a runtime: {error}")))
}

/// Is there when somebody asks the process to end.
fn stopped() -> Result<impl Future<Output = ()>, Error> {
    let cannot = |error| Error::new(ErrorKind::Io, format!("could not listen to signals: {error}"));
    #[cfg(unix)]
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(cannot)?;
    #[cfg(unix)]
    let mut interrupt =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt()).map_err(cannot)?;
    #[cfg(windows)]
    let mut interrupt = tokio::signal::windows::ctrl_c().map_err(cannot)?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        #[cfg(windows)]
        let _ = interrupt.recv().await;
    })
}

/// Whoever waits for the file is to find all of it, so it comes into being at once.
fn write_port(file: &Path, port: u16) -> Result<(), Error> {
    let cannot = |error| Error::io("write", file, error);
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = file.with_file_name(name);
    let mut written = std::fs::File::create(&new).map_err(cannot)?;
    writeln!(written, "{port}").map_err(cannot)?;
    drop(written);
    std::fs::rename(&new, file).map_err(cannot)
}
