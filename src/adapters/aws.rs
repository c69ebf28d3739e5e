//! The door for the AWS SDK: its HTTP client is a value that a configuration takes, so a cassette can be one.

mod connector;
#[allow(dead_code, reason = "only a server signs, and a library may be built without it")]
pub(crate) mod signing;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use aws_smithy_runtime::client::defaults::default_http_client_plugin_v2;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin as _;
use aws_smithy_runtime_api::shared::IntoShared as _;
use aws_smithy_types::config_bag::ConfigBag;

use crate::api::cassette::Cassette;
use connector::{Connector, Reach};

/// The HTTP client of the AWS SDK, with a cassette in it. [`Cassette::aws`] makes it.
///
/// ```
/// use llm_cassette::{AwsHttpClient, Cassette};
///
/// # fn example() -> Result<(), llm_cassette::Error> {
/// let cassette = Cassette::open("weather")?;
/// let client: AwsHttpClient = cassette.aws();
/// // aws_sdk_bedrockruntime::config::Builder::from(&shared).http_client(client).build()
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct AwsHttpClient {
    cassette: Cassette,
    live: Live,
}

/// The client that calls go out with.
#[derive(Debug, Clone)]
enum Live {
    /// What the SDK would take; `None` in it where the SDK was built without one. It is made when somebody asks for it.
    Usual(Arc<OnceLock<Option<SharedHttpClient>>>),
    Given(SharedHttpClient),
}

impl Cassette {
    /// The HTTP client for the configuration of an AWS client, such as that of `aws-sdk-bedrockruntime`. Live calls go out with
    /// the client that the SDK would take without it; [`AwsHttpClient::over`] takes another one. The feature `aws` has it.
    ///
    /// ```
    /// # use aws_smithy_runtime_api::client::http::SharedHttpClient;
    /// # #[derive(Default)]
    /// # struct Config; // `aws_sdk_bedrockruntime::config::Builder`
    /// # impl Config {
    /// #     fn http_client(self, _: impl aws_smithy_runtime_api::client::http::HttpClient) -> Config { self }
    /// # }
    /// # fn example() -> Result<(), llm_cassette::Error> {
    /// let cassette = llm_cassette::Cassette::open("weather")?;
    /// let config = Config::default().http_client(cassette.aws());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Give it to the configuration of the client and not to `aws_config`, which would sign in through it as well.
    #[must_use]
    pub fn aws(&self) -> AwsHttpClient {
        AwsHttpClient { cassette: self.clone(), live: Live::Usual(Arc::default()) }
    }
}

impl AwsHttpClient {
    /// The same, with another client for live calls: one with a proxy, or with TLS of another make.
    ///
    /// ```
    /// # use aws_smithy_runtime_api::client::http::SharedHttpClient;
    /// # fn example(cassette: llm_cassette::Cassette, own: SharedHttpClient) {
    /// let client = cassette.aws().over(own);
    /// # }
    /// ```
    #[must_use]
    pub fn over(self, client: impl HttpClient + 'static) -> AwsHttpClient {
        AwsHttpClient { live: Live::Given(client.into_shared()), ..self }
    }
}

impl Live {
    fn client(&self) -> Option<&SharedHttpClient> {
        match self {
            Live::Usual(usual) => usual.get_or_init(usual_client).as_ref(),
            Live::Given(client) => Some(client),
        }
    }
}

/// What the SDK takes where nobody gives it a client: it depends on the features that it was built with.
fn usual_client() -> Option<SharedHttpClient> {
    let plugin = default_http_client_plugin_v2(BehaviorVersion::latest())?;
    plugin.runtime_components(&RuntimeComponentsBuilder::new("llm-cassette")).http_client()
}

impl HttpClient for AwsHttpClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let (live, settings, components) = (self.live.clone(), settings.clone(), components.clone());
        // A connector reads the certificates of the machine when it is made, and a replay needs none.
        let reach: Reach =
            Arc::new(move || live.client().map(|client| client.http_connector(&settings, &components)));
        Connector::new(self.cassette.clone(), reach).into_shared()
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        match &self.live {
            Live::Usual(_) => Ok(()),
            Live::Given(client) => client.validate_base_client_config(components, config),
        }
    }

    fn validate_final_config(
        &self,
        components: &RuntimeComponents,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        match &self.live {
            Live::Usual(_) => Ok(()),
            Live::Given(client) => client.validate_final_config(components, config),
        }
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.live.client()?.connector_metadata()
    }
}
