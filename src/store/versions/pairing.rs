//! Which interactions of two versions are the same one: those with one key, and then those whose requests are most alike.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};

use crate::matching::request_key::Key;
use crate::model::address::without_query;
use crate::store::tape::{Parsed, in_play_order};

/// Words of a request that are looked at, the same ones of each: more make the guess no better.
const SKETCH: usize = 256;

/// Requests that share less than this are two requests.
const ALIKE: f64 = 0.4;

/// Of more pairs than this only those are looked at that have a rare word in common.
const MAX_PAIRS: usize = 40_000;

/// A word that more requests have is not rare.
const RARE: usize = 12;

/// Where an interaction was and where it is, as indexes; in the order of the new version, what is gone where it was.
pub(crate) fn pairs(old: &[&Parsed], new: &[&Parsed]) -> Vec<(Option<usize>, Option<usize>)> {
    let mut partner: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken: HashSet<usize> = HashSet::new();
    let (before, after) = (by_key(old), by_key(new));
    for (key, slots) in &after {
        for (slot, other) in slots.iter().zip(before.get(key).into_iter().flatten()) {
            partner[*slot] = Some(*other);
            taken.insert(*other);
        }
    }
    // One address first; what is left may have moved: to a gateway, or, where the model stands in the path, to another model.
    for place in [address, endpoint] {
        let gone: Vec<usize> = (0..old.len()).filter(|at| !taken.contains(at)).collect();
        let come: Vec<usize> = (0..new.len()).filter(|at| partner[*at].is_none()).collect();
        for (other, slot) in alike(place, (old, &gone), (new, &come)) {
            partner[slot] = Some(other);
            taken.insert(other);
        }
    }
    let mut rest = (0..old.len()).filter(|at| !taken.contains(at)).peekable();
    let mut out = Vec::new();
    for (slot, partner) in partner.into_iter().enumerate() {
        while let Some(at) = rest.next_if(|at| partner.is_some_and(|partner| *at < partner)) {
            out.push((Some(at), None));
        }
        out.push((partner, Some(slot)));
    }
    out.extend(rest.map(|at| (Some(at), None)));
    out
}

/// The interactions of each key in the order in which they play.
fn by_key(recorded: &[&Parsed]) -> HashMap<Key, Vec<usize>> {
    let mut slots: HashMap<Key, Vec<usize>> = HashMap::new();
    for (slot, one) in recorded.iter().enumerate() {
        slots.entry(one.normal().key).or_default().push(slot);
    }
    for slots in slots.values_mut() {
        *slots = in_play_order(std::mem::take(slots), |slot| recorded[*slot].interaction.take);
    }
    slots
}

/// Where a request went, as far as two have to agree.
type Place = fn(&Parsed) -> String;

/// Some of the interactions of a version, by their indexes.
type Picked<'a> = (&'a [&'a Parsed], &'a [usize]);

/// Pairs of requests to one place that have most in common, the best first; each is in one pair.
fn alike(place: Place, (old, gone): Picked<'_>, (new, come): Picked<'_>) -> Vec<(usize, usize)> {
    let mut places: BTreeMap<String, (Vec<Sketch>, Vec<Sketch>)> = BTreeMap::new();
    for at in gone {
        places.entry(place(old[*at])).or_default().0.push(Sketch::of(*at, old[*at]));
    }
    for at in come {
        places.entry(place(new[*at])).or_default().1.push(Sketch::of(*at, new[*at]));
    }
    let mut pairs = Vec::new();
    for (gone, come) in places.values() {
        let mut scored = scored(gone, come);
        // In doubt, what stands in the same order belongs together.
        scored.sort_by_key(|(score, a, b)| (Reverse(*score), a.abs_diff(*b), *a, *b));
        let (mut used, mut found): (HashSet<usize>, HashSet<usize>) = Default::default();
        for (_, a, b) in scored {
            if !used.contains(&a) && !found.contains(&b) {
                used.insert(a);
                found.insert(b);
                pairs.push((gone[a].at, come[b].at));
            }
        }
    }
    pairs
}

