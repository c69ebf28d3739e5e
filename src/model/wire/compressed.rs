//! Bodies without the compression that `content-encoding` names: what a client compressed before it sent it, what came
//! compressed, and what other tools recorded so.
//!
//! gzip and deflate are what clients compress requests with, and always there. Brotli and Zstandard are features of their own:
//! their decoders are large, and hardly a client of providers sends either.

use std::io::Read;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// A body may become this large, whatever it was.
const FREE: usize = 16 << 20;

/// And so many times what it was: more than text compresses to, and less than what would fill memory.
const TIMES: usize = 200;

/// A body without the codings that its headers name; `None` where they name none.
///
/// # Errors
/// As for [`decoded`].
pub(crate) fn content(headers: &HeaderMap, body: &Bytes) -> Result<Option<Bytes>, String> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        codings.push(String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    if codings.is_empty() {
        return Ok(None);
    }
    decoded(body.to_vec(), &codings.join(",")).map(|body| Some(body.into()))
}

/// The body without its codings. Some clients and tools name a coding and send text, so text that is in no such coding is as it
/// is.
///
/// # Errors
/// Where nobody here can read it, in words that say why: it breaks off, unfolds to more than anybody would send, or is in a
/// coding that is not known or not built in.
pub(crate) fn decoded(body: Vec<u8>, codings: &str) -> Result<Vec<u8>, String> {
    let limit = body.len().saturating_mul(TIMES).saturating_add(FREE);
    codings.rsplit(',').map(|coding| coding.trim().to_ascii_lowercase()).try_fold(body, |body, coding| {
        let is_text = std::str::from_utf8(&body).is_ok();
        match coding.as_str() {
            // The frames of signed uploads to S3 are text around the content as it is.
            "" | "identity" | "aws-chunked" => Ok(body),
            "deflate" if is_zlib(&body) => read(flate2::read::ZlibDecoder::new(&*body), limit, "deflate"),
            "zstd" if body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => zstd(&body, limit),
            _ if is_text => Ok(body),
            "gzip" | "x-gzip" => read(flate2::read::MultiGzDecoder::new(&*body), limit, "gzip"),
            // Some send it without its frame.
            "deflate" => read(flate2::read::DeflateDecoder::new(&*body), limit, "deflate"),
            "br" => brotli(&body, limit),
            "zstd" => zstd(&body, limit),
            _ => Err(format!("it is compressed by `{coding}`, which is not known here")),
        }
    })
}

#[cfg(feature = "brotli")]
fn brotli(body: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    read(brotli_decompressor::Decompressor::new(body, 4096), limit, "br")
}

#[cfg(not(feature = "brotli"))]
fn brotli(_: &[u8], _: usize) -> Result<Vec<u8>, String> {
    Err("it is compressed by Brotli, which llm-cassette reads with its feature `brotli`".to_owned())
}

#[cfg(feature = "zstd")]
fn zstd(body: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let decoder = ruzstd::decoding::StreamingDecoder::new(body)
        .map_err(|error| format!("the body is not whole: zstd: {error}"))?;
    read(decoder, limit, "zstd")
}

#[cfg(not(feature = "zstd"))]
fn zstd(_: &[u8], _: usize) -> Result<Vec<u8>, String> {
    Err("it is compressed by Zstandard, which llm-cassette reads with its feature `zstd`".to_owned())
}

fn read(decoder: impl Read, limit: usize, coding: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    decoder
        .take(limit as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|error| format!("the body is not whole: {coding}: {error}"))?;
    match out.len() > limit {
        true => Err(format!("the body unfolds to more than {limit} bytes")),
        false => Ok(out),
    }
}

/// The two bytes that such a body begins with are a multiple of 31.
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..] if first & 0x0f == 8 && (u16::from(*first) * 256 + u16::from(*second)) % 31 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    const TEXT: &[u8] = b"{\"hello\": \"hello hello hello\"}";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn each_coding_is_taken_off() {
        // One uncompressed meta-block, and one raw block: what the formats allow without any compression.
        let brotli = [b"\x0b\x02\x80hello\x03".as_slice()].concat();
        let zstd = b"\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00hello".to_vec();
        assert_eq!(decoded(gzip(TEXT), "gzip").unwrap(), TEXT);
        assert_eq!(decoded(zlib(TEXT), "Deflate").unwrap(), TEXT);
        assert_eq!(decoded(zlib(TEXT)[2..].to_vec(), "deflate").unwrap(), TEXT);
        for (body, coding, is_built_in) in
            [(brotli, "br", cfg!(feature = "brotli")), (zstd, "zstd", cfg!(feature = "zstd"))]
        {
            // Five letters are text for a decoder that takes no notice of what frames them.
            match decoded(body, coding) {
                Ok(text) => assert!(is_built_in && text == b"hello", "{coding}"),
                Err(why) => assert!(!is_built_in && why.contains("with its feature `"), "{why}"),
            }
        }
        assert_eq!(decoded(gzip(&zlib(TEXT)), "deflate, gzip").unwrap(), TEXT);
        assert_eq!(decoded([gzip(TEXT), gzip(TEXT)].concat(), "gzip").unwrap(), [TEXT, TEXT].concat());
    }

    #[test]
    fn what_the_tool_has_decoded_already_stays_as_it_is() {
        for coding in ["gzip", "deflate", "br", "zstd", "identity", "snappy", "gzip, br"] {
            assert_eq!(decoded(TEXT.to_vec(), coding).unwrap(), TEXT, "{coding}");
            assert_eq!(decoded(Vec::new(), coding).unwrap(), b"", "{coding}");
        }
    }

    #[test]
    fn what_nobody_here_can_read_is_refused_with_the_reason() {
        let why = decoded(vec![0xff; 40], "snappy").unwrap_err();
        assert_eq!(why, "it is compressed by `snappy`, which is not known here");
        assert!(decoded(vec![0xff; 40], "gzip").unwrap_err().starts_with("the body is not whole: gzip: "));
    }

    #[test]
    fn half_a_body_and_one_that_grows_without_measure_are_refused() {
        let half = gzip(TEXT)[..20].to_vec();
        assert!(decoded(half, "gzip").unwrap_err().starts_with("the body is not whole: gzip: "));
        let bomb = gzip(&vec![0; 64 << 20]);
        assert!(decoded(bomb, "gzip").unwrap_err().starts_with("the body unfolds to more than "));
    }
}
