//! What the command of a run finds in its environment: where its SDKs ask, keys for those that want one, and where it tells what
//! its cassettes do.

use std::ffi::OsString;
use std::path::Path;

use crate::adapters::server::Upstreams;
use crate::model::address::Address;
use crate::model::mode::{MODE_VARIABLE, Mode};
use crate::model::ttl;
use crate::session::telling;

/// Has the server itself, for programs that pass a base URL to an SDK that reads none.
const URL: &str = "LLM_CASSETTE_URL";

/// The variables by which SDKs and tools find a server, and the path that each wants behind its address: those of `docs/sdks.md`,
/// which says who reads them.
const BASES: &[(&str, &str)] = &[
    ("OPENAI_BASE_URL", "/openai/v1"),
    ("OPENAI_API_BASE", "/openai/v1"),
    ("ANTHROPIC_BASE_URL", "/anthropic"),
    ("ANTHROPIC_API_BASE", "/anthropic"),
    ("ANTHROPIC_API_URL", "/anthropic"),
    ("ANTHROPIC_BEDROCK_BASE_URL", "/bedrock/REGION"),
    ("GOOGLE_GEMINI_BASE_URL", "/gemini"),
    ("GEMINI_API_BASE", "/gemini/v1beta"),
    ("MISTRAL_BASE_URL", "/mistral/v1"),
    ("MISTRAL_AZURE_API_BASE", "/mistral/v1"),
    ("CO_API_URL", "/cohere"),
    ("CO_BASE_URL", "/cohere"),
    ("COHERE_API_BASE", "/cohere/v2/chat"),
    ("OLLAMA_HOST", "/ollama"),
    ("OLLAMA_BASE_URL", "/ollama"),
    ("OLLAMA_API_BASE", "/ollama"),
    ("GROQ_BASE_URL", "/groq"),
    ("GROQ_API_BASE", "/groq/openai/v1"),
    ("TOGETHER_BASE_URL", "/together/v1"),
    ("TOGETHER_AI_API_BASE", "/together/v1"),
    ("CEREBRAS_BASE_URL", "/cerebras"),
    ("FIREWORKS_BASE_URL", "/fireworks"),
    ("OPENROUTER_API_BASE", "/openrouter/api/v1"),
    ("XAI_API_BASE", "/xai/v1"),
    ("DEEPSEEK_API_BASE", "/deepseek/beta"),
    ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "/bedrock/REGION"),
    ("AWS_BEDROCK_RUNTIME_ENDPOINT", "/bedrock/REGION"),
    ("AZURE_OPENAI_ENDPOINT", "/azure/RESOURCE"),
    ("AZURE_API_BASE", "/azure/RESOURCE"),
];

/// The region of Amazon where none is said: that of most models, and of most examples.
const REGION: &str = "us-east-1";

/// What SDKs of Azure ask belongs to somebody's resource, which only a value can name.
const RESOURCE: &str = "RESOURCE";

/// Where SDKs without a setting expect Ollama.
const OLLAMA_PORT: &str = "11434";

/// The variables that SDKs want a key in before they ask anything, and those beside it that do as well.
const KEYS: &[(&str, &[&str])] = &[
    ("OPENAI_API_KEY", &[]),
    ("ANTHROPIC_API_KEY", &["ANTHROPIC_AUTH_TOKEN"]),
    ("GEMINI_API_KEY", &["GOOGLE_API_KEY"]),
    ("MISTRAL_API_KEY", &[]),
    ("CO_API_KEY", &[]),
    ("COHERE_API_KEY", &[]),
    ("GROQ_API_KEY", &[]),
    ("TOGETHER_API_KEY", &[]),
    ("CEREBRAS_API_KEY", &[]),
    ("FIREWORKS_API_KEY", &[]),
    ("OPENROUTER_API_KEY", &[]),
    ("XAI_API_KEY", &[]),
    ("DEEPSEEK_API_KEY", &[]),
    ("AWS_BEARER_TOKEN_BEDROCK", &["AWS_ACCESS_KEY_ID", "AWS_PROFILE"]),
];

/// Names the cassette that is meant where none is named. The server never sends it on.
const KEY: &str = "sk-cassette-default";

/// Two names of one key: the server finds the one where the other is wanted.
const ONE_KEY: [&str; 2] = ["CO_API_KEY", "COHERE_API_KEY"];

/// What proxies are told to leave alone.
const PROXIES: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];
const HERE: &str = "127.0.0.1";

