//! The words of a cassette for when chunks came: `312 ms + 9 11 12/143`.

use std::fmt;

use super::{ChunkTimes, Run};

impl fmt::Display for ChunkTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.first)?;
        f.write_str(if self.then.is_empty() { "" } else { " +" })?;
        self.then.iter().try_for_each(|run| match run.chunks {
            1 => write!(f, " {}", run.over),
            chunks => write!(f, " {chunks}/{}", run.over),
        })
    }
}

impl ChunkTimes {
    /// Reads what `Display` writes. The error is for who edited it.
    pub(crate) fn parse(text: &str) -> Result<ChunkTimes, String> {
        let wrong = || {
            "`times` has to be text such as `312 ms + 9 11 12/143`: the first chunk after 312 ms, one 9 ms later, one 11 ms \
             later, then 12 in 143 ms"
                .to_owned()
        };
        let mut words = text.split_ascii_whitespace();
        let first = words.next().and_then(number).filter(|_| words.next() == Some("ms")).ok_or_else(wrong)?;
        let then = match words.next() {
            None => Vec::new(),
            Some("+") => words.map(|word| run(word).ok_or_else(wrong)).collect::<Result<Vec<_>, _>>()?,
            Some(_) => return Err(wrong()),
        };
        if then.is_empty() && text.contains('+') {
            return Err(wrong());
        }
        let times = ChunkTimes { first, then };
        match times.last() <= ChunkTimes::LATEST {
            true => Ok(times),
            false => {
                Err("`times` comes to more than a day, which is the longest that a stream may take"
                    .to_owned())
            }
        }
    }
}

fn run(word: &str) -> Option<Run> {
    let Some((chunks, over)) = word.split_once('/') else {
        return Some(Run { chunks: 1, over: number(word)? });
    };
    let chunks = number(chunks).filter(|chunks| *chunks > 0)?;
    Some(Run { chunks, over: number(over)? })
}

/// Digits only: `parse` takes a sign as well.
fn number(word: &str) -> Option<u32> {
    word.bytes().all(|byte| byte.is_ascii_digit()).then(|| word.parse().ok()).flatten()
}
