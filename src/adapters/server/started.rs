//! A server for one cassette, inside the program that has it open.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::listen::{Listening, Options};
use super::runs::{Runs, Where};
use crate::api::cassette::Cassette;
use crate::model::error::{Error, ErrorKind};

/// An HTTP server in front of a cassette, made by [`Cassette::serve`]. It stops when it is dropped.
///
/// ```
/// use llm_cassette::Server;
///
/// fn base_url(server: &Server) -> String {
///     format!("{}/v1", server.url_of("openai"))
/// }
/// ```
pub struct Server {
    address: SocketAddr,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Cassette {
    /// Starts a server in front of this cassette, on a free port of this machine, for clients that take a base URL and no
    /// middleware. What it is asked is played, recorded or refused as if a client of this process had asked the provider.
    ///
    /// It runs on a thread of its own, so that it serves tests with and without a runtime. A request that has no recording
    /// gets HTTP 404 with the words of the error, which SDKs do not send again, and [`finish`](Cassette::finish) fails.
    ///
    /// ```
    /// use llm_cassette::Cassette;
    ///
    /// let cassette = Cassette::open("agents/weather")?;
    /// let server = cassette.serve()?;
    /// let base_url = format!("{}/v1", server.url_of("openai")); // for the client: http://127.0.0.1:…/openai/v1
    /// // … the code under test …
    /// println!("{}", cassette.finish()?);
    /// # assert!(base_url.starts_with("http://127.0.0.1:"));
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    ///
    /// # Errors
    /// When no port can be had.
    pub fn serve(&self) -> Result<Server, Error> {
        let runs = Runs::new(Where::Open(self.clone()), None, String::new());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listening = Listening::bind(address, Arc::new(runs), Options::default())?;
        let address = listening.address();
        let cannot =
            |error: std::io::Error| Error::new(ErrorKind::Io, format!("could not start a server: {error}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(cannot)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new()
            .name("llm-cassette-server".to_owned())
            .spawn(move || {
                let stop = async {
                    // Also when the sender is dropped.
                    let _ = stopped.await;
                };
                // Who cannot reach the server is told so by their client.
                let _ = runtime.block_on(listening.serve(stop));
            })
            .map_err(cannot)?;
        Ok(Server { address, running: Some((stop, thread)) })
    }
}

impl Server {
    /// Where the server is: `http://127.0.0.1:PORT`.
    ///
    /// ```
    /// # use llm_cassette::Cassette;
    /// let server = Cassette::in_memory().open()?.serve()?;
    /// assert!(server.url().starts_with("http://127.0.0.1:"));
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What stands in the place of a provider's `https://api.example.com`: the base URL of a client is this and whatever path
    /// its own default has, such as `/v1`. The name is a route, such as `openai`, `anthropic`, `gemini`, `azure/RESOURCE` or
    /// `bedrock/us-east-1`, or a host, such as `api.example.com`.
    ///
    /// ```
    /// # use llm_cassette::Cassette;
    /// let server = Cassette::in_memory().open()?.serve()?;
    /// assert!(server.url_of("anthropic").ends_with("/anthropic"));
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    #[must_use]
    pub fn url_of(&self, provider: &str) -> String {
        format!("http://{}/{}", self.address, provider.trim_matches('/'))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}
