//! URLs that mean the same, written the same.

/// Scheme and host in small letters, no default port, no fragment, percent-encoding canonical, query sorted by name.
/// Parameters of one name keep their order, which servers can see.
pub(crate) fn canonical(url: &str, ignore_host: bool) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let (before_query, query) = url.split_once('?').unwrap_or((url, ""));
    let mut out = String::with_capacity(url.len());
    let path = match before_query.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            if !ignore_host {
                out.push_str(&host(&scheme.to_ascii_lowercase(), authority));
            }
            path
        }
        None => before_query,
    };
    out.push_str(&percent(if path.is_empty() { "/" } else { path }, false));
    let mut pairs: Vec<(String, Option<String>)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (percent(name, true), Some(percent(value, true))),
            None => (percent(pair, true), None),
        })
        .collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    for (index, (name, value)) in pairs.iter().enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        out.push_str(name);
        if let Some(value) = value {
            out.push('=');
            out.push_str(value);
        }
    }
    out
}

fn host(scheme: &str, authority: &str) -> String {
    let mut authority = authority.to_ascii_lowercase();
    let default = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => ":",
    };
    if let Some(bare) = authority.strip_suffix(default) {
        authority.truncate(bare.len());
    }
    format!("{scheme}://{authority}")
}

/// What needs no encoding is decoded, what stays encoded has capital digits (RFC 3986, 6.2.2), and what should have been
/// encoded is. In a query, `+` is a space.
fn percent(text: &str, in_query: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|b| (*b as char).to_digit(16));
        let (byte, encoded) = match (bytes[at], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                at += 3;
                (u8::try_from(high * 16 + low).unwrap_or_default(), true)
            }
            (b'+', ..) if in_query => {
                at += 1;
                (b' ', true)
            }
            (byte, ..) => {
                at += 1;
                (byte, false)
            }
        };
        let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let may_stand = byte.is_ascii_graphic() && !encoded && !b"\"<>\\^`{|}".contains(&byte);
        if unreserved || may_stand {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
