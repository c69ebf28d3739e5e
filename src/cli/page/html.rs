//! HTML that cannot be broken out of: markup is text of this program, and everything else goes through one function.

use crate::model::text::escape_for_terminal;

/// A piece of a page. Recorded text enters it by `text` and by the values of attributes only, and both escape.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup of our own. `'static` keeps recorded text out.
    pub(super) fn markup(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Text that means nothing but itself.
    pub(super) fn text(&mut self, text: &str) {
        self.0.push_str(&escape(text));
    }

    /// An element and what is in it.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        content: impl FnOnce(&mut Html),
    ) {
        self.open(name, attributes);
        content(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// An element with nothing but text in it.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: &[(&'static str, &str)], text: &str) {
        self.element(name, attributes, |html| html.text(text));
    }

    /// The start of an element, all of one that has no end.
    pub(super) fn open(&mut self, name: &'static str, attributes: &[(&'static str, &str)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            self.0.push(' ');
            self.0.push_str(attribute);
            if !value.is_empty() {
                self.0.push_str("=\"");
                self.0.push_str(&escape(value));
                self.0.push('"');
            }
        }
        self.0.push('>');
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// Text as it is written in HTML, between tags and between double quotes alike.
fn escape(text: &str) -> String {
    // A line break of Windows is a line break; the exact bytes are those of the cassette.
    let text = escape_for_terminal(&text.replace("\r\n", "\n"));
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn escaped_text_has_no_markup_and_says_the_same(text in "(\\PC|[<>&\"'/!\\-\\n\\t\u{0}\u{1b}\u{202e}]){0,60}") {
            let escaped = escape(&text);
            let forbidden = escaped.contains(['<', '>', '"', '\'', '\0', '\u{1b}', '\u{202e}']);
            prop_assert!(!forbidden, "{}", escaped);
            let mut read = escaped;
            for (name, c) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'")] {
                read = read.replace(name, c);
            }
            let bare = read.replace("&amp;", "");
            prop_assert!(!bare.contains('&'), "{}", bare);
            prop_assert_eq!(read.replace("&amp;", "&"), escape_for_terminal(&text));
        }
    }

    #[test]
    fn the_value_of_an_attribute_cannot_end_it() {
        let mut html = Html::default();
        html.leaf("a", &[("href", "x\" onclick=\"y"), ("hidden", "")], "<b>");
        assert_eq!(html.into_string(), "<a href=\"x&quot; onclick=&quot;y\" hidden>&lt;b&gt;</a>");
    }
}
