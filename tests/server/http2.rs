//! HTTP/2 with prior knowledge, in its frames: some SDKs speak that to `http://`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::serving::Serving;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header that HPACK has in its static table but for the value.
fn literal(name: u8, value: &str) -> Vec<u8> {
    [&[name, u8::try_from(value.len()).unwrap()], value.as_bytes()].concat()
}

fn read(stream: &mut TcpStream) -> (u8, u8, u32, Vec<u8>) {
    let mut head = [0; 9];
    stream.read_exact(&mut head).unwrap();
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload).unwrap();
    (head[3], head[4], u32::from_be_bytes([head[5], head[6], head[7], head[8]]), payload)
}

#[test]
fn a_client_that_begins_with_http2_is_answered_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::start(folder.path(), &[]);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    // 0x82 is `:method GET`, 0x86 `:scheme http`; 4 and 1 are the names of `:path` and `:authority`.
    let headers = [vec![0x82, 0x86], literal(4, "/openai/v1/models"), literal(1, server.address())].concat();
    stream.write_all(PREFACE).unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).unwrap();
    stream.write_all(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &headers)).unwrap();
    let mut body = Vec::new();
    let mut answered = false;
    loop {
        let (kind, flags, id, payload) = read(&mut stream);
        match (kind, id) {
            (HEADERS, 1) => answered = true,
            (DATA, 1) => body.extend(payload),
            _ => continue,
        }
        if flags & END_STREAM != 0 {
            break;
        }
    }
    let body = String::from_utf8(body).unwrap();
    assert!(
        answered && body.contains("no recorded response for GET https://api.openai.com/v1/models"),
        "{body}"
    );
}
