//! What the server itself is asked, below `/@/`.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, Uri, header};
use http_body_util::Full;

use super::refused::turned_away;
use super::runs::as_json;
use super::shared::Shared;
use super::{asking, metrics};
use crate::model::json::{Json, object};
use crate::model::wire::percent;

/// What a client wants of the server itself.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Report,
    Metrics,
    /// The run of a name begins; one that goes on ends.
    Begin(String),
    /// The run of a name ends.
    Finish(String),
    Unknown,
}

/// The answer to a request that is meant for the server itself; `None` if it is meant for a provider.
pub(super) fn asked(shared: &Shared, method: &Method, uri: &Uri) -> Option<Response<Full<Bytes>>> {
    Some(match wanted(method, uri.path())? {
        Wanted::Report => json(&as_json(&shared.runs.so_far())),
        Wanted::Metrics => {
            let text = metrics::text(shared.runs.so_far().values());
            page(text, "text/plain; version=0.0.4; charset=utf-8")
        }
        Wanted::Begin(name) => match shared.runs.finish(&name) {
            Some(Err(error)) => {
                json(&object([("ended", Json::Bool(true)), ("error", text(&error.to_string()))]))
            }
            ended => json(&object([("ended", Json::Bool(ended.is_some()))])),
        },
        Wanted::Finish(name) => match shared.runs.finish(&name) {
            None => turned_away(
                StatusCode::NOT_FOUND,
                &format!("no client called {name:?} has asked for anything"),
            ),
            Some(Ok(report)) => json(&object(report.fields())),
            Some(Err(error)) => {
                let mut response = json(&object([("error", text(&error.to_string()))]));
                *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                response
            }
        },
        Wanted::Unknown => turned_away(
            StatusCode::NOT_FOUND,
            "below `/@/` there are GET /@/report, GET /@/metrics, POST /@/NAME/begin and POST /@/NAME/finish",
        ),
    })
}

fn wanted(method: &Method, path: &str) -> Option<Wanted> {
    let (name, rest) = asking::in_path(path)?;
    if !name.is_empty() {
        return None;
    }
    let named = |end: &str| {
        let name = rest.strip_suffix(end)?.strip_prefix('/').unwrap_or_default();
        Some(String::from_utf8_lossy(&percent::decode(name.as_bytes())).into_owned())
    };
    Some(match *method {
        Method::GET if rest == "/report" => Wanted::Report,
        Method::GET if rest == "/metrics" => Wanted::Metrics,
        Method::POST => match (named("/begin"), named("/finish")) {
            (Some(name), _) => Wanted::Begin(name),
            (None, Some(name)) => Wanted::Finish(name),
            (None, None) => Wanted::Unknown,
        },
        _ => Wanted::Unknown,
    })
}

fn text(text: &str) -> Json {
    Json::String(text.to_owned())
}

fn json(tree: &Json) -> Response<Full<Bytes>> {
    page(format!("{}\n", tree.compact()), "application/json")
}

fn page(text: String, kind: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_below_the_empty_name_is_meant_for_the_server() {
        for (method, path, wanted_) in [
            (Method::GET, "/@/report", Some(Wanted::Report)),
            (Method::GET, "/@/metrics", Some(Wanted::Metrics)),
            (Method::POST, "/@/weather/begin", Some(Wanted::Begin("weather".to_owned()))),
            (Method::POST, "/@/a%2Fb/finish", Some(Wanted::Finish("a/b".to_owned()))),
            (Method::POST, "/@/a/b/begin", Some(Wanted::Begin("a/b".to_owned()))),
            (Method::POST, "/@/begin", Some(Wanted::Begin(String::new()))),
            (Method::GET, "/@/weather/begin", Some(Wanted::Unknown)),
            (Method::POST, "/@/report", Some(Wanted::Unknown)),
            (Method::GET, "/@weather/report", None),
            (Method::GET, "/openai/@/report", None),
        ] {
            assert_eq!(wanted(&method, path), wanted_, "{method} {path}");
        }
    }
}
