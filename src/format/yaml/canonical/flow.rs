//! Lists and mappings on one line, and texts in quotes.

use super::{MAX_DEPTH, Parser, key_length, plain};
use crate::model::hex;
use crate::model::json::Json;

impl Parser<'_> {
    pub(super) fn flow(&mut self, depth: usize) -> Option<Json> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.take("[") {
            let mut items = Vec::new();
            while self.another("]", items.is_empty())? {
                items.push(self.flow(depth + 1)?);
            }
            Some(Json::Array(items))
        } else if self.take("{") {
            let mut fields = Vec::new();
            while self.another("}", fields.is_empty())? {
                let Json::String(name) = self.flow_scalar(key_length)? else { return None };
                self.expect(": ")?;
                fields.push((name, self.flow(depth + 1)?));
            }
            Some(Json::Object(fields))
        } else {
            self.flow_scalar(|rest| rest.bytes().position(|byte| matches!(byte, b',' | b']' | b'}' | b'\n')))
        }
    }

    /// Whether another item follows, or the bracket that closes.
    fn another(&mut self, close: &str, is_first: bool) -> Option<bool> {
        if self.take(close) {
            return Some(false);
        }
        if !is_first {
            self.expect(",")?;
        }
        self.at += self.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\n')).count();
        Some(true)
    }

    fn flow_scalar(&mut self, length: impl Fn(&str) -> Option<usize>) -> Option<Json> {
        if matches!(self.peek()?, b'"' | b'\'') {
            return self.quoted().map(Json::String);
        }
        self.text_of(length(self.rest())?).map(plain)
    }

    pub(super) fn quoted(&mut self) -> Option<String> {
        let quote = self.peek()?;
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let length = rest.bytes().position(|byte| byte == quote || byte == b'\\' && quote == b'"')?;
            text.push_str(rest.get(..length)?);
            self.at += length + 1;
            if rest.as_bytes()[length] == b'\\' {
                self.escape(&mut text)?;
            } else if quote == b'\'' && self.take("'") {
                text.push('\'');
            } else {
                return Some(text);
            }
        }
    }

    /// From behind the backslash on.
    fn escape(&mut self, text: &mut String) -> Option<()> {
        let kind = self.peek()?;
        self.at += 1;
        let digits = match kind {
            b'x' => 2,
            b'u' => 4,
            _ => 0,
        };
        text.push(match kind {
            b'x' | b'u' => {
                let code = hex::number(self.rest().as_bytes().get(..digits)?)?;
                self.at += digits;
                char::from_u32(code)?
            }
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'"' | b'\\' | b' ' => char::from(kind),
            b'\n' => {
                self.at += self.rest().bytes().take_while(|&byte| byte == b' ').count();
                return Some(());
            }
            _ => return None,
        });
        Some(())
    }
}
