//! Sends calls through a session, so many at once, and sends again what a busy provider turned away.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::bar::Bar;
use super::tally::{Stop, Tally};
use crate::cli::warm::pauses::Pauses;
use crate::cli::warm::{Job, wait};
use crate::model::error::{Error, ErrorKind, chain};
use crate::model::exchange::{Ending, Head, Request};
use crate::session::{Recorder, Session, Step};

/// A provider that says nothing for so long has forgotten us.
const SILENCE: Duration = Duration::from_secs(300);

/// How long a connection may stay open behind the end of a stream.
const AFTERTHOUGHT: Duration = Duration::from_secs(1);

/// Sends the calls; at most `jobs` are under way at once, and each is sent again at most `retries` times.
pub(super) fn send(
    session: &Arc<Session>,
    calls: Vec<Job>,
    (jobs, retries): (usize, u32),
    tally: &mut Tally,
    bar: &mut Bar,
) -> Result<(), Error> {
    let broken = |what: &str, error: &dyn std::error::Error| {
        Error::new(ErrorKind::Io, format!("could not {what}: {}", chain(error)))
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| broken("start a runtime", &error))?;
    let client = reqwest::Client::builder()
        // A redirect would take headers, and the keys in them, to another host.
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("llm-cassette/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(30))
        .read_timeout(SILENCE)
        .build()
        .map_err(|error| broken("make an HTTP client", &error))?;
    let caller =
        Arc::new(Caller { session: Arc::clone(session), client, retries, pauses: Pauses::default() });
    runtime.block_on(all(&caller, calls, jobs, tally, bar))
}

async fn all(
    caller: &Arc<Caller>,
    calls: Vec<Job>,
    jobs: usize,
    tally: &mut Tally,
    bar: &mut Bar,
) -> Result<(), Error> {
    let mut waiting = calls.into_iter();
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < jobs && tally.stopped.is_none() {
            let Some(job) = waiting.next() else { break };
            let caller = Arc::clone(caller);
            under_way.spawn(async move {
                let ended = caller.call(&job).await;
                (job, ended)
            });
        }
        bar.draw(tally);
        let Some(joined) = under_way.join_next().await else { break };
        let (job, ended) = joined
            .map_err(|error| Error::new(ErrorKind::Io, format!("a call ended without a result: {error}")))?;
        match ended {
            Ended::Recorded => tally.recorded += 1,
            Ended::There => tally.there += 1,
            Ended::Failed { reason, attempts, stop } => {
                tally.fail(&job, reason, attempts);
                tally.stopped = tally.stopped.take().or(stop);
            }
            Ended::Stopped(stop) => {
                tally.unsent += 1;
                tally.stopped.get_or_insert(stop);
            }
        }
        tally.spent = caller.session.spent();
        if let Some(reason) = caller.session.broken() {
            // More calls would cost money and could not be kept.
            tally.stopped.get_or_insert(Stop { reason, hint: "fix that" });
        }
    }
    tally.unsent += waiting.count();
    Ok(())
}

/// What all calls share.
struct Caller {
    session: Arc<Session>,
    client: reqwest::Client,
    retries: u32,
    pauses: Pauses,
}

/// How a call ended, with all its tries.
enum Ended {
    Recorded,
    /// Another process was quicker.
    There,
    Failed {
        reason: String,
        attempts: u32,
        /// Set where it would be no better for the others.
        stop: Option<Stop>,
    },
    /// A cap has been reached.
    Stopped(Stop),
}

/// How one try ended.
enum Try {
    Ended(Ended),
    Failed { reason: String, again: Again },
}

/// Whether to try again.
enum Again {
    No,
    /// After the time that the provider asked for, if it did.
    After(Option<Duration>),
}

impl Caller {
    async fn call(&self, job: &Job) -> Ended {
        let server: String = job.request.url.split('/').take(3).collect::<Vec<_>>().join("/");
        let mut attempts = 0;
        loop {
            self.pauses.over(&server).await;
            attempts += 1;
            let (reason, again) = match self.once(&job.request).await {
                Try::Ended(ended) => return ended,
                Try::Failed { reason, again } => (self.session.scrub(&reason), again),
            };
            let asked = match again {
                Again::No => return Ended::Failed { reason, attempts, stop: None },
                Again::After(asked) => asked,
            };
            if let Some(asked) = asked {
                if asked > wait::LONGEST {
                    let rendered = format!("{server} asked clients to wait {} s", asked.as_secs());
                    let stop = Some(Stop { reason: rendered, hint: "wait that long" });
                    return Ended::Failed { reason, attempts, stop };
                }
                self.pauses.leave_alone(&server, asked);
            }
            if attempts > self.retries {
                return Ended::Failed { reason, attempts, stop: None };
            }
            if asked.is_none() {
                sleep(wait::backoff(attempts, job.line)).await;
            }
        }
    }

    async fn once(&self, request: &Request) -> Try {
        let failed = |reason: String, again| Try::Failed { reason, again };
        let outgoing = self
            .client
            .request(request.method.clone(), &request.url)
            .headers(request.headers.clone())
            .body(request.body.clone());
        let outgoing = match outgoing.build() {
            Ok(outgoing) => outgoing,
            Err(error) => return failed(chain(&error), Again::No),
        };
        let ticket = match self.session.begin(request.clone()).await {
            Step::Record(ticket) => ticket,
            Step::Play(_) => return Try::Ended(Ended::There),
            Step::Refuse(error) if error.kind() == ErrorKind::OverBudget => {
                let reason = error.message().to_owned();
                return Try::Ended(Ended::Stopped(Stop { reason, hint: "raise the budget" }));
            }
            Step::Refuse(error) => return failed(error.message().to_owned(), Again::No),
            Step::Forward => return failed("the cassette does not record this".to_owned(), Again::No),
        };
        let response = match self.client.execute(outgoing).await {
            Ok(response) => response,
            Err(error) => {
                let error = error.without_url();
                ticket.failed(&error);
                return failed(format!("no response: {}", chain(&error)), Again::After(None));
            }
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let head = Head {
            status,
            version: response.version(),
            url: response.url().as_str().to_owned(),
            headers: headers.clone(),
        };
        let (ended, broke) = collected(response, ticket.answered(head)).await;
        match ended {
            Ok(()) => Try::Ended(Ended::Recorded),
            Err(_) if status.is_redirection() => {
                failed(format!("HTTP {}: redirects are not followed", status.as_u16()), Again::No)
            }
            Err(reason) if wait::may_pass(status) => {
                failed(reason, Again::After(wait::asked_for(&headers, jiff::Timestamp::now())))
            }
            Err(reason) => failed(reason, if broke { Again::After(None) } else { Again::No }),
        }
    }
}

/// Reads a response to its end: whether it was recorded, and whether the transfer broke.
async fn collected(mut response: reqwest::Response, mut recorder: Recorder) -> (Result<(), String>, bool) {
    loop {
        let next = match recorder.protocol_ended() {
            true => timeout(AFTERTHOUGHT, response.chunk()).await.unwrap_or(Ok(None)),
            false => response.chunk().await,
        };
        match next {
            Ok(Some(chunk)) => recorder.chunk(&chunk),
            Ok(None) => return (recorder.end(&Ending::Complete), false),
            Err(error) => {
                let broke = Ending::Broke(chain(&error.without_url()));
                return (recorder.end(&broke), true);
            }
        }
    }
}
