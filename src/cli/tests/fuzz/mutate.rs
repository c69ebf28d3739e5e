//! Changes as people, tools, merges and attackers make them: to bytes, lines, numbers, names, documents and blobs.

use super::seeds::Seed;

/// Random numbers that are the same for the same seed, on every machine and for ever.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d);
        chance.next();
        chance
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, and without, `end`; 0 if there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or_default()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// A changed cassette.
pub(super) struct Mutant {
    pub(super) bytes: Vec<u8>,
    /// What became of its blobs: other bytes, or none, for the how many-th.
    pub(super) blob: Option<(usize, Option<Vec<u8>>)>,
}

/// What stands in cassettes and means something, and what might trip a reader.
const TOKENS: [&str; 64] = [
    "null",
    "~",
    "true",
    "{}",
    "[]",
    "\"\"",
    "''",
    "|",
    "|2-",
    ">",
    "- ",
    ": ",
    "? ",
    "#",
    " # ",
    "&a",
    "*a",
    "!t",
    "<<",
    "%",
    "0",
    "-1",
    "00",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775807",
    "1e999999999",
    "1.0e-400",
    ".5",
    "0x1F",
    "0o17",
    "1_000",
    ".inf",
    "2026-11-21",
    "---",
    "...",
    "--- # x",
    "{$same: all}",
    "{$same: 3}",
    "{$blob: x}",
    "{$whole: 1}",
    "{$piece: 1}",
    "{$piece: 1, take: 3}",
    "{$shared: 1}",
    "{$column: 1}",
    "{$count: 5}",
    "{$name: 1}",
    "{$id: 1}",
    "{$arguments: 1}",
    "$$same",
    "pretty",
    "pretty-63",
    "pretty-mixed-stst",
    "python ascii",
    "crlf",
    "\u{1b}[2J",
    "\u{feff}",
    "\u{2028}",
    "é",
    "\t",
    "\r",
    "\u{0}",
    "take: 2",
    "extends:",
];

/// One to a few changes; the same for the same chance.
pub(super) fn mutate(seeds: &[Seed], original: usize, chance: &mut Chance) -> Mutant {
    let mut bytes = seeds[original].text.clone().into_bytes();
    let mut blob = None;
    for _ in 0..1 + chance.below(3) {
        if bytes.is_empty() {
            break;
        }
        if !seeds[original].blobs.is_empty() && chance.one_in(8) {
            blob = Some(of_a_blob(seeds, original, chance));
        } else {
            bytes = change(seeds, original, bytes, chance);
        }
        // A few changes that copy could make one grow without end.
        bytes.truncate(1 << 20);
    }
    Mutant { bytes, blob }
}

