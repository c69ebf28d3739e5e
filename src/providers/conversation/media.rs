//! Images, sounds and files: what they are and how large, by whichever way a provider takes them.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest as _, Sha256};

use super::Part;
use crate::model::hex::hex;

/// Base64 as providers and clients write it: padded or not.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is known by an address, or by the name or id of a file.
pub(crate) fn elsewhere(kind: &str, source: &str) -> Part {
    if let Some((kind, data)) = data_url(source) {
        return inline(kind, data);
    }
    Part::Media { kind: kind.to_owned(), source: source.to_owned(), bytes: None }
}

/// What stands in a body as base64. It is named by its hash, so that another image of the same size is another one.
pub(crate) fn inline(kind: &str, base64: &str) -> Part {
    if let Some((kind, data)) = data_url(base64) {
        return inline(kind, data);
    }
    match decode(base64) {
        Some(bytes) => attached(kind, None, &bytes),
        None => attached(kind, None, base64.as_bytes()),
    }
}

/// Bytes that came as they are, perhaps with the name of a file.
pub(crate) fn attached(kind: &str, name: Option<&str>, bytes: &[u8]) -> Part {
    let hash = || format!("sha256:{}", hex(&Sha256::digest(bytes)[..4]));
    let source = name.filter(|name| !name.is_empty()).map_or_else(hash, str::to_owned);
    Part::Media { kind: kind.to_owned(), source, bytes: Some(bytes.len()) }
}

/// What only the provider can read, such as encrypted thoughts.
pub(crate) fn sealed(kind: &str, data: &str) -> Part {
    Part::Media { kind: kind.to_owned(), source: String::new(), bytes: Some(data.len()) }
}

/// The bytes that base64 text stands for.
pub(crate) fn decode(base64: &str) -> Option<Vec<u8>> {
    let bare: Vec<u8> = base64.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    LENIENT.decode(bare).ok()
}

/// Kind and data of `data:image/png;base64,…`.
fn data_url(url: &str) -> Option<(&str, &str)> {
    let (head, data) = url.strip_prefix("data:")?.split_once(',')?;
    let kind = head.split(';').next().filter(|kind| !kind.is_empty()).unwrap_or("text/plain");
    head.ends_with(";base64").then_some((kind, data))
}
