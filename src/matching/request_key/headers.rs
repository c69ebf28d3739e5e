//! The headers of a request that take part in matching, each as it is compared.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::writer;
use crate::matching::user_rules::Rules;
use crate::model::address::Address;
use crate::model::exchange::Request;
use crate::model::json;
use crate::model::wire::parameters::parameters;
use crate::providers::{CHOOSING_HEADERS, Compared, FIELDS};

/// What stands in a normal form for an id that somebody made up.
const AN_ID: &str = "an id";

/// Writes a line for each header that counts; gives the ids whose presence alone does.
pub(super) fn canonical(request: &Request, rules: &Rules, form: &mut Vec<u8>) -> Vec<String> {
    let headers = &request.headers;
    let value = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    line("content-type", &media_type_of_body(request, value.as_deref()), form);
    let mut ids = Vec::new();
    for header in &CHOOSING_HEADERS {
        let Some(name) = present(headers, header.name) else { continue };
        match header.compared {
            Compared::MediaTypes => line(name, &wanted_media_types(headers, name), form),
            Compared::Items => line(name, &items(headers, name), form),
            Compared::Presence => {
                line(name, AN_ID, form);
                ids.push(items(headers, name));
            }
        }
    }
    for name in &rules.headers {
        if let Some(name) = present(headers, name) {
            line(name, &items(headers, name), form);
        }
    }
    ids
}

/// The name of a header that is there. Most requests have few of many headers that count; to compare names costs less
/// than to look each of them up.
fn present<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.keys().map(http::HeaderName::as_str).find(|header| *header == name)
}

fn line(name: &str, value: &str, form: &mut Vec<u8>) {
    if !value.is_empty() {
        form.extend_from_slice(format!("{name}: {value}\n").as_bytes());
    }
}

/// All values of a header, lists taken apart.
fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let texts = headers.get_all(name).into_iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let mut values = Vec::new();
    for text in texts {
        values.extend(text.split(',').map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()));
    }
    values
}

/// The items of a list, sorted: the order of beta flags means nothing. JSON, such as a gateway's configuration, has commas
/// of its own, and its lists have an order.
fn items(headers: &HeaderMap, name: &str) -> String {
    let mut values = json_value(headers, name).map_or_else(|| values(headers, name), |value| vec![value]);
    values.sort_unstable();
    values.join(",")
}

/// The value of a header that is JSON, in a form that layout and the order of keys do not change.
fn json_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.as_bytes().trim_ascii();
    let tree = value.starts_with(b"{").then(|| json::parse(value).ok())??;
    let mut form = Vec::with_capacity(value.len());
    writer::write(&tree, &Rules::default(), &mut form);
    String::from_utf8(form).ok()
}

/// The media types that are wanted. Those that are wanted as much as each other stand in the order of their names, and
/// before them those that are wanted more; the numbers themselves say nothing. To want anything is to want nothing in
/// particular, as if there were no such header: clients differ in whether they say so.
fn wanted_media_types(headers: &HeaderMap, name: &str) -> String {
    let mut wanted: Vec<(u16, String)> = Vec::new();
    for range in values(headers, name) {
        let quality = parameters(&range).into_iter().find(|(name, _)| name == "q");
        let thousandths = quality.map_or(1000, |(_, value)| thousandths(&value));
        if thousandths > 0 {
            wanted.push((thousandths, media_type(&range)));
        }
    }
    wanted.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    wanted.dedup();
    if wanted.iter().all(|(_, media)| media == "*/*" || media == "*") {
        return String::new();
    }
    let mut out = String::new();
    for (at, (quality, media)) in wanted.iter().enumerate() {
        if at > 0 {
            out.push_str(if wanted[at - 1].0 == *quality { "," } else { " > " });
        }
        out.push_str(media);
    }
    out
}

/// A quality in thousandths (RFC 9110, 12.4.2). One that cannot be read counts as all others do that are left out.
fn thousandths(quality: &str) -> u16 {
    let number = quality.trim().parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
    number.map_or(1000, |number| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 1000")]
        let thousandths = (number * 1000.0).round() as u16;
        thousandths
    })
}

