//! Clients that cost little: requests are written as text, and of answers the status and the length are looked at.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Outcome;
use crate::workload::{Size, question};

/// What is asked of a server.
pub struct Load<'a> {
    pub url: &'a str,
    /// How many different requests there are.
    pub count: usize,
    pub total: usize,
    pub connections: usize,
    pub size: Size,
}

impl Load<'_> {
    /// How long it took, and how many were answered with 200.
    pub async fn run(&self) -> Outcome<(Duration, usize)> {
        let requests: Vec<String> =
            (0..self.count).map(|number| request(self.url, "/v1/chat/completions", number, self.size)).collect();
        let requests = std::sync::Arc::new(requests);
        let each = self.total / self.connections;
        let mut clients = JoinSet::new();
        let began = Instant::now();
        for client in 0..self.connections {
            let requests = std::sync::Arc::clone(&requests);
            let address = address(self.url).to_owned();
            clients.spawn(async move {
                let mut stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let mut buffer = Vec::new();
                let mut answered = 0;
                for turn in 0..each {
                    // Coprime to all counts: each client asks for all, in an order of its own.
                    let at = (client * 7 + turn * 7919) % requests.len();
                    stream.write_all(requests[at].as_bytes()).await?;
                    if response(&mut stream, &mut buffer).await? == 200 {
                        answered += 1;
                    }
                }
                std::io::Result::Ok(answered)
            });
        }
        let mut answered = 0;
        while let Some(client) = clients.join_next().await {
            answered += client??;
        }
        Ok((began.elapsed(), answered))
    }
}

/// One request, which must be answered.
pub async fn one(url: &str, number: usize, size: Size) -> Outcome<()> {
    let mut stream = TcpStream::connect(address(url)).await?;
    stream.write_all(request(url, "/v1/chat/completions", number, size).as_bytes()).await?;
    match response(&mut stream, &mut Vec::new()).await? {
        200 => Ok(()),
        status => Err(format!("{url} answered {status}").into()),
    }
}

/// How long it takes from a request to the first chunk of its answer.
pub async fn first_chunk(url: &str, path: &str, number: usize) -> Outcome<Duration> {
    let mut stream = TcpStream::connect(address(url)).await?;
    stream.set_nodelay(true)?;
    let text = request(url, path, number, Size::Small);
    let began = Instant::now();
    stream.write_all(text.as_bytes()).await?;
    let mut buffer = Vec::new();
    let took = loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err("the stream ended before its first chunk".into());
        }
        if buffer.windows(5).any(|window| window == b"data:") {
            break began.elapsed();
        }
    };
    // The rest is read, so that the stream is one that ended well.
    while !buffer.ends_with(b"0\r\n\r\n") {
        if stream.read_buf(&mut buffer).await? == 0 {
            break;
        }
    }
    Ok(took)
}

pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn address(url: &str) -> &str {
    let rest = url.trim_start_matches("http://");
    rest.split('/').next().unwrap_or(rest)
}

fn request(url: &str, path: &str, number: usize, size: Size) -> String {
    let body = question(number, size);
    let before = url.trim_start_matches("http://").trim_start_matches(address(url));
    format!(
        "POST {before}{path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer dummy-key\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        address(url),
        body.len()
    )
}

/// Reads one answer, and gives its status.
async fn response(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<u16> {
    buffer.clear();
    let gone = || std::io::Error::other("the server closed the connection");
    let head = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Err(gone());
        }
    };
    let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let length = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok());
    match length {
        Some(length) => {
            while buffer.len() < head + length {
                if stream.read_buf(buffer).await? == 0 {
                    return Err(gone());
                }
            }
        }
        None => {
            while !buffer.ends_with(b"0\r\n\r\n") {
                if stream.read_buf(buffer).await? == 0 {
                    return Err(gone());
                }
            }
        }
    }
    Ok(status)
}
