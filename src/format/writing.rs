//! From an interaction to the title and the tree of its document.

use http::Version;

use super::bodies::framing;
use super::{extending, headers, labels};
use crate::format::blobs::Blobs;
use crate::format::body::{self, Fields};
use crate::format::turns::Earlier;
use crate::matching::request_key::Key;
use crate::model::address::Address;
use crate::model::exchange::{Cut, Request, Response, ResponseBody};
use crate::model::interaction::Interaction;
use crate::model::json::Json;
use crate::providers::is_written;

/// What a person sees of a document in the middle of a long file or a diff: the call, the model, the key.
pub(super) fn title(interaction: &Interaction, key: &Key) -> String {
    let address = Address::of(&interaction.request.url);
    let address = [address.authority, address.path].concat();
    let clean = |text: &str| -> String {
        text.chars().filter(|c| !c.is_control() && *c != '\u{feff}').take(120).collect()
    };
    let mut parts = vec![format!("{} {}", interaction.request.method, clean(&address))];
    parts.extend(interaction.model.as_deref().map(clean));
    parts.push(format!("{}…", key.short()));
    parts
        .join(" · ")
        .chars()
        .filter(|c| c.is_alphanumeric() || c.is_ascii_graphic() || " ·…".contains(*c))
        .collect()
}

pub(super) fn tree(
    interaction: &Interaction,
    key: &Key,
    earlier: Option<&Earlier<'_>>,
    blobs: &mut Blobs,
) -> Json {
    let mut top: Vec<(String, Json)> = vec![("key".to_owned(), Json::String(key.to_string()))];
    let mut add = |name: &str, value: Json| top.push((name.to_owned(), value));
    if interaction.take > 1 {
        add("take", Json::from(interaction.take));
    }
    add("recorded_at", Json::from(interaction.recorded_at.as_str()));
    add("usage_count", Json::from(interaction.usage_count));
    for (name, value) in labels::write(&interaction.labels) {
        add(&name, value);
    }
    if let Some(provider) = &interaction.provider {
        add("provider", Json::from(provider.as_str()));
    }
    if let Some(model) = &interaction.model {
        add("model", Json::from(model.as_str()));
    }
    let counts = interaction.usage.iter().filter(|(name, count)| is_written(name, *count));
    let usage: Vec<_> = counts.map(|(name, count)| (name.clone(), Json::from(*count))).collect();
    if !usage.is_empty() {
        add("usage", Json::Object(usage));
    }
    let (request, response) = extending::bodies(interaction, earlier, blobs);
    add("request", request_tree(&interaction.request, request));
    add("response", response_tree(&interaction.response, response));
    Json::Object(top)
}

fn request_tree(request: &Request, body: Fields) -> Json {
    let mut fields = vec![
        ("method".to_owned(), Json::from(request.method.as_str())),
        ("url".to_owned(), Json::from(request.url.as_str())),
    ];
    fields.extend(headers::write(&request.headers));
    fields.extend(body);
    Json::Object(fields)
}

fn response_tree(response: &Response, encoded: Fields) -> Json {
    let mut fields = vec![("status".to_owned(), Json::from(u64::from(response.status.as_u16())))];
    if response.version != Version::HTTP_11 {
        fields.push(("version".to_owned(), Json::String(format!("{:?}", response.version))));
    }
    if let Some(url) = &response.url {
        fields.push(("url".to_owned(), Json::from(url.as_str())));
    }
    fields.extend(headers::write(&response.headers));
    // What is written is here: only what is replayed stands aside.
    let ResponseBody { bytes, chunks, times, cut, aside: _ } = &response.body;
    if let Some((_, name)) = Cut::FIELDS.iter().find(|(other, _)| other == cut) {
        fields.push(((*name).to_owned(), Json::Bool(true)));
    }
    // Which encoding it became decides which chunks go without saying.
    let encoding = body::encoding(&encoded);
    if !chunks.is_empty() && framing(response).is_none() {
        fields.push(("chunks".to_owned(), body::lengths(chunks)));
    } else if let Some(stored) = body::chunks_to_store(encoding, bytes, chunks) {
        fields.push(("chunks".to_owned(), stored));
    }
    if let Some(times) = times {
        fields.push(("times".to_owned(), Json::String(times.to_string())));
    }
    fields.extend(encoded);
    Json::Object(fields)
}