fn of_a_blob(seeds: &[Seed], original: usize, chance: &mut Chance) -> (usize, Option<Vec<u8>>) {
    let blobs = &seeds[original].blobs;
    let which = chance.below(blobs.len());
    let mut bytes = blobs[which].1.to_vec();
    let place = chance.below(bytes.len());
    let after = match chance.below(4) {
        0 => None,
        1 => Some(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n".to_vec()),
        2 => Some(bytes[..place].to_vec()),
        _ => {
            bytes[place] ^= 1;
            Some(bytes)
        }
    };
    (which, after)
}

fn change(seeds: &[Seed], original: usize, bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    match chance.below(12) {
        0 | 1 => of_bytes(bytes, chance),
        2 => of_tokens(bytes, chance),
        3 | 4 => of_lines(bytes, chance),
        5 => of_numbers(bytes, chance),
        6 => of_scalars(bytes, chance),
        7 => of_documents(seeds, original, bytes, chance),
        8 => of_indentation(bytes, chance),
        9 => of_the_whole(bytes, chance),
        10 => of_sizes(bytes, chance),
        _ => of_one_letter(bytes, chance),
    }
}

fn of_bytes(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let at = chance.below(bytes.len());
    match chance.below(4) {
        0 => bytes[at] = u8::try_from(chance.below(256)).unwrap_or_default(),
        1 => bytes.insert(at, u8::try_from(chance.below(256)).unwrap_or_default()),
        2 => {
            let end = (at + 1 + chance.below(40)).min(bytes.len());
            bytes.drain(at..end);
        }
        _ => bytes.truncate(at),
    }
    if bytes.is_empty() { b"\n".to_vec() } else { bytes }
}

/// A letter or digit becomes another one, as a slip of the pen would have it.
fn of_one_letter(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    for _ in 0..50 {
        let at = chance.below(bytes.len());
        if bytes[at].is_ascii_alphanumeric() {
            bytes[at] = b"abcdexyz0123456789"[chance.below(18)];
            break;
        }
    }
    bytes
}

fn of_tokens(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let at = chance.below(bytes.len());
    let token = chance.pick(&TOKENS).as_bytes().to_vec();
    let end = if chance.one_in(2) { at } else { (at + token.len()).min(bytes.len()) };
    bytes.splice(at..end, token);
    bytes
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

fn of_lines(bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let mut lines = lines(&bytes);
    let (at, other) = (chance.below(lines.len()), chance.below(lines.len()));
    match chance.below(6) {
        0 => {
            lines.remove(at);
        }
        1 => {
            let line = lines[at].clone();
            lines.insert(other, line);
        }
        2 => lines.swap(at, other),
        3 => {
            let end = (at + 1 + chance.below(12)).min(lines.len());
            lines.drain(at..end);
        }
        4 => {
            let end = (at + 1 + chance.below(12)).min(lines.len());
            let some = lines[at..end].to_vec();
            lines.splice(other..other, some);
        }
        _ => lines.insert(at, format!("{}\n", chance.pick(&TOKENS)).into_bytes()),
    }
    lines.concat()
}

/// Places in a text that fit, one of them.
fn one_of(bytes: &[u8], fits: impl Fn(u8) -> bool, chance: &mut Chance) -> Option<std::ops::Range<usize>> {
    let from = chance.below(bytes.len());
    let start = (from..bytes.len()).find(|at| fits(bytes[*at]))?;
    let end = (start..bytes.len()).find(|at| !fits(bytes[*at])).unwrap_or(bytes.len());
    Some(start..end)
}

fn of_numbers(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    const NUMBERS: [&str; 12] = [
        "0",
        "1",
        "2",
        "-1",
        "99",
        "65536",
        "4294967296",
        "18446744073709551615",
        "18446744073709551616",
        "1e9",
        "1.5",
        "007",
    ];
    if let Some(place) = one_of(&bytes, |byte| byte.is_ascii_digit(), chance) {
        bytes.splice(place, chance.pick(&NUMBERS).bytes());
    }
    bytes
}

/// What stands behind a colon or a dash.
fn of_scalars(bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let mut lines = lines(&bytes);
    let at = chance.below(lines.len());
    let line = lines[at].clone();
    let colon = line.windows(2).position(|pair| pair == b": " || pair == b"- ");
    if let Some(colon) = colon {
        let mut text = line[..colon + 2].to_vec();
        text.extend_from_slice(chance.pick(&TOKENS).as_bytes());
        text.push(b'\n');
        lines[at] = text;
    }
    lines.concat()
}

fn of_documents(seeds: &[Seed], original: usize, bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut parts: Vec<String> = text.split("\n---").map(str::to_owned).collect();
    let (at, other) = (chance.below(parts.len()), chance.below(parts.len()));
    match chance.below(5) {
        0 => {
            parts.remove(at);
        }
        1 => parts.swap(at, other),
        2 => {
            let part = parts[at].clone();
            parts.insert(other, part);
        }
        // As a merge without a driver leaves them.
        3 => {
            let marks = format!("\n<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n", parts[at], parts[other]);
            parts[at] = marks;
        }
        _ => {
            let stranger = &seeds[(original + 1 + chance.below(seeds.len())) % seeds.len()].text;
            let theirs: Vec<&str> = stranger.split("\n---").collect();
            parts.insert(at + 1, theirs[chance.below(theirs.len())].to_owned());
        }
    }
    parts.join("\n---").into_bytes()
}

fn of_indentation(bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let mut lines = lines(&bytes);
    let at = chance.below(lines.len());
    let end = (at + 1 + chance.below(6)).min(lines.len());
    let deeper = chance.one_in(2);
    for line in &mut lines[at..end] {
        if deeper {
            line.splice(0..0, *b"  ");
        } else if line.starts_with(b"  ") {
            line.drain(..2);
        }
    }
    lines.concat()
}

fn of_the_whole(bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let changed = match chance.below(6) {
        0 => text.replace('\n', "\r\n"),
        1 => format!("\u{feff}{text}"),
        2 => text.replace("\n...\n", "\n"),
        3 => text.replace(" # ", " ## "),
        4 => text.trim_end().to_owned(),
        _ => text.replacen(
            "# llm-cassette 1",
            chance.pick(&["# llm-cassette 2", "# llm-cassette", "", "# llm-cassette 1 "]),
            1,
        ),
    };
    changed.into_bytes()
}

/// What is small becomes large: a line, a value, a list, a depth.
fn of_sizes(bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let mut lines = lines(&bytes);
    let at = chance.below(lines.len());
    let times = 1 << chance.below(12);
    match chance.below(5) {
        0 => {
            let line = lines[at].repeat(times);
            lines[at] = line;
        }
        1 => {
            let end = (at + 1 + chance.below(8)).min(lines.len());
            let some = lines[at..end].concat().repeat(times);
            lines.insert(at, some);
        }
        2 => {
            if let Some(colon) = lines[at].windows(2).position(|pair| pair == b": ") {
                let mut text = lines[at][..colon + 2].to_vec();
                text.extend("word ".repeat(times * 8).bytes());
                text.push(b'\n');
                lines[at] = text;
            }
        }
        3 => {
            let deep = 1 + chance.below(140);
            let text = format!("{}1{}", "[".repeat(deep), "]".repeat(deep));
            if let Some(colon) = lines[at].windows(2).position(|pair| pair == b": ") {
                lines[at] = [&lines[at][..colon + 2], text.as_bytes(), b"\n"].concat();
            }
        }
        _ => {
            let list = vec![chance.pick(&TOKENS); times].join(", ");
            if let Some(colon) = lines[at].windows(2).position(|pair| pair == b": ") {
                lines[at] = [&lines[at][..colon + 2], b"[", list.as_bytes(), b"]\n"].concat();
            }
        }
    }
    lines.concat()
}
