//! How long it takes to record a call whose request and answer are of one kind, at four sizes: time in proportion to size is
//! what is promised, whatever the kind.
//!
//! `cargo bench --bench redaction [-- PART OF A NAME]`; with `--profile dev` it is what a test of a user takes.
//! It prints the time of each size, on Linux that of the processor, and how much longer each takes than the one of half its
//! size: about 2 is in proportion, and 4 grows with the square. It ends with 1 if a kind takes more than 3 times as long for the last doubling.

mod kinds;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{fs, io};

use kinds::{KINDS, TEXT};
use llm_cassette::{Cassette, Mode};
use reqwest_middleware::ClientBuilder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const SIZES: [usize; 4] = [25_000, 50_000, 100_000, 200_000];

/// What is quicker than this is lost in noise.
const TELLING: Duration = Duration::from_millis(20);

const MOST: f64 = 3.0;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<ExitCode> {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    let address = serve().await?;
    let mut out = std::io::stdout();
    let mut steep = 0;
    record(&address, TEXT, "warm up").await?;
    for (name, media, make) in KINDS.iter().filter(|(name, ..)| name.contains(&wanted)) {
        let mut times = Vec::new();
        for size in SIZES {
            let body = make(size);
            let first = record(&address, media, &body).await?;
            times.push(first.min(record(&address, media, &body).await?));
        }
        let ratios: Vec<f64> =
            times.windows(2).map(|pair| pair[1].as_secs_f64() / pair[0].as_secs_f64()).collect();
        let last = ratios.last().copied().unwrap_or_default();
        let is_steep = last > MOST && times.last().is_some_and(|last| *last > TELLING);
        steep += u32::from(is_steep);
        write!(out, "{name:<42}")?;
        for time in &times {
            write!(out, "{:>9.1} ms", time.as_secs_f64() * 1000.0)?;
        }
        let ratios: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.1}")).collect();
        writeln!(out, "   × {}{}", ratios.join(" "), if is_steep { "   grows too fast" } else { "" })?;
    }
    Ok(ExitCode::from(u8::from(steep > 0)))
}

/// Records one call, and says how long that took.
async fn record(address: &str, media: &str, body: &str) -> Outcome<Duration> {
    let folder = tempfile::tempdir()?;
    let cassette = Cassette::builder(folder.path().join("bench.yaml")).mode(Mode::Record);
    let cassette = cassette.record_errors(true).open()?;
    let client = ClientBuilder::new(reqwest::Client::new()).with(cassette.clone()).build();
    let (began, worked) = (Instant::now(), work());
    let request = client.post(format!("http://{address}/v1/echo")).header("content-type", media);
    let answer =
        request.header("authorization", "Bearer kQ7wx9Zt2bm4Lp8Rv").body(body.to_owned()).send().await?;
    answer.bytes().await?;
    // What is refused (a secret that cannot be taken out) counts as well: it took its time.
    let _ = cassette.finish();
    let elapsed = began.elapsed();
    Ok(worked.and_then(|worked| Ok(work()?.saturating_sub(worked))).unwrap_or(elapsed))
}

/// How long processors have worked for this process, which other programs of a busy machine have no part in. Linux tells it.
fn work() -> io::Result<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir("/proc/self/task")? {
        let said = fs::read_to_string(thread?.path().join("schedstat"))?;
        nanoseconds += said.split(' ').next().and_then(|said| said.parse().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// A server that answers each request with its own body.
async fn serve() -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(echo(stream));
        }
    });
    Ok(address)
}

async fn echo(mut stream: TcpStream) -> std::io::Result<()> {
    let mut seen = Vec::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let length = stream.read(&mut block).await?;
        if length == 0 {
            return Ok(());
        }
        seen.extend_from_slice(&block[..length]);
        let Some(head) = seen.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&seen[..head]).to_ascii_lowercase();
        let header = |name: &str| {
            text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("").trim().to_owned()
        };
        let body = seen[head + 4..].to_vec();
        if body.len() < header("content-length:").parse().unwrap_or(0) {
            continue;
        }
        let media = header("content-type:");
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {media}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&body).await?;
        return stream.shutdown().await;
    }
}
