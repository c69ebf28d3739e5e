//! One request of a client, from its head to the answer.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, Version, header};
use http_body::Body;
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use tokio::time::Instant;

use super::control;
use super::guard;
use super::incoming;
use super::refused::{refused, turned_away};
use super::runs::Run;
use super::shared::{Playing, Shared};
use super::signed::{scope, signed};
use super::target::{Led, Target, led};
use super::upstream::{end_to_end, send};
use super::{asking, upstream};
use crate::adapters::body::cut::Cutting;
use crate::adapters::body::flushed::FlushedBody;
use crate::adapters::body::paced::Pace;
use crate::adapters::body::{RecordingBody, playing, playing_at};
use crate::adapters::told;
use crate::api::environment::{self, UPSTREAM_KEY};
use crate::model::address::without_query;
use crate::model::error::{Error, ErrorKind, chain};
use crate::model::exchange;
use crate::model::interaction::Interaction;
use crate::model::mode::MODE_VARIABLE;
use crate::model::view::RequestView;
use crate::model::warn::warn;
use crate::providers::{self, Credential};
use crate::session::Step;

/// The body of an answer: ours, recorded, or live.
pub(super) type Reply = UnsyncBoxBody<Bytes, Box<dyn StdError + Send + Sync>>;

/// A request whose cassette is known.
struct Asked {
    run: Arc<Run>,
    request: exchange::Request,
    sent_to: String,
    is_custom: bool,
    /// When its head was there.
    began: Instant,
}

/// Answers a request.
pub(super) async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Response<Reply> {
    if let Some(why) = guard::objection(request.headers(), request.uri(), shared.address) {
        return boxed(turned_away(StatusCode::FORBIDDEN, &why));
    }
    if request.method() == Method::CONNECT {
        let why = "CONNECT would hide what is asked; give the client a base URL of this server instead, such as \
                   `/openai/v1`";
        return boxed(turned_away(StatusCode::METHOD_NOT_ALLOWED, why));
    }
    if let Some(page) = control::asked(&shared, request.method(), request.uri()) {
        return boxed(page);
    }
    let asked = match read(&shared, request).await {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    exchanged(&shared, asked).await
}

/// Reads a request, and finds out whose it is and whom it is for.
async fn read(shared: &Shared, request: Request<Incoming>) -> Result<Asked, Response<Reply>> {
    let began = Instant::now();
    let (parts, body) = request.into_parts();
    let body = incoming::collect(body, shared.longest_request)
        .await
        .map_err(|wrong| boxed(turned_away(wrong.status, &wrong.message)))?;
    let path_and_query = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let (named, path) = match asking::in_path(path_and_query) {
        Some((name, path)) => (Some(name), path),
        None => (None, path_and_query),
    };
    let mut headers = end_to_end(parts.headers);
    headers.remove(header::HOST);
    headers.remove(header::EXPECT);
    let name =
        named.or_else(|| asking::in_header(&headers)).or_else(|| asking::in_key(&headers, parts.uri.query()));
    headers.remove(asking::HEADER);
    let proxied = parts.version < Version::HTTP_2 && is_elsewhere(&parts.uri, shared.address);
    let led = match proxied {
        true => Led::To(Target::absolute(&parts.uri.to_string(), &shared.upstreams)),
        false => led(path, &shared.upstreams),
    };
    let mut request = exchange::Request { method: parts.method, url: String::new(), headers, body };
    let run = match shared.runs.of(name.as_deref()) {
        Ok(run) => run,
        Err(error) => return Err(refuse(&request, &error)),
    };
    let target = match led {
        Led::To(target) => target,
        Led::Wrong(why) => return Err(boxed(turned_away(StatusCode::NOT_FOUND, &why))),
        Led::Nowhere if run.cassette.mode().may_call_out() => {
            request.url = path.to_owned();
            return Err(refuse(&request, &names_nobody(path)));
        }
        Led::Nowhere => {
            let nobody = format!("http://{}", shared.address);
            match run.recorded_url(path, &nobody) {
                Ok(url) => Target { sent_to: url.clone(), url, is_custom: true },
                Err(error) => return Err(refuse(&request, &error)),
            }
        }
    };
    request.url = target.url;
    Ok(Asked { run, request, sent_to: target.sent_to, is_custom: target.is_custom, began })
}

/// Whether a URL that a client asks for whole is that of another server, as it asks a proxy.
fn is_elsewhere(uri: &http::Uri, here: SocketAddr) -> bool {
    let Some(authority) = uri.authority() else { return false };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let local = host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback() || ip == here.ip());
    !(local && authority.port_u16().unwrap_or(80) == here.port())
}

fn names_nobody(path: &str) -> Error {
    // A query may have a key in it, and what a client is told ends in its log.
    let path = without_query(path);
    let message = format!("the path {path} says nothing of which provider is asked");
    Error::new(ErrorKind::NoMatch, message).with_hint(
        "start it with a provider, as in `/openai/v1/…` or `/anthropic/v1/…`, or start the server with \
         `--upstream https://…` for all other paths",
    )
}

