//! Real traffic for tests: `LLM_CASSETTE_CORPUS` names a folder of it, with `*.jsonl` files, an exchange a line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use serde_json::Value;

use crate::model::exchange::{Request, Response, ResponseBody};
use crate::model::interaction::Interaction;

pub(crate) struct Exchange(Value);

impl Exchange {
    pub(crate) fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_default()
    }

    pub(crate) fn bytes(&self, field: &str) -> Vec<u8> {
        STANDARD.decode(self.text(field)).unwrap()
    }

    pub(crate) fn flag(&self, field: &str) -> bool {
        self.0[field].as_bool().unwrap_or_default()
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(u16::try_from(self.0["status"].as_u64().unwrap()).unwrap()).unwrap()
    }

    pub(crate) fn headers(&self, field: &str) -> HeaderMap {
        let pair = |pair: &Value| {
            let name = HeaderName::from_bytes(pair[0].as_str()?.as_bytes()).ok()?;
            Some((name, HeaderValue::from_bytes(pair[1].as_str()?.as_bytes()).ok()?))
        };
        self.0[field].as_array().unwrap().iter().filter_map(pair).collect()
    }

    pub(crate) fn interaction(&self) -> Interaction {
        let request = Request {
            method: self.text("method").parse().unwrap(),
            url: self.text("url").to_owned(),
            headers: self.headers("request_headers"),
            body: self.bytes("request_body_b64").into(),
        };
        let bytes = self.bytes("response_body_b64").into();
        let response = Response {
            status: self.status(),
            version: Version::HTTP_11,
            url: None,
            headers: self.headers("response_headers"),
            body: ResponseBody { bytes, ..ResponseBody::default() },
        };
        Interaction::bare(request, response)
    }
}

/// All of them; a test that asks for them has nothing to say where there are none.
pub(crate) fn exchanges() -> Vec<Exchange> {
    let folder = std::env::var_os("LLM_CASSETTE_CORPUS").expect("LLM_CASSETTE_CORPUS names a folder");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    let lines = files.flat_map(|path| {
        std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    });
    let exchanges: Vec<Exchange> = lines.map(|line| Exchange(serde_json::from_str(&line).unwrap())).collect();
    assert!(!exchanges.is_empty(), "the folder that LLM_CASSETTE_CORPUS names has no exchanges");
    exchanges
}
