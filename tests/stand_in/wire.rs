//! HTTP/1.1 by hand, so that a test decides what each write to the socket holds and where it breaks.

use super::{
    State,
    script::{Ending, Plan},
};
use serde_json::Value;
use std::{io, sync::Arc};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    /// Path and query, as on the request line.
    pub target: String,
    pub headers: Vec<(String, String)>,
    /// The body, without the chunks it may have come in.
    pub body: Vec<u8>,
}

impl Seen {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The value of a query parameter, as it was written.
    pub fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The key the caller came with, wherever providers look for one.
    pub fn key(&self) -> Option<&str> {
        let bearer = self.header("authorization").map(|value| value.trim_start_matches("Bearer "));
        let header = |name| self.header(name);
        bearer
            .or_else(|| header("x-api-key"))
            .or_else(|| header("x-goog-api-key"))
            .or_else(|| header("api-key"))
            .or_else(|| self.query("key"))
    }
}

/// How the end of a body is marked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Framing {
    Chunked,
    /// With `content-length`.
    Length,
    /// By closing the connection.
    Close,
    /// No header is added: the reply's own may lie. The connection closes at the end.
    Bare,
}

/// An answer, down to its chunks.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status line.
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub chunks: Vec<Vec<u8>>,
    pub framing: Framing,
}

impl Reply {
    pub fn new(status: u16) -> Reply {
        let reason = match status {
            200 => "OK",
            204 => "No Content",
            304 => "Not Modified",
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            429 => "Too Many Requests",
            500 => "Internal Server Error",
            503 => "Service Unavailable",
            _ => "Status",
        };
        let line = format!("HTTP/1.1 {status} {reason}");
        Reply { line, headers: Vec::new(), chunks: Vec::new(), framing: Framing::Chunked }
    }

    /// A JSON answer, in one chunk.
    pub fn json(body: impl Into<Vec<u8>>) -> Reply {
        Reply::new(200).header("content-type", "application/json").chunk(body)
    }

