//! A provider on this machine that answers at once, in a thread of its own.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::Outcome;
use crate::workload::{Noise, Size, answer, number};

/// Below this, `/bytes/200` is an answer of 200 bytes that are no text.
const BYTES: &str = "/bytes/";

/// What it takes to have no part in the memory that is measured: the server is in the same process.
const BLOCK: usize = 1 << 16;

/// Starts the server; it runs until the process ends.
pub fn start() -> Outcome<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener)?;
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                tokio::spawn(serve(stream));
            }
            #[allow(unreachable_code, reason = "the type of the block")]
            io::Result::Ok(())
        })
    });
    Ok(address)
}

/// Answers each request of a connection. The clients measured here all send a length.
async fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let (head, length_of_body) = loop {
            if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&buffer[..at]).to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
                break (at + 4, length.and_then(|length| length.parse::<usize>().ok()).unwrap_or_default());
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        while buffer.len() < head + length_of_body {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let asked = String::from_utf8_lossy(&buffer[..head]).into_owned();
        let path = asked.split(' ').nth(1).unwrap_or_default();
        if let Some(length) = path.strip_prefix(BYTES).and_then(|length| length.parse().ok()) {
            buffer.drain(..head + length_of_body);
            send_bytes(&mut stream, length).await?;
            continue;
        }
        let body = answer(number(&buffer[head..head + length_of_body]), Size::Small);
        buffer.drain(..head + length_of_body);
        let response = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(response.as_bytes()).await?;
    }
}

async fn send_bytes(stream: &mut TcpStream, length: usize) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let (mut noise, mut block, mut left) = (Noise::new(), vec![0; BLOCK], length);
    while left > 0 {
        let size = left.min(BLOCK);
        noise.fill(&mut block[..size]);
        stream.write_all(&block[..size]).await?;
        left -= size;
    }
    Ok(())
}

/// The path of an answer of so many bytes.
pub fn bytes(length: usize) -> String {
    format!("{BYTES}{length}")
}

/// What the bytes of such an answer add up to.
pub fn sum_of_bytes(length: usize) -> u64 {
    let (mut noise, mut block, mut left, mut sum) = (Noise::new(), vec![0; BLOCK], length, 0u64);
    while left > 0 {
        let size = left.min(BLOCK);
        noise.fill(&mut block[..size]);
        sum = block[..size].iter().fold(sum, |sum, &byte| sum.wrapping_add(u64::from(byte)));
        left -= size;
    }
    sum
}
