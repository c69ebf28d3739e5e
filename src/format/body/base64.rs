//! Anything else: base64 in lines, so that no reader and no diff has to cope with one line of a megabyte.

use super::Fields;
use crate::model::base64;
use crate::model::json::Json;

const LINE: usize = 100;

pub(super) fn write(bytes: &[u8]) -> Fields {
    vec![("base64".to_owned(), Json::String(encode(bytes)))]
}

pub(super) fn encode(bytes: &[u8]) -> String {
    let encoded = base64::encode(bytes);
    let mut out = String::with_capacity(encoded.len() + encoded.len() / LINE + 1);
    for (index, c) in encoded.chars().enumerate() {
        if index > 0 && index % LINE == 0 {
            out.push('\n');
        }
        out.push(c);
    }
    if encoded.len() > LINE {
        out.push('\n');
    }
    out
}

pub(super) fn read(main: &Json) -> Result<Vec<u8>, String> {
    let text = main.as_str().ok_or("`base64` is not text")?;
    let bare: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    base64::decode(bare).map_err(|error| format!("`base64` is not valid base64: {error}"))
}