    /// Sets a header, in the place of one of that name.
    pub fn header(mut self, name: &str, value: &str) -> Reply {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn chunk(mut self, bytes: impl Into<Vec<u8>>) -> Reply {
        self.chunks.push(bytes.into());
        self
    }

    pub fn chunks(mut self, chunks: Vec<Vec<u8>>) -> Reply {
        self.chunks.extend(chunks);
        self
    }

    pub fn framing(mut self, framing: Framing) -> Reply {
        self.framing = framing;
        self
    }

    fn has_body(&self, method: &str) -> bool {
        let status = self.line.split(' ').nth(1).unwrap_or_default();
        method != "HEAD" && status != "204" && status != "304"
    }

    fn head(&self, method: &str) -> Vec<u8> {
        let mut head = format!("{}\r\n", self.line);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        // RFC 9110, 8.6: no `content-length` in a 204; elsewhere without a body, the length the body would have had.
        match self.framing {
            Framing::Chunked if self.has_body(method) => head.push_str("transfer-encoding: chunked\r\n"),
            Framing::Length if !self.line.contains(" 204 ") => {
                head.push_str(&format!("content-length: {}\r\n", self.chunks.concat().len()));
            }
            Framing::Close => head.push_str("connection: close\r\n"),
            Framing::Chunked | Framing::Length | Framing::Bare => {}
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// Answers connections until it is dropped.
pub async fn serve(listener: std::net::TcpListener, state: Arc<State>) {
    let listener = TcpListener::from_std(listener).expect("the listener is non-blocking");
    let mut connections = JoinSet::new();
    loop {
        // Accepting fails when the process is out of file handles: closing connections helps, giving up does not.
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(converse(stream, state.clone()));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn converse(stream: TcpStream, state: Arc<State>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(seen) = read_request(&mut stream).await? {
        let plan = state.plan(&seen);
        if !write_reply(&mut stream, &seen, plan).await? {
            break;
        }
    }
    stream.shutdown().await
}

async fn read_line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await?;
    Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
}

/// The next request of a connection; none when the caller has gone.
async fn read_request(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Seen>> {
    let invalid = || io::Error::from(io::ErrorKind::InvalidData);
    let line = read_line(stream).await?;
    let mut words = line.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    let mut seen =
        Seen { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() };
    loop {
        let line = read_line(stream).await?;
        let Some((name, value)) = line.split_once(':') else { break };
        seen.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    if seen.header("expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    if seen.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        loop {
            let line = read_line(stream).await?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| invalid())?;
            if size == 0 {
                while !read_line(stream).await?.is_empty() {}
                break;
            }
            read_body(stream, size, &mut seen.body).await?;
            read_line(stream).await?;
        }
    } else if let Some(length) = seen.header("content-length") {
        let length = length.parse().map_err(|_| invalid())?;
        read_body(stream, length, &mut seen.body).await?;
    }
    Ok(Some(seen))
}

async fn read_body(stream: &mut BufReader<TcpStream>, size: usize, body: &mut Vec<u8>) -> io::Result<()> {
    let read = stream.take(size as u64).read_to_end(body).await?;
    if read == size { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Sends an answer, and says whether the connection may be used again.
async fn write_reply(stream: &mut BufReader<TcpStream>, seen: &Seen, plan: Plan) -> io::Result<bool> {
    let Plan { reply, ending, hold } = plan;
    let mut steps = hold.steps();
    let has_body = reply.has_body(&seen.method);
    let chunks = if has_body { reply.chunks.as_slice() } else { &[] };
    let broken_at = match ending {
        Ending::Whole => None,
        Ending::Close(n) | Ending::Reset(n) => Some(n.min(chunks.len())),
        Ending::Silent => {
            steps.next().await;
            return Ok(false);
        }
    };
    // The head leaves with the first chunk, in one write, unless it was let go before.
    let mut bytes = reply.head(&seen.method);
    if hold.body_only {
        stream.write_all(&std::mem::take(&mut bytes)).await?;
    }
    for chunk in &chunks[..broken_at.unwrap_or(chunks.len())] {
        steps.next().await;
        if reply.framing == Framing::Chunked {
            bytes.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend(b"\r\n");
        } else {
            bytes.extend_from_slice(chunk);
        }
        stream.write_all(&std::mem::take(&mut bytes)).await?;
        steps.sent();
    }
    let has_end = reply.framing == Framing::Chunked && has_body;
    if broken_at.is_some() || has_end || reply.framing != Framing::Length || !bytes.is_empty() {
        steps.next().await;
    }
    if has_end && broken_at.is_none() {
        bytes.extend(b"0\r\n\r\n");
    }
    stream.write_all(&bytes).await?;
    if let Ending::Reset(_) = ending {
        // With nothing to linger for, closing sends RST instead of FIN.
        #[allow(deprecated, reason = "its successor is newer than the oldest tokio we build with")]
        stream.get_ref().set_linger(Some(std::time::Duration::ZERO))?;
        // An error keeps the caller from ending the stream in good order.
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    let wanted = !seen.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    Ok(wanted && broken_at.is_none() && matches!(reply.framing, Framing::Chunked | Framing::Length))
}

/// A message of an AWS event stream, as Bedrock sends them: `event_frame("exception", "throttlingException", "{}")`.
pub fn event_frame(message_type: &str, name: &str, json: &str) -> Vec<u8> {
    let mut headers = Vec::new();
    let of_type = format!(":{message_type}-type");
    let fields =
        [(of_type.as_str(), name), (":content-type", "application/json"), (":message-type", message_type)];
    for (key, value) in fields {
        headers.push(key.len() as u8);
        headers.extend(key.as_bytes());
        headers.push(7); // a string
        headers.extend((value.len() as u16).to_be_bytes());
        headers.extend(value.as_bytes());
    }
    let mut frame = Vec::new();
    frame.extend((headers.len() as u32 + json.len() as u32 + 16).to_be_bytes());
    frame.extend((headers.len() as u32).to_be_bytes());
    frame.extend(crc32(&frame).to_be_bytes());
    frame.extend(headers);
    frame.extend(json.as_bytes());
    frame.extend(crc32(&frame).to_be_bytes());
    frame
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}
