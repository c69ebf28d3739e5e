use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::ResponseBuilderExt as _;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};

use super::{Download, Tool};
use crate::Outcome;
use crate::workload::{Size, Work, answer, number};

/// The answer is made before the clock starts.
pub struct Floor {
    client: ClientWithMiddleware,
    ready: Ready,
    size: Size,
}

impl Floor {
    fn new(size: Size) -> Floor {
        let ready = Ready::default();
        Floor { client: ClientBuilder::new(reqwest::Client::new()).with(ready.clone()).build(), ready, size }
    }
}

impl Tool for Floor {
    fn generate(_: &Path, _: Work) -> Outcome<()> {
        Ok(())
    }

    fn replaying(_: &Path) -> Outcome<Floor> {
        Ok(Floor::new(Size::Small))
    }

    fn replaying_takes(_: &Path) -> Outcome<Floor> {
        Ok(Floor::new(Size::Small))
    }

    fn recording(_: &Path) -> Outcome<Floor> {
        Err("does not record".into())
    }

    fn recording_answers(_: &Path, size: Size) -> Outcome<Floor> {
        Ok(Floor::new(size))
    }

    fn without_recorder() -> Floor {
        Floor::new(Size::Small)
    }

    async fn ask(&self, url: &str, question: String) -> Outcome<(Duration, Vec<u8>)> {
        let ready = answer(number(question.as_bytes()), self.size);
        let request =
            self.client.post(url).header("content-type", "application/json").body(question).build()?;
        *self.ready.0.lock().unwrap_or_else(PoisonError::into_inner) = ready;
        let start = Instant::now();
        let answer = self.client.execute(request).await?.bytes().await?;
        Ok((start.elapsed(), answer.to_vec()))
    }

    async fn download(&self, _: &str) -> Outcome<Download> {
        Err("has no network".into())
    }

    fn finish(self) -> Outcome<()> {
        Ok(())
    }
}

#[derive(Clone, Default)]
struct Ready(Arc<Mutex<String>>);

#[async_trait::async_trait]
impl Middleware for Ready {
    async fn handle(
        &self,
        request: reqwest::Request,
        _: &mut http::Extensions,
        _: Next<'_>,
    ) -> Result<reqwest::Response> {
        let ready = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let response = http::Response::builder()
            .url(request.url().clone())
            .header("content-type", "application/json")
            .body(ready)
            .map_err(reqwest_middleware::Error::middleware)?;
        Ok(response.into())
    }
}
