//! Finding out which lines belong to which document, with the seals for a compass.

use std::collections::HashSet;

use super::{Kind, Line};
use crate::seal::{Chain, HEAD_LINES, Seal};

/// How many branches can be told apart in one place.
pub(super) const MAX_TRACKS: usize = 3;

/// What a code that fits speaks for a line of thought: its bits.
const FITS: i32 = 6;

/// What a change of sides speaks against it: there is one in many lines.
const TURN: i32 = 10;

/// What speaks against a change of sides that git does not make: it leaves common lines only after so many of them,
/// and then has each side once.
const ODD_TURN: i32 = 10;
const COMMON_RUN: u8 = 4;

/// How far a search may go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// How many branches there may be.
    pub(super) tracks: usize,
    /// How many lines of thought are followed at once.
    pub(super) width: usize,
    /// How many documents before the tangled ones may turn out to belong to them.
    pub(super) back: usize,
}

/// Documents told apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Apart {
    /// The lines of each, and of the comments before it.
    pub(super) documents: Vec<Vec<usize>>,
    /// Comments that no document follows.
    pub(super) rest: Vec<usize>,
    /// Behind which line all of them have ended.
    pub(super) end: usize,
}

/// One branch, as far as it has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
enum Track {
    #[default]
    Between,
    /// In a document whose seal is still to come.
    Head { count: usize, chain: Chain },
    /// In the document with this seal.
    Body { count: usize, chain: Chain, seal: usize },
}

/// One way to read the lines so far.
#[derive(Debug, Clone)]
struct State {
    tracks: [Track; MAX_TRACKS],
    /// The tracks, as bits, that took the last line.
    took: u8,
    /// How many lines it has been so, up to [`COMMON_RUN`].
    run: u8,
    /// How many sides have had lines of their own since the last common one.
    alone: u8,
    score: i32,
    step: usize,
}

/// That some tracks took a line.
struct Step {
    before: usize,
    took: u8,
}