/// The candidates with how alike they are, in parts of a thousand.
fn scored(gone: &[Sketch], come: &[Sketch]) -> Vec<(u64, usize, usize)> {
    let score = |(a, b): (usize, usize)| {
        let share = gone[a].alike(&come[b]);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
        (share >= ALIKE).then_some(((share * 1000.0) as u64, a, b))
    };
    if gone.len().saturating_mul(come.len()) <= MAX_PAIRS {
        let all = (0..gone.len()).flat_map(|a| (0..come.len()).map(move |b| (a, b)));
        return all.filter_map(score).collect();
    }
    let mut having: HashMap<u64, Vec<usize>> = HashMap::new();
    for (a, sketch) in gone.iter().enumerate() {
        for word in &sketch.words {
            having.entry(*word).or_default().push(a);
        }
    }
    let rare = |word: &u64| having.get(word).filter(|slots| slots.len() <= RARE);
    let mut candidates: Vec<(usize, usize)> = Vec::new();
    for (b, sketch) in come.iter().enumerate() {
        let mut near: Vec<usize> = sketch.words.iter().filter_map(rare).flatten().copied().collect();
        // Where nothing is rare, the neighbours in the file are as good as any.
        near.extend((b.saturating_sub(2)..b + 3).filter(|a| *a < gone.len()));
        near.sort_unstable();
        near.dedup();
        candidates.extend(near.into_iter().map(|a| (a, b)));
    }
    candidates.into_iter().filter_map(score).collect()
}

/// Method and URL without its parameters.
fn address(recorded: &Parsed) -> String {
    let request = &recorded.interaction.request;
    format!("{} {}", request.method, without_query(&request.url))
}

/// Method and the last word of the path, which says what is asked for: `completions`, `converse`, `generateContent`.
fn endpoint(recorded: &Parsed) -> String {
    let address = address(recorded);
    let method = &recorded.interaction.request.method;
    format!("{method} {}", address.rsplit(['/', ':']).next().unwrap_or_default())
}

/// The words of a request, as hashes in order: all of them, or the lowest.
struct Sketch {
    at: usize,
    words: Vec<u64>,
}

impl Sketch {
    fn of(at: usize, recorded: &Parsed) -> Sketch {
        let mut count: HashMap<&[u8], u32> = HashMap::new();
        let form = recorded.normal().form.as_slice();
        let mut words: Vec<u64> = form
            .split(|byte| byte.is_ascii_whitespace() || byte.is_ascii_punctuation())
            .filter(|word| !word.is_empty())
            .map(|word| {
                // The second `the` is another word than the first.
                let count = count.entry(word).or_default();
                *count += 1;
                let mut hasher = DefaultHasher::new();
                (word, *count).hash(&mut hasher);
                hasher.finish()
            })
            .collect();
        words.sort_unstable();
        words.dedup();
        words.truncate(SKETCH);
        Sketch { at, words }
    }

    /// Which share of the words of both both have; estimated from the lowest hashes where there are many.
    fn alike(&self, other: &Sketch) -> f64 {
        let (mut a, mut b) = (self.words.iter().peekable(), other.words.iter().peekable());
        let (mut seen, mut shared) = (0u32, 0u32);
        let cut = self.words.len() == SKETCH || other.words.len() == SKETCH;
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            if cut && seen as usize == SKETCH {
                break;
            }
            seen += 1;
            match x.cmp(y) {
                std::cmp::Ordering::Less => drop(a.next()),
                std::cmp::Ordering::Greater => drop(b.next()),
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    a.next();
                    b.next();
                }
            }
        }
        if !cut {
            seen += u32::try_from(a.count() + b.count()).unwrap_or(u32::MAX);
        }
        f64::from(shared) / f64::from(seen.max(1))
    }
}
