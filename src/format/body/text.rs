//! UTF-8 text as it is.

use super::Fields;
use crate::model::json::Json;

pub(super) fn write(bytes: &[u8]) -> Option<Fields> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(vec![("text".to_owned(), Json::from(text))])
}

pub(super) fn read(main: &Json) -> Result<Vec<u8>, String> {
    main.as_str().map(|text| text.as_bytes().to_vec()).ok_or_else(|| "`text` is not text".to_owned())
}
