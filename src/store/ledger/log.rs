//! The two files of a ledger. The log has a line for each event; the summary has what earlier logs came to, and the number
//! of the last log that is in it. A log has its number in its first line, so that a crash between the two steps of folding
//! counts nothing twice.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::months::Months;
use super::{Ended, Event, LOG, Missed, SUMMARY, Summary, Used, Users};
use crate::matching::request_key::Key;
use crate::model::unrecorded::Cause;
use crate::store::regular_files;

/// The size of a log in bytes from which on it is folded.
const FOLD_FROM: u64 = 1 << 20;

/// And how many times as long as the summary it is then: to fold reads and writes all of that.
const FOLD_RATIO: u64 = 4;

/// Characters of a reason why a call was not recorded.
const MAX_REASON: usize = 300;

/// How many of these a summary keeps, the latest.
const MAX_UNRECORDED: usize = 500;

/// After how many bytes to look at the size.
const LOOK_EVERY: usize = 8 << 10;

/// An open log.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
    folder: PathBuf,
    /// How many bytes this process has added since it looked at the size.
    added: usize,
}

impl Log {
    pub(super) fn open(folder: &Path) -> io::Result<Log> {
        regular_files::make_side_folder(folder)?;
        let options = &mut OpenOptions::new();
        let file = regular_files::open_own(options.read(true).append(true).create(true), &folder.join(LOG))?;
        let mut log = Log { file, folder: folder.to_owned(), added: 0 };
        log.file.lock()?;
        let done = log.number_it();
        log.file.unlock()?;
        done.map(|()| log)
    }

    /// Adds a line, or several, in one write: appends of several processes do not mix. The lock keeps those away that fold.
    pub(super) fn add(&mut self, line: &str) -> io::Result<()> {
        self.file.lock_shared()?;
        let written = self.file.write_all(line.as_bytes());
        self.file.unlock()?;
        written?;
        self.added += line.len();
        // To ask for the size takes as long as to write a line.
        if self.added < LOOK_EVERY {
            return Ok(());
        }
        self.added = 0;
        if self.is_long()? { self.fold() } else { Ok(()) }
    }

    fn is_long(&self) -> io::Result<bool> {
        let length = self.file.metadata()?.len();
        if length < FOLD_FROM {
            return Ok(false);
        }
        let summary = fs::symlink_metadata(self.folder.join(SUMMARY)).map_or(0, |summary| summary.len());
        Ok(length / FOLD_RATIO >= summary)
    }

    /// The first line of a new log.
    fn number_it(&mut self) -> io::Result<()> {
        if self.file.metadata()?.len() > 0 {
            return Ok(());
        }
        let (number, _) = read_summary(&self.folder)?;
        self.file.write_all(header(number + 1).as_bytes())
    }

    /// Puts what the log says into the summary and starts the next log.
    fn fold(&mut self) -> io::Result<()> {
        self.file.lock()?;
        let done = self.fold_locked();
        self.file.unlock()?;
        done
    }

    fn fold_locked(&mut self) -> io::Result<()> {
        // Another process may have been first.
        if !self.is_long()? {
            return Ok(());
        }
        let (folded, mut summary) = read_summary(&self.folder)?;
        let number = add_log(&mut self.file, folded, &mut summary)?;
        let draft = self.folder.join(format!("{SUMMARY}.{}.draft", std::process::id()));
        let written = regular_files::create_draft(&draft)
            .and_then(|mut file| file.write_all(text(number, &summary).as_bytes()))
            .and_then(|()| fs::rename(&draft, self.folder.join(SUMMARY)));
        if let Err(error) = written {
            let _ = fs::remove_file(&draft);
            return Err(error);
        }
        self.file.set_len(0)?;
        self.file.write_all(header(number + 1).as_bytes())
    }

    pub(super) fn read(folder: &Path) -> io::Result<Summary> {
        let mut file = match regular_files::open(&folder.join(LOG)) {
            Ok(file) => file,
            // Without a log there is nothing to lock, and nobody who could be folding it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(read_summary(folder)?.1),
            Err(error) => return Err(error),
        };
        file.lock_shared()?;
        let (folded, mut summary) = read_summary(folder)?;
        add_log(&mut file, folded, &mut summary)?;
        Ok(summary)
    }
}

