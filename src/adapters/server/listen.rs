//! Connections: accepted, spoken to in HTTP/1.1 or HTTP/2, and brought to an end.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use socket2::{SockRef, TcpKeepalive};
use tokio::time::{sleep, timeout};

use super::answer::answer;
use super::runs::Runs;
use super::shared::{Playing, Shared};
use super::upstream::LiveClient;
use super::upstreams::Upstreams;
use crate::model::error::{Error, ErrorKind};
use crate::model::warn::warn;

/// How long a client may take for the head of a request, and a connection may be idle. SDKs give theirs up sooner.
const IDLE: Duration = Duration::from_secs(120);

/// How often a silent HTTP/2 connection is asked whether it is still there.
const PING: Duration = Duration::from_secs(30);

/// Streams of one HTTP/2 connection.
const STREAMS: u32 = 1024;

/// How long to wait when no more connections can be had, such as when all file descriptors are in use.
const BREATH: Duration = Duration::from_millis(50);

/// What a server needs to be told.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) upstreams: Upstreams,
    /// The longest body of a request, in bytes.
    pub(crate) longest_request: u64,
    pub(crate) playing: Playing,
    /// How long answers under way may take at the end.
    pub(crate) grace: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            upstreams: Upstreams::default(),
            longest_request: 64 << 20,
            playing: Playing::default(),
            grace: Duration::ZERO,
        }
    }
}

/// A server that has its port, and answers nobody yet.
pub(crate) struct Listening {
    listener: TcpListener,
    shared: Arc<Shared>,
    grace: Duration,
}

impl Listening {
    /// Takes a port.
    pub(crate) fn bind(address: SocketAddr, runs: Arc<Runs>, options: Options) -> Result<Listening, Error> {
        let cannot = |error: std::io::Error| {
            Error::new(ErrorKind::Io, format!("could not listen on {address}: {error}"))
                .with_hint("choose another with `--listen 127.0.0.1:PORT`; port 0 is any that is free")
        };
        let listener = TcpListener::bind(address).map_err(cannot)?;
        listener.set_nonblocking(true).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let Options { upstreams, longest_request, playing, grace } = options;
        let client = LiveClient::default();
        let shared = Shared { runs, upstreams, client, address, longest_request, playing };
        Ok(Listening { listener, shared: Arc::new(shared), grace })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Answers clients until `stop` is there.
    pub(crate) async fn serve(self, stop: impl Future<Output = ()>) -> Result<(), Error> {
        let listener = tokio::net::TcpListener::from_std(self.listener)
            .map_err(|error| Error::new(ErrorKind::Io, format!("could not listen: {error}")))?;
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        // Whether the last connection could not be taken, which is told once.
        let mut refused = false;
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut stop => break,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    if !std::mem::replace(&mut refused, true) {
                        warn(&format!("could not take a connection: {error}; the next ones wait"));
                    }
                    sleep(BREATH).await;
                    continue;
                }
            };
            refused = false;
            // Where that cannot be had, a stream that stands open keeps its connection a while longer.
            let _ = SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(IDLE));
            // A chunk is to reach the client when it is sent. Where that cannot be had, it comes a little later.
            let _ = stream.set_nodelay(true);
            let shared = Arc::clone(&self.shared);
            let service = service_fn(move |request| {
                let shared = Arc::clone(&shared);
                async move { Ok::<_, Infallible>(answer(shared, request).await) }
            });
            let connection = http().serve_connection(TokioIo::new(stream), service).into_owned();
            let connection = graceful.watch(connection);
            // What goes wrong with a connection its client has seen, or it has gone.
            tokio::spawn(async move {
                let _ = connection.await;
            });
        }
        drop(listener);
        // Clients that are not served by then have had their time.
        let _ = timeout(self.grace, graceful.shutdown()).await;
        Ok(())
    }
}

fn http() -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(IDLE);
    http.http2().timer(TokioTimer::new()).keep_alive_interval(PING).max_concurrent_streams(STREAMS);
    http
}
