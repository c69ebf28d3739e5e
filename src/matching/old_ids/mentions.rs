//! What the requests of a run say: which of them is the first to have an id.

use std::collections::HashMap;
use std::ops::Range;

use super::spelling::spellings;
use super::words::{stands_alone, telling, words};
use crate::model::exchange::{Request, Response};

/// Texts in an order, to be asked which of them have an id.
#[derive(Debug, Default)]
pub(crate) struct Mentions<'t> {
    /// The texts of each place.
    texts: Vec<Vec<&'t [u8]>>,
    /// The first and the last place of each word.
    words: HashMap<&'t [u8], (usize, usize)>,
}

impl<'t> Mentions<'t> {
    /// What some requests say, in their order. A place without one says nothing.
    pub(crate) fn of_requests(requests: impl Iterator<Item = Option<&'t Request>>) -> Mentions<'t> {
        let mut mentions = Mentions::default();
        for request in requests {
            mentions.add(request.map_or_else(Vec::new, |request| {
                let headers = request.headers.values().map(http::HeaderValue::as_bytes);
                [request.url.as_bytes(), &request.body].into_iter().chain(headers).collect()
            }));
        }
        mentions
    }

    /// What some answers say.
    pub(crate) fn of_answers(answers: impl Iterator<Item = &'t Response>) -> Mentions<'t> {
        let mut mentions = Mentions::default();
        for answer in answers {
            let headers = answer.headers.values().map(http::HeaderValue::as_bytes);
            let url = answer.url.as_deref().unwrap_or_default().as_bytes();
            mentions.add([url, &answer.body.bytes].into_iter().chain(headers).collect());
        }
        mentions
    }

    fn add(&mut self, texts: Vec<&'t [u8]>) {
        let place = self.texts.len();
        for text in &texts {
            for word in words(text) {
                self.words.entry(&text[word]).or_insert((place, place)).1 = place;
            }
        }
        self.texts.push(texts);
    }

    /// Which text is the first to have an id.
    pub(crate) fn first(&self, id: &str) -> Option<usize> {
        self.find(id, 0)
    }

    /// Whether a text behind a place has an id.
    pub(crate) fn any_after(&self, place: usize, id: &str) -> bool {
        self.find(id, place + 1).is_some()
    }

    fn find(&self, id: &str, from: usize) -> Option<usize> {
        let spellings = spellings(id);
        let mut known = Vec::new();
        for (index, spelling) in spellings.iter().enumerate() {
            if !spellings[..index].contains(spelling) {
                known.push((spelling.as_bytes(), self.between(spelling.as_bytes())));
            }
        }
        let found = known.into_iter().filter_map(|(spelling, places)| {
            let from = from.max(places.start);
            (from..places.end).find(|place| self.texts[*place].iter().any(|text| has(text, spelling)))
        });
        found.min()
    }

    /// Where a text could be that has this.
    fn between(&self, spelling: &[u8]) -> Range<usize> {
        // What has no letter and no digit cannot be told from what stands around it: it may be anywhere.
        let Some(word) = telling(spelling) else { return 0..self.texts.len() };
        self.words.get(&spelling[word]).map_or(0..0, |(first, last)| *first..*last + 1)
    }
}

/// Whether a text has this, alone.
pub(super) fn has(text: &[u8], spelling: &[u8]) -> bool {
    if spelling.is_empty() {
        return false;
    }
    let found = memchr::memmem::find_iter(text, spelling);
    found.into_iter().any(|start| stands_alone(text, &(start..start + spelling.len())))
}