/// Adds the events of a log, unless they have been folded before. The number of the log.
fn add_log(file: &mut File, folded: u64, summary: &mut Summary) -> io::Result<u64> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    // A line without its break was cut short, and half a number is a wrong one.
    let mut lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    let number =
        lines.next().and_then(|first| first.strip_prefix("# log ")?.parse().ok()).unwrap_or(folded + 1);
    if number > folded {
        for Line { cassette, event, at, user } in lines.filter_map(parse) {
            summary.add(&cassette, &event, at, user.as_deref());
        }
    }
    Ok(number)
}

fn header(number: u64) -> String {
    format!("# log {number}\n")
}

/// What a line says.
struct Line {
    cassette: String,
    event: Event,
    at: i64,
    user: Option<String>,
}

/// The line of an event. Who used something stands behind all else.
pub(super) fn line(cassette: &str, event: &Event, at: i64, user: Option<&str>) -> String {
    let (cassette, user) = (escaped(cassette), escaped(user.unwrap_or_default()));
    match event {
        Event::Hit { key, take, times: 1 } => format!("hit\t{at}\t{cassette}\t{key}\t{take}\t{user}\n"),
        Event::Hit { key, take, times } => {
            format!("hit\t{at}\t{cassette}\t{key}\t{take}\t{user}\t{times}\n")
        }
        Event::Recorded { key, take, first_byte, total } => {
            format!("recorded\t{at}\t{cassette}\t{key}\t{take}\t{first_byte}\t{total}\t{user}\n")
        }
        Event::Unrecorded { key, cause, reason } => {
            let reason: String = reason.chars().take(MAX_REASON).collect();
            format!("unrecorded\t{at}\t{cassette}\t{key}\t{}\t{}\n", cause.word(), escaped(&reason))
        }
        Event::Miss { provider } => {
            format!("miss\t{at}\t{cassette}\t{}\n", escaped(provider.as_deref().unwrap_or_default()))
        }
    }
}

fn parse(line: &str) -> Option<Line> {
    let fields: Vec<&str> = line.split('\t').collect();
    let (cassette, at) = (unescaped(fields.get(2)?), fields.get(1)?.parse().ok()?);
    let key = |text: &str| Key::parse(text.as_bytes());
    // Lines had no user at first.
    let event = match fields.as_slice() {
        ["hit", _, _, hash, take] | ["hit", _, _, hash, take, _] => {
            Event::Hit { key: key(hash)?, take: take.parse().ok()?, times: 1 }
        }
        ["hit", _, _, hash, take, _, times] => {
            Event::Hit { key: key(hash)?, take: take.parse().ok()?, times: times.parse().ok()? }
        }
        ["recorded", _, _, hash, take, first_byte, total]
        | ["recorded", _, _, hash, take, first_byte, total, _] => Event::Recorded {
            key: key(hash)?,
            take: take.parse().ok()?,
            first_byte: first_byte.parse().ok()?,
            total: total.parse().ok()?,
        },
        ["unrecorded", _, _, hash, cause, reason] => {
            Event::Unrecorded { key: key(hash)?, cause: Cause::of_word(cause)?, reason: unescaped(reason) }
        }
        ["miss", _, _, provider] => {
            Event::Miss { provider: Some(unescaped(provider)).filter(|name| !name.is_empty()) }
        }
        _ => return None,
    };
    let user = match event {
        Event::Hit { .. } => fields.get(5),
        Event::Recorded { .. } => fields.get(7),
        Event::Unrecorded { .. } | Event::Miss { .. } => None,
    };
    let user = user.map(|user| unescaped(user)).filter(|user| !user.is_empty());
    Some(Line { cassette, event, at, user })
}