/// Tells documents apart, from the first line on to the first place at or behind `must` where all of them have ended.
/// Each line goes to at least one document, in order, and each document fits its seal; so a wrong answer is as likely
/// as two documents with one sum. `budget` is how many steps it may take; what it took is gone from it.
pub(super) fn search(
    lines: &[Line<'_>],
    seals: &[Seal<'_>],
    must: usize,
    effort: Effort,
    budget: &mut usize,
) -> Option<Apart> {
    let start =
        State { tracks: [Track::Between; MAX_TRACKS], took: 0, run: COMMON_RUN, alone: 0, score: 0, step: 0 };
    let mut steps = vec![Step { before: 0, took: 0 }];
    let mut states = vec![start];
    let mut next: Vec<State> = Vec::new();
    let mut seen: HashSet<[Track; MAX_TRACKS]> = HashSet::new();
    for (index, line) in lines.iter().enumerate() {
        next.clear();
        *budget = budget.checked_sub(states.len() << effort.tracks)?;
        for state in &states {
            (1..1u8 << effort.tracks)
                .for_each(|took| next.extend(state.after(line, took, seals, effort.tracks)));
        }
        next.sort_by_key(|state| std::cmp::Reverse(state.score));
        seen.clear();
        states.clear();
        for mut state in next.drain(..) {
            if states.len() == effort.width {
                break;
            }
            // Which track is which does not matter.
            let mut tracks = state.tracks;
            tracks.sort_unstable();
            if seen.insert(tracks) {
                steps.push(Step { before: state.step, took: state.took });
                state.step = steps.len() - 1;
                states.push(state);
            }
        }
        if states.is_empty() {
            return None;
        }
        if index + 1 >= must && line.ends_piece {
            let done = |state: &&State| state.tracks.iter().all(|track| *track == Track::Between);
            if let Some(state) = states.iter().find(done) {
                return Some(apart(lines, &sides(&steps, state.step), effort.tracks));
            }
        }
    }
    None
}

impl State {
    /// The state after these tracks took a line, if they can.
    fn after(&self, line: &Line<'_>, took: u8, seals: &[Seal<'_>], tracks: usize) -> Option<State> {
        // Documents that are the same in all they say are one, and nobody needs it twice.
        if matches!(line.kind, Kind::Sealed(_)) && took.count_ones() > 1 {
            return None;
        }
        let mut state = self.clone();
        let mut idle_before = false;
        for (index, track) in state.tracks.iter_mut().enumerate() {
            if took & (1 << index) == 0 {
                idle_before |= *track == Track::Between;
                continue;
            }
            // Idle tracks are all the same, so the first of them will do.
            if idle_before && *track == Track::Between {
                return None;
            }
            let (after, score) = track.after(line, seals)?;
            *track = after;
            state.score += score;
        }
        state.turn(took, tracks);
        Some(state)
    }

    fn turn(&mut self, took: u8, tracks: usize) {
        if took == self.took {
            self.run = COMMON_RUN.min(self.run + 1);
            return;
        }
        let hasty = self.took.count_ones() > 1 && self.run < COMMON_RUN;
        self.alone = if took.count_ones() > 1 { 0 } else { self.alone + 1 };
        let again = usize::from(self.alone) > tracks;
        self.score -= TURN + ODD_TURN * (i32::from(hasty) + i32::from(again));
        (self.took, self.run) = (took, 1);
    }
}

impl Track {
    fn after(self, line: &Line<'_>, seals: &[Seal<'_>]) -> Option<(Track, i32)> {
        let (count, chain, seal) = match (self, line.kind) {
            (Track::Between, Kind::Open) => {
                return Some((Track::Head { count: 1, chain: Chain::default().and(line.hash) }, 0));
            }
            (Track::Between, Kind::Comment) => return Some((Track::Between, 0)),
            (Track::Head { count, chain }, Kind::Other | Kind::Comment) if count < HEAD_LINES => {
                return Some((Track::Head { count: count + 1, chain: chain.and(line.hash) }, 0));
            }
            (Track::Head { count, chain }, Kind::Sealed(seal)) => (count, chain, seal),
            (Track::Body { count, chain, seal }, Kind::Other | Kind::Comment | Kind::Close) => {
                (count, chain, seal)
            }
            _ => return None,
        };
        let (count, chain) = (count + 1, chain.and(line.hash));
        let closed = line.kind == Kind::Close;
        if closed != (count == seals[seal].lines) {
            return None;
        }
        match seals[seal].allows(count, chain) {
            Some(false) => None,
            Some(true) if closed => Some((Track::Between, FITS)),
            fits => Some((Track::Body { count, chain, seal }, if fits.is_some() { FITS } else { 0 })),
        }
    }
}

/// Which tracks took each line.
fn sides(steps: &[Step], last: usize) -> Vec<u8> {
    let mut sides = Vec::new();
    let mut at = last;
    while at != 0 {
        sides.push(steps[at].took);
        at = steps[at].before;
    }
    sides.reverse();
    sides
}

/// Puts the lines of each track together to documents, in the order in which their seals stand: so those of one branch
/// keep their order, and where both added something, it comes in the order that git gave it.
fn apart(lines: &[Line<'_>], sides: &[u8], tracks: usize) -> Apart {
    let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut rest = Vec::new();
    let mut commented: HashSet<usize> = HashSet::new();
    for track in 0..tracks {
        let mut document = Vec::new();
        let mut open = false;
        let mut seal = 0;
        for (index, line) in lines.iter().enumerate().take(sides.len()) {
            if sides[index] & (1 << track) == 0 {
                continue;
            }
            open |= line.kind == Kind::Open;
            // A comment between documents that is on both sides is one.
            if open || commented.insert(index) {
                document.push(index);
            }
            if let Kind::Sealed(number) = line.kind {
                seal = number;
            }
            if line.kind == Kind::Close {
                open = false;
                found.push((seal, std::mem::take(&mut document)));
            }
        }
        rest.extend(document);
    }
    found.sort_by_key(|(seal, _)| *seal);
    rest.sort_unstable();
    Apart { documents: found.into_iter().map(|(_, lines)| lines).collect(), rest, end: sides.len() }
}
