mod corpus;
mod kept;
mod maintained;
mod page_of_secrets;
mod planted;
mod streamed;
mod windowed;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode, Version};

use super::*;
use crate::model::exchange::ResponseBody;

/// A key that has no known shape.
const SECRET: &str = "kQ7+w/x9\"Zt$2 b.m[4]Lp";

fn redactor() -> Redactor {
    with_env(&[("MY_API_KEY", SECRET)])
}

fn with_env(env: &[(&str, &str)]) -> Redactor {
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Redactor::new(env, RedactOptions::default())
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect()
}

fn request(url: &str, pairs: &[(&str, &str)], body: impl Into<Bytes>) -> Request {
    Request { method: Method::POST, url: url.to_owned(), headers: headers(pairs), body: body.into() }
}

fn response(pairs: &[(&str, &str)], body: impl Into<Bytes>) -> Response {
    Response {
        status: StatusCode::OK,
        version: Version::HTTP_11,
        url: None,
        headers: headers(pairs),
        body: ResponseBody { bytes: body.into(), ..ResponseBody::default() },
    }
}

fn interaction(request: Request, response: Response) -> Interaction {
    Interaction {
        provider: Some("openai".to_owned()),
        model: Some("gpt-4o-mini".to_owned()),
        usage: vec![("input_tokens".to_owned(), 31)],
        ..Interaction::bare(request, response)
    }
}

/// The interaction with nothing in the request and this body in the response.
fn answer(body: impl Into<Bytes>) -> Interaction {
    interaction(
        request("https://api.example.com/v1", &[], ""),
        response(&[("content-type", "application/json")], body),
    )
}

/// The body of an answer as it is stored.
fn stored(redactor: &Redactor, body: impl Into<Bytes>) -> String {
    let redacted = redactor.redact(answer(body)).unwrap();
    String::from_utf8_lossy(&redacted.interaction().response.body.bytes).into_owned()
}

/// Everything of an interaction, as bytes that a secret could stand in.
fn everything(all: &Interaction) -> Vec<u8> {
    let mut out = format!(
        "{:?} {:?} {:?} {:?}",
        all.request.url, all.request.headers, all.response.url, all.response.headers
    )
    .into_bytes();
    out.extend_from_slice(&all.request.body);
    out.extend_from_slice(&all.response.body.bytes);
    out
}

/// Keys of known shapes. In two parts, so that no scanner takes this file for a leak.
fn keys() -> Vec<String> {
    let tail = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC3dEfG7hJ9kLm";
    [
        ("sk-", tail.to_owned()),
        ("sk-proj-", format!("{tail}_x-{tail}")),
        ("sk-svcacct-", tail.to_owned()),
        ("sk-admin-", tail.to_owned()),
        ("sk-ant-api03-", format!("{tail}-{tail}AA")),
        ("sk-or-v1-", "0a1b2c3d4e5f60718293a4b5c6d7e8f9".repeat(2)),
        ("sess-", tail.to_owned()),
        ("ek_", "68af296e8e408191a1120ab6383263c2".to_owned()),
        ("AIza", tail[..35].to_owned()),
        ("ya29.", format!("a0{tail}.{tail}")),
        ("GOCSPX-", tail[..28].to_owned()),
        ("gsk_", tail.to_owned()),
        ("xai-", tail.to_owned()),
        ("hf_", "abCdEfGhIjKlMnOpQrStUvWxYzabCdEfGh".to_owned()),
        ("pplx-", tail.to_owned()),
        ("r8_", tail[..37].to_owned()),
        ("nvapi-", format!("{tail}-{}", &tail[..17])),
        ("ghp_", tail[..36].to_owned()),
        ("gho_", tail[..36].to_owned()),
        ("github_pat_", format!("{}_{tail}", &tail[..22])),
        ("glpat-", tail[..20].to_owned()),
        ("xoxb-", format!("2048-4096-{}", &tail[..24])),
        ("AKIA", "QYLPMN5HHHFPZAM2".to_owned()),
        ("ASIA", "QYLPMNOHHHFPZAMO".to_owned()),
        ("ABSK", format!("{tail}{tail}=")),
        ("bedrock-api-key-", format!("{tail}{tail}==")),
        ("sk_live_", tail[..24].to_owned()),
        ("rk_live_", tail[..24].to_owned()),
        ("SG.", format!("{}.{}", &tail[..22], &tail[..43])),
        ("npm_", tail[..36].to_owned()),
        ("pypi-AgEIcHlwaS5vcmc", tail.to_owned()),
        ("phx_", tail[..43].to_owned()),
        ("eyJ", format!("hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{}", &tail[..43])),
    ]
    .map(|(prefix, tail)| prefix.to_owned() + &tail)
    .to_vec()
}