/// The number of the last log that is in the summary, and the summary.
fn read_summary(folder: &Path) -> io::Result<(u64, Summary)> {
    let bytes = match regular_files::read(&folder.join(SUMMARY)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((0, Summary::default())),
        Err(error) => return Err(error),
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    let number = lines.next().and_then(|first| first.strip_prefix("# log ")?.parse().ok()).unwrap_or(0);
    let mut summary = Summary::default();
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |text: &str| text.parse::<u64>().ok();
        let time = |text: &str| text.parse::<i64>().ok();
        match fields.as_slice() {
            ["used", cassette, key, take, hits, recorded, created, last, first_byte, total] => {
                let (Some(key), Some(take), Some(hits)) =
                    (Key::parse(key.as_bytes()), number(take), number(hits))
                else {
                    continue;
                };
                let used = Used {
                    hits,
                    recorded: number(recorded).unwrap_or(0),
                    first_created_at: time(created),
                    last_used_at: time(last),
                    times: number(first_byte).zip(number(total)),
                    months: Months::default(),
                };
                summary.used.insert((unescaped(cassette), key, take), used);
            }
            // Behind the line of its uses, which summaries had alone at first.
            ["months", cassette, key, take, months] => {
                let (Some(key), Some(take), Ok(months)) =
                    (Key::parse(key.as_bytes()), number(take), months.parse())
                else {
                    continue;
                };
                if let Some(used) = summary.used.get_mut(&(unescaped(cassette), key, take)) {
                    used.months = months;
                }
            }
            ["missed", cassette, provider, count, last] => {
                let (Some(count), Some(last_at)) = (number(count), time(last)) else { continue };
                let provider = Some(unescaped(provider)).filter(|name| !name.is_empty());
                summary.missed.insert((unescaped(cassette), provider), Missed { count, last_at });
            }
            ["unrecorded", cassette, key, cause, reason, at] => {
                let (Some(key), Some(at)) = (Key::parse(key.as_bytes()), time(at)) else { continue };
                let ended = Ended { cause: Cause::of_word(cause), reason: unescaped(reason), at };
                summary.unrecorded.insert((unescaped(cassette), key), ended);
            }
            ["users", cassette, key, word] => {
                let users = Users::of_word(&unescaped(word));
                let Some((key, users)) = Key::parse(key.as_bytes()).zip(users) else { continue };
                summary.users.insert((unescaped(cassette), key), users);
            }
            ["since", at] => time(at).into_iter().for_each(|at| summary.began(at)),
            _ => {}
        }
    }
    // Summaries had no users at first, and somebody it was.
    for (cassette, key, _) in summary.used.keys() {
        let users = summary.users.entry((cassette.clone(), *key)).or_default();
        if users.is_nobody() {
            users.add(None);
        }
    }
    Ok((number, summary))
}

pub(super) fn text(number: u64, summary: &Summary) -> String {
    fn or_dash(value: Option<impl ToString>) -> String {
        value.map_or_else(|| "-".to_owned(), |value| value.to_string())
    }
    let mut out = header(number);
    if let Some(since) = summary.since {
        out.push_str(&format!("since\t{since}\n"));
    }
    for ((cassette, key, take), used) in &summary.used {
        out.push_str(&format!(
            "used\t{}\t{key}\t{take}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            escaped(cassette),
            used.hits,
            used.recorded,
            or_dash(used.first_created_at),
            or_dash(used.last_used_at),
            or_dash(used.times.map(|(first_byte, _)| first_byte)),
            or_dash(used.times.map(|(_, total)| total)),
        ));
        if used.hits > 0 {
            out.push_str(&format!("months\t{}\t{key}\t{take}\t{}\n", escaped(cassette), used.months));
        }
    }
    let mut unrecorded: Vec<_> = summary.unrecorded.iter().collect();
    unrecorded.sort_by_key(|(_, ended)| std::cmp::Reverse(ended.at));
    for ((cassette, key), ended) in unrecorded.into_iter().take(MAX_UNRECORDED) {
        let cause = ended.cause.map(Cause::word);
        out.push_str(&format!(
            "unrecorded\t{}\t{key}\t{}\t{}\t{}\n",
            escaped(cassette),
            or_dash(cause),
            escaped(&ended.reason),
            ended.at
        ));
    }
    for ((cassette, key), users) in &summary.users {
        let word = users.to_word();
        out.push_str(&format!("users\t{}\t{key}\t{}\n", escaped(cassette), escaped(&word)));
    }
    for ((cassette, provider), missed) in &summary.missed {
        let provider = escaped(provider.as_deref().unwrap_or_default());
        out.push_str(&format!(
            "missed\t{}\t{provider}\t{}\t{}\n",
            escaped(cassette),
            missed.count,
            missed.last_at
        ));
    }
    out
}

/// A name without what separates fields and lines.
fn escaped(name: &str) -> Cow<'_, str> {
    // Most names have none of these.
    if !name.contains(['%', '\t', '\n', '\r']) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.replace('%', "%25").replace('\t', "%09").replace('\n', "%0A").replace('\r', "%0D"))
}

fn unescaped(name: &str) -> String {
    if !name.contains('%') {
        return name.to_owned();
    }
    name.replace("%0D", "\r").replace("%0A", "\n").replace("%09", "\t").replace("%25", "%")
}