/// Plays, records, passes on or refuses, as the cassette decides.
async fn exchanged(shared: &Shared, asked: Asked) -> Response<Reply> {
    let Asked { run, mut request, mut sent_to, is_custom, began } = asked;
    let session = run.cassette.session();
    let mut live = None;
    let missing = match session.mode().may_call_out() {
        true => give_key(&mut request, &mut sent_to, is_custom)
            .and_then(|()| {
                live = signed(&request, &sent_to, sent_to != request.url)?;
                Ok(())
            })
            .err(),
        false => None,
    };
    let view = RequestView {
        method: &request.method,
        url: &request.url,
        headers: &request.headers,
        body: Some(&request.body),
    };
    if session.passes_through(&view) {
        return match missing {
            Some(error) => refuse(&request, &error),
            None => forwarded(shared, live.as_ref().unwrap_or(&request), &sent_to).await,
        };
    }
    match session.begin(request.clone()).await {
        Step::Play(parsed) => played(shared, &parsed.interaction, began),
        Step::Refuse(error) => refuse(&request, &error),
        Step::Forward => match missing {
            Some(error) => refuse(&request, &error),
            None => forwarded(shared, live.as_ref().unwrap_or(&request), &sent_to).await,
        },
        Step::Record(pending) => {
            if let Some(error) = missing {
                pending.failed(&error);
                return refuse(&request, &error);
            }
            match send(&shared.client, live.as_ref().unwrap_or(&request), &sent_to).await {
                Ok((head, response)) => {
                    let recorder = pending.answered(head);
                    boxed(response.map(|body| RecordingBody::new(body, recorder)))
                }
                Err(error) => {
                    let error = error.without_url();
                    pending.failed(&error);
                    unreachable_upstream(&error)
                }
            }
        }
    }
}

/// A recorded answer, as the user wants it sent.
fn played(shared: &Shared, interaction: &Interaction, began: Instant) -> Response<Reply> {
    let Playing { pace, cutting } = shared.playing;
    let mut response = match (pace, cutting) {
        (Pace::Instant, Cutting::Recorded) => boxed(playing(interaction)),
        _ => boxed(playing_at(interaction, cutting, pace, began).map(FlushedBody::new)),
    };
    // How this connection speaks is not how the provider's did.
    *response.version_mut() = Version::HTTP_11;
    response
}

async fn forwarded(shared: &Shared, request: &exchange::Request, sent_to: &str) -> Response<Reply> {
    match upstream::send(&shared.client, request, sent_to).await {
        Ok((_, response)) => boxed(response),
        Err(error) => unreachable_upstream(&error.without_url()),
    }
}

/// The provider did not answer. SDKs send again what a gateway says of that, as they would have without this server.
fn unreachable_upstream(error: &reqwest::Error) -> Response<Reply> {
    let mut response =
        turned_away(StatusCode::BAD_GATEWAY, &format!("no answer from the provider: {}", chain(error)));
    response.headers_mut().remove("x-should-retry");
    boxed(response)
}

/// Puts the provider's key where a client sent a name for its cassette.
fn give_key(request: &mut exchange::Request, sent_to: &mut String, is_custom: bool) -> Result<(), Error> {
    // What a client has signed is signed anew, and has no key in it.
    if !asking::has_key(&request.headers, &request.url) || scope(&request.headers).is_some() {
        return Ok(());
    }
    let same = *sent_to == request.url;
    let (variable, or) = match (is_custom, credential(&request.url)) {
        (true, _) => (UPSTREAM_KEY, None),
        // A key goes to its owner, or where the user sends what is meant for the owner, and never where others can read it.
        (false, Some(key)) if !same || request.url.starts_with("https://") => (key.variable, key.or),
        (false, _) => return Ok(()),
    };
    let key = match environment::key(variable).or_else(|| environment::key(or?)) {
        Some(key) => key,
        // Servers of the user's own choice may want none.
        None if is_custom || !same => return Ok(()),
        None => return Err(missing(variable, &request.url)),
    };
    asking::put_key(&mut request.headers, &mut request.url, &key);
    match same {
        true => sent_to.clone_from(&request.url),
        false => {
            asking::put_key(&mut http::HeaderMap::new(), sent_to, &key);
        }
    }
    Ok(())
}

/// The key of the provider whose own server a URL is on: of any other, its path may say that it speaks as a provider does.
fn credential(url: &str) -> Option<Credential> {
    providers::at_home(url).and_then(|provider| provider.credential)
}

fn missing(variable: &str, url: &str) -> Error {
    let host = crate::model::address::Address::of(url).authority;
    Error::new(
        ErrorKind::MissingKey,
        format!("{variable} is not set where the server runs, and {host} is asked"),
    )
    .with_hint(format!(
        "set {variable} and start the server anew, or replay what is recorded with `{MODE_VARIABLE}=replay`"
    ))
}

fn refuse(asked: &exchange::Request, error: &Error) -> Response<Reply> {
    // A client in this process gets the words, and `Error::find_in` finds the error by them.
    told::remember(error);
    if matches!(error.kind(), ErrorKind::MissingKey | ErrorKind::BadName) {
        // No session tells of it.
        warn(&error.to_string());
    }
    boxed(refused(asked, error))
}

fn boxed<B>(response: Response<B>) -> Response<Reply>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    response.map(|body| body.map_err(Into::into).boxed_unsync())
}