/// The media type of a body. Where a provider takes one to be JSON of which nothing is said, it is JSON, whether clients say
/// so or not. That it is a row of bytes says nothing.
fn media_type_of_body(request: &Request, value: Option<&str>) -> String {
    let said = value.map(content_type).unwrap_or_default();
    if !matches!(said.as_str(), "" | "application/octet-stream") {
        return said;
    }
    let path = Address::of(&request.url).path;
    match FIELDS.json_paths.iter().any(|end| path.ends_with(end)) {
        true => "application/json".to_owned(),
        false => said,
    }
}

/// A content type as it is compared. The boundary of a multipart body, and what else stands beside it, is how and not what.
fn content_type(value: &str) -> String {
    let media = media_type(value);
    match media.starts_with("multipart/") {
        true => media.split(';').next().unwrap_or_default().to_owned(),
        false => media,
    }
}

/// A media type in small letters with the parameters that say what it is, such as `audio/pcm;rate=16000`. A character
/// set says how it is written, and JSON has but one.
fn media_type(value: &str) -> String {
    let mut media = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let mut parameters = parameters(value);
    parameters.retain(|(name, _)| !matches!(name.as_str(), "q" | "charset" | "boundary"));
    parameters.sort();
    for (name, value) in parameters {
        media.push_str(&format!(";{name}={value}"));
    }
    media
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn accept(values: &[&str]) -> String {
        let name = HeaderName::from_static("accept");
        let all = values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap()));
        wanted_media_types(&all.collect(), "accept")
    }

    #[test]
    fn accept_is_compared_by_its_media_types_in_the_order_in_which_they_are_wanted() {
        let wanted = accept(&["application/json, text/event-stream"]);
        for same in [
            &["text/event-stream, application/json"][..],
            &["application/json", "text/event-stream"],
            &["Application/JSON; charset=utf-8,text/event-stream;q=1.0, text/event-stream"],
            &["application/json;q=0.5, text/event-stream;q=0.5, text/html;q=0"],
        ] {
            assert_eq!(accept(same), wanted, "{same:?}");
        }
        for other in [
            "application/json",
            "text/event-stream;q=0.9, application/json",
            "application/json;q=0.9, text/event-stream",
            "application/json, text/event-stream, */*;q=0.1",
            "application/vnd.example+json;version=2, text/event-stream",
        ] {
            assert_ne!(accept(&[other]), wanted, "{other}");
        }
    }

    #[test]
    fn to_accept_anything_is_to_say_nothing() {
        for nothing in ["*/*", "", " , ", "*/*;q=0.8", "*;q=.2, */*;q=0.2"] {
            assert_eq!(accept(&[nothing]), "", "{nothing}");
        }
    }

    #[test]
    fn json_in_a_header_is_compared_by_what_it_says() {
        let config = |value: &'static str| {
            let headers = HeaderMap::from_iter([(
                HeaderName::from_static("x-portkey-config"),
                HeaderValue::from_static(value),
            )]);
            items(&headers, "x-portkey-config")
        };
        let one = config(r#"{"mode":"fallback","targets":[{"at":"a"},{"at":"b"},{"at":"c"},{"at":"d"}]}"#);
        let laid_out = config(
            r#"{ "targets": [{"at": "a"}, {"at": "b"}, {"at": "c"}, {"at": "d"}], "mode": "fallback" }"#,
        );
        assert_eq!(laid_out, one);
        let other_order =
            config(r#"{"mode":"fallback","targets":[{"at":"a"},{"at":"c"},{"at":"b"},{"at":"d"}]}"#);
        assert_ne!(other_order, one);
        assert_eq!(config("{not, json"), "json,{not");
    }

    #[test]
    fn a_content_type_counts_with_what_says_what_the_body_is() {
        for (value, wanted) in [
            ("Application/JSON; charset=utf-8", "application/json"),
            ("audio/PCM; Rate=16000;channels=1", "audio/pcm;channels=1;rate=16000"),
            ("multipart/related; boundary=x; type=\"application/json\"; start=\"<1>\"", "multipart/related"),
        ] {
            assert_eq!(content_type(value), wanted, "{value}");
        }
    }
}
