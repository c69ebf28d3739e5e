//! Server-sent events, as the HTML standard reads them ("Parsing an event stream").

/// The byte order mark that may stand before the first event.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// An event, or a piece that a client skips: a comment, or a blank line too many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event<'a> {
    /// Every byte up to and with the blank line that ends the event.
    pub(crate) raw: &'a [u8],
    /// The value of `event:`.
    pub(crate) event: Option<String>,
    /// The `data:` lines, joined by line feeds; `None` when there is none. Bytes that are not UTF-8 are replaced here
    /// and kept in `raw`.
    pub(crate) data: Option<String>,
}

/// Cuts a body into events. Put together again, their `raw` bytes are the body.
pub(crate) fn split(body: &[u8]) -> Vec<Event<'_>> {
    let mut events = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let end = Scan::default().event_end(rest, true).unwrap_or(rest.len());
        let (raw, behind) = rest.split_at(end);
        events.push(parse(raw));
        rest = behind;
    }
    events
}

/// Reads the fields of one event.
pub(crate) fn parse(raw: &[u8]) -> Event<'_> {
    let mut found = Event { raw, event: None, data: None };
    // CRLF leaves an empty line here where LF and CR leave none. Neither has a meaning within one event.
    for line in raw.strip_prefix(BOM).unwrap_or(raw).split(|&byte| matches!(byte, b'\n' | b'\r')) {
        let colon = line.iter().position(|&byte| byte == b':');
        let (name, value) = colon.map_or((line, &line[line.len()..]), |at| (&line[..at], &line[at + 1..]));
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"event" => found.event = Some(String::from_utf8_lossy(value).into_owned()),
            b"data" => match &mut found.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(&String::from_utf8_lossy(value));
                }
                None => found.data = Some(String::from_utf8_lossy(value).into_owned()),
            },
            _ => {}
        }
    }
    found
}

/// Looks for the end of the first event, and remembers how far it has looked.
#[derive(Debug, Default)]
pub(super) struct Scan {
    line: usize,
    seen: usize,
}

impl Scan {
    /// The length of the first event, once the blank line behind it is there. `whole` says that nothing follows.
    pub(super) fn event_end(&mut self, bytes: &[u8], whole: bool) -> Option<usize> {
        loop {
            let at = self.seen + bytes[self.seen..].iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
            self.seen = at;
            let end = match (bytes[at], bytes.get(at + 1)) {
                (b'\r', Some(b'\n')) => at + 2,
                // The line feed that belongs to this carriage return may come with the next chunk.
                (b'\r', None) if !whole => return None,
                _ => at + 1,
            };
            if at == self.line {
                return Some(end);
            }
            (self.line, self.seen) = (end, end);
        }
    }
}
