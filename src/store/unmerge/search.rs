//! Finding out which lines belong to which document, with the checksums for a compass.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::{Kind, Line};
use crate::format::checksum::{Chain, Checksum, HEAD_LINES};

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
    /// How many documents before the unresolvable ones may turn out to belong to them.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Track {
    #[default]
    Between,
    /// In a document whose checksum is still to come.
    Head { count: usize, chain: Chain },
    /// In the document with this checksum.
    Body { count: usize, chain: Chain, checksum: usize },
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
/// Each line goes to at least one document, in order, and each document fits its checksum; so a wrong answer is as likely
/// as two documents with one sum. `budget` is how many steps it may take; what it took is gone from it.
pub(super) fn search(
    lines: &[Line<'_>],
    checksums: &[Checksum<'_>],
    must: usize,
    effort: Effort,
    budget: &mut usize,
) -> Option<Apart> {
    let start =
        State { tracks: [Track::Between; MAX_TRACKS], took: 0, run: COMMON_RUN, alone: 0, score: 0, step: 0 };
    let mut steps = vec![Step { before: 0, took: 0 }];
    let mut states = vec![start];
    let mut next: Vec<State> = Vec::new();
    let mut seen: HashSet<[u64; MAX_TRACKS]> = HashSet::new();
    for (index, line) in lines.iter().enumerate() {
        next.clear();
        *budget = budget.checked_sub(states.len() << effort.tracks)?;
        for state in &states {
            let afters = state.tracks.map(|track| track.after(line, checksums));
            // Documents that are the same in all they say are one, and nobody needs it twice.
            let alone = matches!(line.kind, Kind::Checksum(_));
            let sides = (1..1u8 << effort.tracks).filter(|took| !alone || took.is_power_of_two());
            next.extend(sides.filter_map(|took| state.after(&afters, took, effort.tracks)));
        }
        // To move numbers about is cheaper than states.
        let mut order: Vec<(Reverse<i32>, usize)> =
            next.iter().enumerate().map(|(index, state)| (Reverse(state.score), index)).collect();
        order.sort_unstable();
        seen.clear();
        states.clear();
        for (_, index) in order {
            if states.len() == effort.width {
                break;
            }
            if seen.insert(next[index].fingerprint()) {
                steps.push(Step { before: next[index].step, took: next[index].took });
                states.push(State { step: steps.len() - 1, ..next[index].clone() });
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
    /// The state after some tracks took a line, if they can: `afters` is what each of them becomes by it.
    fn after(&self, afters: &[Option<(Track, i32)>; MAX_TRACKS], took: u8, tracks: usize) -> Option<State> {
        let mut gain = 0;
        let mut idle_before = false;
        for (index, track) in self.tracks.iter().enumerate() {
            let idle = *track == Track::Between;
            if took & (1 << index) == 0 {
                idle_before |= idle;
                continue;
            }
            // Idle tracks are all the same, so the first of them will do.
            if idle_before && idle {
                return None;
            }
            gain += afters[index]?.1;
        }
        let mut state = self.clone();
        for (index, track) in state.tracks.iter_mut().enumerate() {
            if let (true, Some((after, _))) = (took & (1 << index) != 0, afters[index]) {
                *track = after;
            }
        }
        state.score += gain;
        state.turn(took, tracks);
        Some(state)
    }

    /// What tells this state from others; which track is which does not matter.
    fn fingerprint(&self) -> [u64; MAX_TRACKS] {
        let mut prints = self.tracks.map(Track::fingerprint);
        prints.sort_unstable();
        prints
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
    fn fingerprint(self) -> u64 {
        match self {
            Track::Between => 0,
            Track::Head { chain, .. } => chain.and(0).bits(),
            Track::Body { chain, checksum, .. } => chain.and(checksum as u64 + 1).bits(),
        }
    }

    fn after(self, line: &Line<'_>, checksums: &[Checksum<'_>]) -> Option<(Track, i32)> {
        let (count, chain, checksum) = match (self, line.kind) {
            (Track::Between, Kind::Open) => {
                return Some((Track::Head { count: 1, chain: Chain::default().and(line.hash) }, 0));
            }
            (Track::Between, Kind::Comment) => return Some((Track::Between, 0)),
            (Track::Head { count, chain }, Kind::Other | Kind::Comment) if count < HEAD_LINES => {
                return Some((Track::Head { count: count + 1, chain: chain.and(line.hash) }, 0));
            }
            (Track::Head { count, chain }, Kind::Checksum(checksum)) => (count, chain, checksum),
            (Track::Body { count, chain, checksum }, Kind::Other | Kind::Comment | Kind::Close) => {
                (count, chain, checksum)
            }
            _ => return None,
        };
        let (count, chain) = (count + 1, chain.and(line.hash));
        let closed = line.kind == Kind::Close;
        if closed != (count == checksums[checksum].lines) {
            return None;
        }
        match checksums[checksum].allows(count, chain) {
            Some(false) => None,
            Some(true) if closed => Some((Track::Between, FITS)),
            fits => Some((Track::Body { count, chain, checksum }, if fits.is_some() { FITS } else { 0 })),
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

/// Puts the lines of each track together to documents, in the order in which their checksums stand: so those of one branch
/// keep their order, and where both added something, it comes in the order that git gave it.
fn apart(lines: &[Line<'_>], sides: &[u8], tracks: usize) -> Apart {
    let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut rest = Vec::new();
    let mut commented: HashSet<usize> = HashSet::new();
    for track in 0..tracks {
        let mut document = Vec::new();
        let mut open = false;
        let mut checksum = 0;
        for (index, line) in lines.iter().enumerate().take(sides.len()) {
            if sides[index] & (1 << track) == 0 {
                continue;
            }
            open |= line.kind == Kind::Open;
            // A comment between documents that is on both sides is one.
            if open || commented.insert(index) {
                document.push(index);
            }
            if let Kind::Checksum(number) = line.kind {
                checksum = number;
            }
            if line.kind == Kind::Close {
                open = false;
                found.push((checksum, std::mem::take(&mut document)));
            }
        }
        rest.extend(document);
    }
    found.sort_by_key(|(checksum, _)| *checksum);
    rest.sort_unstable();
    Apart { documents: found.into_iter().map(|(_, lines)| lines).collect(), rest, end: sides.len() }
}
