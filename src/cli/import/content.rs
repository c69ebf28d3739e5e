//! Bodies as an HTTP client gives them: without the compression that `content-encoding` names. A live recording has them so,
//! and a client that replays one finds them so.

use std::io::Read;

/// A body may become this large, whatever it was.
const FREE: usize = 16 << 20;

/// And so many times what it was: more than text compresses to, and less than what would fill memory.
const TIMES: usize = 200;

/// The body without its codings. Tools decode some bodies and leave the header, so one that is in no such coding is as it is.
///
/// # Errors
/// Where a body is larger than anybody would have received, or breaks off.
pub(super) fn decoded(body: Vec<u8>, codings: &str) -> Result<Vec<u8>, String> {
    let limit = body.len().saturating_mul(TIMES).saturating_add(FREE);
    codings.rsplit(',').map(|coding| coding.trim().to_ascii_lowercase()).try_fold(body, |body, coding| {
        let is_text = std::str::from_utf8(&body).is_ok();
        match coding.as_str() {
            "gzip" | "x-gzip" if body.starts_with(&[0x1f, 0x8b]) => {
                read(flate2::read::MultiGzDecoder::new(&*body), limit, "gzip")
            }
            "deflate" if is_zlib(&body) => read(flate2::read::ZlibDecoder::new(&*body), limit, "deflate"),
            // Some servers send it without its frame.
            "deflate" if !is_text && !body.is_empty() => {
                read(flate2::read::DeflateDecoder::new(&*body), limit, "deflate").or(Ok(body))
            }
            "br" if !is_text && !body.is_empty() => {
                read(brotli_decompressor::Decompressor::new(&*body, 4096), limit, "br")
            }
            "zstd" if body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => {
                let decoder = ruzstd::decoding::StreamingDecoder::new(&*body)
                    .map_err(|error| format!("the body is not whole: zstd: {error}"))?;
                read(decoder, limit, "zstd")
            }
            _ => Ok(body),
        }
    })
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
        assert_eq!(decoded(brotli, "br").unwrap(), b"hello");
        assert_eq!(decoded(zstd, "zstd").unwrap(), b"hello");
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
    fn half_a_body_and_one_that_grows_without_measure_are_refused() {
        let half = gzip(TEXT)[..20].to_vec();
        assert!(decoded(half, "gzip").unwrap_err().starts_with("the body is not whole: gzip: "));
        let bomb = gzip(&vec![0; 64 << 20]);
        assert!(decoded(bomb, "gzip").unwrap_err().starts_with("the body unfolds to more than "));
    }
}
