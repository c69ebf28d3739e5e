//! The chunks of a stream in words: how many events came in each, since nearly all chunks are one event.
//!
//! `2 1×136 2` is a chunk of two events, 136 of one event each, and one of two. `1+40` ends behind one event and forty bytes
//! of the next; what begins within an event counts the end of that one.

/// Stands between how many events a chunk has and how many such chunks follow one another.
const TIMES: char = '×';

/// Where a line of words ends.
const WIDTH: usize = 90;

/// The words for chunks of these lengths, of a stream whose events have those.
pub(super) fn write(chunks: &[usize], events: &[usize]) -> String {
    let mut ends = events.iter().scan(0usize, |end, length| {
        *end += length;
        Some(*end)
    });
    let mut next = ends.next();
    let (mut words, mut at): (Vec<(String, usize)>, usize) = (Vec::new(), 0);
    for chunk in chunks {
        let end = at + chunk;
        let (mut whole, mut last) = (0usize, at);
        while let Some(event) = next.filter(|event| *event <= end) {
            (whole, last) = (whole + 1, event);
            next = ends.next();
        }
        let word =
            if last == end && whole > 0 { whole.to_string() } else { format!("{whole}+{}", end - last) };
        match words.last_mut() {
            Some((same, count)) if *same == word && last == end => *count += 1,
            _ => words.push((word, 1)),
        }
        at = end;
    }
    let mut out = String::new();
    let mut line = 0;
    for (word, count) in words {
        let word = if count > 1 { format!("{word}{TIMES}{count}") } else { word };
        let is_full = line + word.len() > WIDTH;
        if !out.is_empty() {
            out.push(if is_full { '\n' } else { ' ' });
        }
        line = if is_full { 0 } else { line } + word.len() + 1;
        out.push_str(&word);
    }
    out
}

/// The lengths of the chunks that words tell of.
pub(super) fn read(text: &str, events: &[usize]) -> Result<Vec<usize>, String> {
    let mut chunks = Vec::new();
    let mut left = events.iter();
    // How much of the next event has come.
    let mut begun = 0usize;
    for word in text.split_ascii_whitespace() {
        let number = |text: &str| -> Result<usize, String> {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let wrong = || format!("`{word}` in `chunks` does not say how many events came together");
            text.parse().ok().filter(|_| is_number).ok_or_else(wrong)
        };
        let (one, count) = match word.split_once(TIMES) {
            Some((one, count)) => (one, number(count)?),
            None => (word, 1),
        };
        let (whole, bytes) = match one.split_once('+') {
            Some((whole, bytes)) => (number(whole)?, Some(number(bytes)?)),
            None => (number(one)?, None),
        };
        // Each of many has to bring an event to its end.
        if whole == 0 && (count > 1 || bytes.is_none()) || bytes.is_some() && count > 1 || count == 0 {
            return Err(format!("`{word}` in `chunks` tells of chunks without an event"));
        }
        for _ in 0..count {
            let mut length = 0;
            for _ in 0..whole {
                length += left.next().ok_or_else(too_many)? - std::mem::take(&mut begun);
            }
            if let Some(bytes) = bytes {
                begun = begun.checked_add(bytes).ok_or_else(too_many)?;
                if left.as_slice().first().is_none_or(|event| begun >= *event) && bytes > 0 {
                    return Err(too_many());
                }
                length += bytes;
            }
            chunks.push(length);
        }
    }
    match (left.next(), begun) {
        (None, 0) => Ok(chunks),
        _ => Err(format!("the `chunks` tell of fewer than {} events; {DELETE}", events.len())),
    }
}

const DELETE: &str = "if you edited the body, delete the line `chunks`";

fn too_many() -> String {
    format!("the `chunks` tell of more than there is; {DELETE}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nearly_all_chunks_are_one_event() {
        let events = [10; 140];
        let chunks: Vec<usize> = [20].into_iter().chain([10; 136]).chain([20]).collect();
        assert_eq!(write(&chunks, &events), "2 1×136 2");
        assert_eq!(write(&[10, 5, 9, 6], &[10, 10, 10]), "1 0+5 1+4 1");
        assert_eq!(read("1 0+5 1+4 1", &[10, 10, 10]), Ok(vec![10, 5, 9, 6]));
        // Whoever edits a message need not count its bytes.
        assert_eq!(read("2 1×2", &[7, 8, 90, 10]), Ok(vec![15, 90, 10]));
    }

    #[test]
    fn what_does_not_fit_the_events_is_refused() {
        for (text, wanted) in [
            ("1×2", "the `chunks` tell of fewer than 3 events"),
            ("1×4", "the `chunks` tell of more than there is"),
            ("1 1 0+3", "the `chunks` tell of fewer than 3 events"),
            ("1 1 0+10 1", "the `chunks` tell of more than there is"),
            ("1 1 1 0+1", "the `chunks` tell of more than there is"),
            ("1 two", "`two` in `chunks` does not say"),
            ("0×1000000000000 3", "tells of chunks without an event"),
            ("0+0×1000000000000 3", "tells of chunks without an event"),
            ("1×99999999999999999999999", "does not say how many"),
            ("1×1000000000000", "the `chunks` tell of more than there is"),
            ("18446744073709551615", "the `chunks` tell of more than there is"),
            ("0+9 0+18446744073709551615", "the `chunks` tell of more than there is"),
        ] {
            let message = read(text, &[10, 10, 10]).unwrap_err();
            assert!(message.contains(wanted), "{text}: {message}");
        }
    }

    proptest! {
        #[test]
        fn every_cut_of_every_stream_is_read_as_it_was_written(
            events in prop::collection::vec(1..20usize, 0..30),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
            by_event in any::<bool>(),
        ) {
            let total: usize = events.iter().sum();
            let ends: Vec<usize> = events.iter().scan(0, |end, length| { *end += length; Some(*end) }).collect();
            let mut at: Vec<usize> = cuts
                .iter()
                .map(|cut| if by_event && !ends.is_empty() { *cut.get(&ends) } else { cut.index(total + 1) })
                .collect();
            at.push(total);
            at.sort_unstable();
            at.dedup();
            at.retain(|end| *end > 0);
            let starts = [0].into_iter().chain(at.iter().copied());
            let chunks: Vec<usize> = at.iter().zip(starts).map(|(end, start)| end - start).collect();
            let text = write(&chunks, &events);
            prop_assert!(text.lines().all(|line| line.len() <= 100));
            prop_assert_eq!(read(&text, &events), Ok(chunks), "{}", text);
        }
    }
}
