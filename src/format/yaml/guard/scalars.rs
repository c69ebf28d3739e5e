//! Where a scalar ends, by libyaml's rules: inside of it, no character begins an alias.

use super::{ReadError, Scanner, is_blank, is_blank_or_end, is_break};

impl Scanner<'_> {
    pub(super) fn quoted(&mut self, quote: u8) -> Result<(), ReadError> {
        let (line, line_start, start) = (self.line, self.line_start, self.at);
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' | b'\r' => self.line_break(),
                b'\\' if quote == b'"' && !is_break(self.peek(1)) => self.at += 2,
                b'\'' if quote == b'\'' && self.peek(1) == Some(b'\'') => self.at += 2,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        return Ok(());
                    }
                }
            }
        }
        (self.line, self.line_start, self.at) = (line, line_start, start);
        self.fail("a quote is opened here and never closed")
    }

    pub(super) fn plain(&mut self) -> Result<(), ReadError> {
        let (line, line_start, start) = (self.line, self.line_start, self.at);
        let mut end = start;
        // Whether the last white space had a line break in it.
        let mut new_line = false;
        while !self.at_document_marker() && self.peek(0) != Some(b'#') {
            while let Some(byte) = self.peek(0).filter(|&byte| !is_blank(byte)) {
                let ends = byte == b':' && is_blank_or_end(self.peek(1))
                    || self.flow > 0 && matches!(byte, b',' | b'[' | b']' | b'{' | b'}');
                if ends {
                    break;
                }
                new_line = false;
                self.at += 1;
                end = self.at;
            }
            if !self.peek(0).is_some_and(is_blank) {
                break;
            }
            while let Some(byte) = self.peek(0).filter(|&byte| is_blank(byte)) {
                if is_break(Some(byte)) {
                    self.line_break();
                    new_line = true;
                } else {
                    self.at += 1;
                }
            }
            if new_line && self.flow == 0 && self.column() <= self.indent {
                break;
            }
            // libyaml would read on. It is refused here so that less hangs on our idea of where the text ends.
            if new_line && !self.foreign && matches!(self.peek(0), Some(b'*' | b'&' | b'!')) {
                return self
                    .fail("a line of unquoted text can't begin with this character: put the text in quotes");
            }
        }
        if &self.bytes[start..end] == b"<<" && !self.foreign {
            (self.line, self.line_start, self.at) = (line, line_start, start);
            return self.fail("`<<` is a YAML merge key, which a cassette can't have: put it in quotes");
        }
        if new_line {
            self.key_allowed = true;
        }
        Ok(())
    }

    pub(super) fn block_scalar(&mut self) -> Result<(), ReadError> {
        self.at += 1;
        let mut indent = None;
        // The indicators may come in either order.
        while let Some(byte @ (b'+' | b'-' | b'1'..=b'9')) = self.peek(0) {
            if byte.is_ascii_digit() {
                indent = Some(self.indent.max(0) + isize::from(byte - b'0'));
            }
            self.at += 1;
        }
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        if self.peek(0) == Some(b'#') {
            self.comment();
        }
        match self.peek(0) {
            None => return Ok(()),
            byte if !is_break(byte) => return self.fail("only a comment can stand behind `|` and `>`"),
            _ => self.line_break(),
        }
        let widest = self.block_breaks(indent);
        let indent = indent.unwrap_or(widest.max(self.indent + 1).max(1));
        while self.peek(0).is_some() && self.spaces() == indent {
            self.skip_line();
            self.line_break();
            self.block_breaks(Some(indent));
        }
        Ok(())
    }

    /// Skips empty lines and the indentation of the line behind them; the answer is the widest indentation met.
    fn block_breaks(&mut self, indent: Option<isize>) -> isize {
        let mut widest = 0;
        loop {
            while self.peek(0) == Some(b' ') && indent.is_none_or(|indent| self.spaces() < indent) {
                self.at += 1;
            }
            widest = widest.max(self.spaces());
            if !is_break(self.peek(0)) {
                return widest;
            }
            self.line_break();
        }
    }
}