/// What is to be set, as soon as the server has an address.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Variables, and paths on the server.
    bases: Vec<(&'static str, String)>,
    others: Vec<(&'static str, String)>,
    /// What keeps its value, and why.
    pub(super) left: Vec<String>,
}

impl Found {
    /// The variables, for a server at this address.
    pub(super) fn at(self, url: &str) -> Vec<(String, OsString)> {
        let bases = self.bases.into_iter().map(|(name, path)| (name, format!("{url}{path}")));
        let all = bases.chain(self.others).chain([(URL, url.to_owned())]);
        all.map(|(name, value)| (name.to_owned(), value.into())).collect()
    }
}

/// What is to be set where the environment is `was`. Servers that it names are asked through ours.
pub(super) fn found(was: &dyn Fn(&str) -> Option<String>, mode: Mode, upstreams: &mut Upstreams) -> Found {
    let set = |name: &str| was(name).filter(|value| !value.is_empty());
    let region = set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION")).unwrap_or_else(|| REGION.to_owned());
    let mut found = Found::default();
    for (name, path) in BASES {
        let path = path.replace("REGION", &region);
        let server = set(name).and_then(|value| server(name, &value, &path));
        match server {
            Some(server) => match upstreams.lead(&server) {
                Some(path) => found.bases.push((name, path)),
                None => found.left.push(format!(
                    "{name} keeps its value, which is not the plain URL of a server; what is asked there comes by no cassette"
                )),
            },
            None if path.ends_with(RESOURCE) => {}
            None => found.bases.push((name, path)),
        }
    }
    for (name, others) in KEYS {
        // One that is set to nothing was set so on purpose.
        let is_wanted = was(name).is_none() && !others.iter().any(|other| set(other).is_some());
        let other_name = || ONE_KEY.contains(name) && ONE_KEY.iter().any(|other| set(other).is_some());
        // Where calls go out, a program that does not ask the server would send what is no key.
        if is_wanted && (!mode.may_call_out() || other_name()) {
            found.others.push((name, KEY.to_owned()));
        }
    }
    if PROXIES.iter().any(|name| set(name).is_some()) {
        let before = NO_PROXY.iter().find_map(|name| set(name));
        let hosts = before.map_or_else(|| HERE.to_owned(), |hosts| format!("{hosts},{HERE}"));
        found.others.extend(NO_PROXY.map(|name| (name, hosts.clone())));
    }
    found
}

/// The server that a variable names, if that is another than the SDK would find by itself or by one of our servers.
fn server(name: &str, value: &str, path: &str) -> Option<String> {
    let mut url = value.trim().trim_end_matches('/').to_owned();
    if name == "OLLAMA_HOST" {
        // It may be a host, with a port or not, and the one on which Ollama itself is to listen.
        url = match url.split_once("://") {
            Some(_) => url,
            None => format!("http://{url}"),
        };
        let address = Address::of(&url);
        if !address.authority.contains(':') {
            url = format!("{}:{OLLAMA_PORT}", url.trim_end_matches('/'));
        }
    }
    let address = Address::of(&url);
    let (host, port) = address.authority.split_once(':').unwrap_or((address.authority, ""));
    let is_here = ["127.0.0.1", "localhost", "0.0.0.0"].contains(&host);
    let is_ours = is_here && address.path == path;
    let is_found_anyway = is_here && port == OLLAMA_PORT && path == "/ollama";
    (!is_ours && !is_found_anyway).then_some(url)
}

/// What processes of the run are told of it.
pub(super) fn of_run(mode: Option<Mode>, rerecords: bool, told: &Path) -> Vec<(String, OsString)> {
    let mut all = vec![(telling::VARIABLE.to_owned(), told.as_os_str().to_owned())];
    if let Some(mode) = mode {
        all.push((MODE_VARIABLE.to_owned(), mode.to_string().into()));
    }
    if rerecords {
        // What stands last counts.
        let mut ttl = std::env::var_os(ttl::VARIABLE).unwrap_or_default();
        ttl.push(",record");
        all.push((ttl::VARIABLE.to_owned(), ttl));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn set(was: &[(&str, &str)], mode: Mode) -> BTreeMap<String, String> {
        let was =
            |name: &str| was.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let found = found(&was, mode, &mut Upstreams::default());
        let all = found.at("http://127.0.0.1:9").into_iter();
        all.map(|(name, value)| (name, value.into_string().unwrap())).collect()
    }

    #[test]
    fn every_variable_of_the_documentation_is_set_and_no_other() {
        let page = include_str!("../../../../docs/sdks.md");
        let (_, table) = page.split_once("|---|---|---|\n").unwrap();
        let rows = table.lines().take_while(|line| line.starts_with('|'));
        let documented: Vec<(&str, &str)> = rows
            .map(|row| {
                let mut cells = row.trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('`'));
                (cells.next().unwrap(), cells.next().unwrap())
            })
            .collect();
        assert!(BASES.len() >= 20);
        assert_eq!(documented, BASES);
    }

    #[test]
    fn sdks_are_led_to_the_server_and_have_a_key_where_they_had_none() {
        let all = set(&[("MISTRAL_API_KEY", "real"), ("AWS_REGION", "eu-west-1")], Mode::Replay);
        assert_eq!(all["OPENAI_BASE_URL"], "http://127.0.0.1:9/openai/v1");
        assert_eq!(all["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"], "http://127.0.0.1:9/bedrock/eu-west-1");
        assert_eq!(all["OPENAI_API_KEY"], "sk-cassette-default");
        assert_eq!(all["LLM_CASSETTE_URL"], "http://127.0.0.1:9");
        for name in ["MISTRAL_API_KEY", "AZURE_OPENAI_ENDPOINT", "NO_PROXY"] {
            assert_eq!(all.get(name), None, "{name}");
        }
    }

    #[test]
    fn where_calls_go_out_a_key_is_set_only_if_the_server_has_the_real_one() {
        for mode in [Mode::Record, Mode::Refresh, Mode::Off] {
            assert_eq!(set(&[], mode).get("OPENAI_API_KEY"), None);
            let all = set(&[("COHERE_API_KEY", "real")], mode);
            assert_eq!(all["CO_API_KEY"], "sk-cassette-default");
            assert_eq!(all.get("COHERE_API_KEY"), None);
        }
    }

    #[test]
    fn a_key_that_is_there_by_another_name_or_empty_on_purpose_is_left_alone() {
        let was = [
            ("GOOGLE_API_KEY", "real"),
            ("OPENAI_API_KEY", ""),
            ("AWS_PROFILE", "work"),
            ("XAI_API_KEY", "x"),
        ];
        let all = set(&was, Mode::Replay);
        for name in ["GEMINI_API_KEY", "OPENAI_API_KEY", "AWS_BEARER_TOKEN_BEDROCK", "XAI_API_KEY"] {
            assert_eq!(all.get(name), None, "{name}");
        }
    }

    #[test]
    fn a_server_that_a_variable_named_before_is_asked_through_ours() {
        for (name, was, path) in [
            ("OPENAI_BASE_URL", "https://gateway.example.com/v1/", "/gateway.example.com/v1"),
            ("OPENAI_BASE_URL", "http://127.0.0.1:4010/openai/v1", "/openai/v1"),
            ("OPENAI_BASE_URL", "http://localhost:8000/v1", "/localhost:8000/v1"),
            ("OPENAI_BASE_URL", "", "/openai/v1"),
            ("AZURE_OPENAI_ENDPOINT", "https://mine.openai.azure.com/", "/mine.openai.azure.com"),
            ("OLLAMA_HOST", "0.0.0.0", "/ollama"),
            ("OLLAMA_HOST", "localhost:11434", "/ollama"),
            ("OLLAMA_HOST", "gpu.example.com", "/gpu.example.com:11434"),
            ("OLLAMA_HOST", "https://gpu.example.com:8443", "/gpu.example.com:8443"),
        ] {
            assert_eq!(set(&[(name, was)], Mode::Replay)[name], format!("http://127.0.0.1:9{path}"), "{was}");
        }
    }

    #[test]
    fn what_cannot_be_led_keeps_its_value_and_that_is_told() {
        let was =
            |name: &str| (name == "OPENAI_BASE_URL").then(|| "https://user:secret@x.example.com".to_owned());
        let found = found(&was, Mode::Replay, &mut Upstreams::default());
        assert!(found.left[0].starts_with("OPENAI_BASE_URL keeps its value"));
        assert!(!found.left[0].contains("secret"));
        assert!(found.bases.iter().all(|(name, _)| *name != "OPENAI_BASE_URL"));
    }

    #[test]
    fn a_proxy_is_told_to_leave_the_server_alone() {
        let all = set(&[("http_proxy", "http://proxy:3128"), ("no_proxy", "intern.test")], Mode::Replay);
        assert_eq!(all["NO_PROXY"], "intern.test,127.0.0.1");
        assert_eq!(all["no_proxy"], "intern.test,127.0.0.1");
    }
}
