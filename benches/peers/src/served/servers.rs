//! The servers that are measured, each a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;

use super::bare;
use super::load::Load;
use crate::Outcome;
use crate::workload::{Size, question};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Bare,
    Ours,
    Aimock,
    Mitmdump,
}

impl Tool {
    pub fn name(self) -> &'static str {
        match self {
            Tool::Bare => "bare hyper, which knows the answers",
            Tool::Ours => "`llm-cassette serve`",
            Tool::Aimock => "aimock",
            Tool::Mitmdump => "mitmdump",
        }
    }

    pub fn program(self) -> Option<PathBuf> {
        let named = |variable: &str| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.exists());
        match self {
            Tool::Bare => std::env::current_exe().ok(),
            Tool::Ours => Some(named("LLM_CASSETTE").unwrap_or_else(|| {
                Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/release/llm-cassette")
            })),
            Tool::Aimock => named("AIMOCK"),
            Tool::Mitmdump => named("MITMDUMP"),
        }
    }
}

/// A server that is running. It is ended when this is dropped.
pub struct Server {
    child: Child,
    url: String,
}

impl Server {
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A server that needs no recordings.
    pub async fn start(tool: Tool, folder: &Path, _count: usize) -> Outcome<Server> {
        let mut command = command(tool)?;
        command.arg(bare::ARGUMENT).current_dir(folder);
        Server::listening(command, "").await
    }

    /// A server that has so many recordings.
    pub async fn prepared(tool: Tool, folder: &Path, count: usize, size: Size, upstream: &str) -> Outcome<Server> {
        match tool {
            Tool::Bare => Server::start(tool, folder, count).await,
            Tool::Ours => {
                if !cassette(folder, count, size).exists() {
                    let server = Server::recording_to(folder, &cassette(folder, count, size), upstream).await?;
                    record(&server, count, size).await?;
                    server.interrupt()?;
                }
                Server::replaying(folder, count, size).await
            }
            Tool::Aimock => {
                let fixtures = folder.join(format!("aimock-{count}"));
                std::fs::create_dir_all(&fixtures)?;
                let all: Vec<String> = (0..count)
                    .map(|number| {
                        format!(
                            r#"{{"match":{{"userMessage":"What is the capital of country number {number}?"}},"response":{{"content":"The capital of country number {number} is city number {number}."}}}}"#
                        )
                    })
                    .collect();
                std::fs::write(fixtures.join("all.json"), format!("{{\"fixtures\":[{}]}}", all.join(",")))?;
                let port = free_port()?;
                let mut command = command(tool)?;
                command.args(["-p", &port.to_string(), "-f"]).arg(&fixtures).args(["--log-level", "silent"]);
                Server::at_port(command, port).await
            }
            Tool::Mitmdump => {
                let flows = folder.join(format!("mitmdump-{count}.flows"));
                let reverse = format!("reverse:{upstream}");
                let with = |port: u16| -> Outcome<Command> {
                    let mut command = command(tool)?;
                    command.args(["-q", "--listen-host", "127.0.0.1", "--listen-port", &port.to_string()]);
                    command.args(["--mode", &reverse]);
                    Ok(command)
                };
                let port = free_port()?;
                let mut recording = with(port)?;
                recording.arg("-w").arg(&flows);
                let server = Server::at_port(recording, port).await?;
                record(&server, count, size).await?;
                server.interrupt()?;
                let port = free_port()?;
                let mut replaying = with(port)?;
                replaying.args(["--set", "server_replay_reuse=true", "--server-replay"]).arg(&flows);
                Server::at_port(replaying, port).await
            }
        }
    }

    /// Ours, which replays and answers a request as often as it is asked.
    pub async fn replaying(folder: &Path, count: usize, size: Size) -> Outcome<Server> {
        std::fs::write(folder.join("llm-cassette.toml"), "repeats = \"reuse\"\n")?;
        let mut command = command(Tool::Ours)?;
        command.args(["serve", "--listen", "127.0.0.1:0", "--cassette"]).arg(cassette(folder, count, size));
        command.current_dir(folder);
        Server::listening(command, "/openai").await
    }

    /// Ours, which records.
    pub async fn recording(folder: &Path, upstream: &str) -> Outcome<Server> {
        Server::recording_to(folder, &folder.join("recorded.yaml"), upstream).await
    }

    async fn recording_to(folder: &Path, cassette: &Path, upstream: &str) -> Outcome<Server> {
        let mut command = command(Tool::Ours)?;
        command.args(["serve", "--listen", "127.0.0.1:0", "--mode", "record", "--cassette"]).arg(cassette);
        command.args(["--upstream", &format!("openai={upstream}")]).current_dir(folder);
        Server::listening(command, "/openai").await
    }

    /// A server that says where it is.
    async fn listening(mut command: Command, path: &str) -> Outcome<Server> {
        use std::io::BufRead as _;
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let mut lines = std::io::BufReader::new(stdout);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let url = line.trim_end().strip_prefix("listening on ").ok_or_else(|| format!("it said {line:?}"))?;
        let url = format!("{url}{path}");
        // What else it says is nobody's business, and must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Ok(Server { child, url })
    }

    /// A server that was told where to be.
    async fn at_port(mut command: Command, port: u16) -> Outcome<Server> {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let server = Server { child, url: format!("http://127.0.0.1:{port}") };
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(server);
            }
            sleep(Duration::from_millis(50)).await;
        }
        Err(format!("nothing listens on port {port}").into())
    }

    /// Ends a server as Ctrl-C does, so that it writes what it has.
    fn interrupt(mut self) -> Outcome<()> {
        Command::new("kill").args(["-INT", &self.child.id().to_string()]).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn record(server: &Server, count: usize, size: Size) -> Outcome<()> {
    let load = Load { url: server.url(), count, total: count, connections: 1, size };
    let (_, answered) = load.run().await?;
    match answered == count {
        true => Ok(()),
        false => Err(format!("{answered} of {count} were recorded; the first is {}", question(0, size)).into()),
    }
}

fn cassette(folder: &Path, count: usize, size: Size) -> PathBuf {
    folder.join(format!("ours-{}-{count}.yaml", size.name()))
}

fn command(tool: Tool) -> Outcome<Command> {
    let program = tool.program().ok_or_else(|| format!("{} is not installed", tool.name()))?;
    if !program.exists() {
        let hint = "build it with `cargo build --release --features cli`";
        return Err(format!("{} is not there: {hint}", program.to_string_lossy()).into());
    }
    let mut command = Command::new(program);
    command.env_remove("LLM_CASSETTE_MODE").env_remove("CARGO_MANIFEST_DIR");
    Ok(command)
}

fn free_port() -> Outcome<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
