//! What is noted is what is read, whoever writes and whenever it is folded.

use std::fs;
use std::sync::Arc;
use std::thread;

use super::*;

fn key(number: u8) -> Key {
    Key([number; 32])
}

fn hit(number: u8) -> Event {
    Event::Hit { key: key(number), take: 1, times: 1 }
}

#[test]
fn uses_and_misses_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(folder.path(), "odd\tname%09.yaml", None);
    ledger.note(&Event::Recorded { key: key(1), take: 1, first_byte: 20, total: 90 }, 100);
    ledger.note(&hit(1), 200);
    ledger.note(&hit(1), 150);
    ledger.note(&Event::Miss { provider: Some("openai".to_owned()) }, 300);
    ledger.note(&Event::Miss { provider: None }, 301);
    let summary = read(folder.path()).unwrap();
    let used = summary.used[&("odd\tname%09.yaml".to_owned(), key(1), 1)];
    let wanted = Used {
        hits: 2,
        recorded: 1,
        first_created_at: Some(100),
        last_used_at: Some(200),
        times: Some((20, 90)),
        months: "1970-01:2".parse().unwrap(),
    };
    assert_eq!(used, wanted);
    let missed: Vec<_> =
        summary.missed.iter().map(|((_, who), missed)| (who.as_deref(), missed.count)).collect();
    assert_eq!(missed, [(None, 1), (Some("openai"), 1)]);
    assert_eq!(summary.since, Some(100));
}

#[test]
fn a_recording_is_a_use() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(folder.path(), "a.yaml", None);
    ledger.note(&Event::Recorded { key: key(1), take: 1, first_byte: 20, total: 90 }, 100);
    let summary = read(folder.path()).unwrap();
    assert_eq!(summary.used[&("a.yaml".to_owned(), key(1), 1)].last_used_at, Some(100));
}

#[test]
fn nothing_is_lost_or_counted_twice_when_threads_write_and_the_log_is_folded() {
    let folder = tempfile::tempdir().unwrap();
    let path: Arc<Path> = Arc::from(folder.path());
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let path = Arc::clone(&path);
            // Long names, so that the log grows past the size from which on it is folded, several times.
            let name = format!("{}-{writer}.yaml", "x".repeat(900));
            thread::spawn(move || {
                let ledger = Ledger::new(&path, &name, None);
                (0..1500).for_each(|time| ledger.note(&hit(7), time));
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let hits: Vec<u64> = read(folder.path()).unwrap().used.values().map(|used| used.hits).collect();
    assert_eq!(hits, [1500; 4]);
    assert_eq!(read(folder.path()).unwrap().since, Some(0), "when the ledger began outlives its log");
    assert!(folder.path().join(SUMMARY).exists(), "the log has not been folded");
}

#[test]
fn a_crash_between_the_steps_of_folding_counts_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(folder.path(), "a.yaml", None);
    ledger.note(&hit(1), 1);
    let log = fs::read_to_string(folder.path().join(LOG)).unwrap();
    // The summary has been written, the log not yet been emptied.
    let summary = format!("# log 1\nused\ta.yaml\t{}\t1\t1\t0\t-\t1\t-\t-\n", key(1));
    fs::write(folder.path().join(SUMMARY), summary).unwrap();
    assert!(log.starts_with("# log 1\n"));
    assert_eq!(read(folder.path()).unwrap().used.values().map(|used| used.hits).sum::<u64>(), 1);
}

#[test]
fn a_line_that_a_crash_cut_short_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(folder.path(), "a.yaml", None);
    ledger.note(&hit(1), 1);
    ledger.note(&hit(2), 1);
    let log = folder.path().join(LOG);
    let text = fs::read_to_string(&log).unwrap();
    fs::write(&log, text.trim_end()).unwrap();
    assert_eq!(read(folder.path()).unwrap().used.len(), 1);
}

#[test]
fn a_ledger_that_cannot_be_written_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    fs::write(&file, "what it says").unwrap();
    let ledger = Ledger::new(&file, "a.yaml", None);
    ledger.note(&hit(1), 1);
    ledger.note(&hit(1), 2);
    assert_eq!(fs::read_to_string(&file).unwrap(), "what it says");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_without_a_ledger_has_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read(folder.path()).unwrap(), Summary::default());
}

#[test]
fn who_used_what_is_known_after_folding_too() {
    let folder = tempfile::tempdir().unwrap();
    let noting = |user: Option<&str>, number| {
        Ledger::new(folder.path(), "a.yaml", user).note(&hit(number), 100);
    };
    noting(Some("pkg rivers::names\todd%"), 1);
    noting(Some("one"), 2);
    noting(Some("two"), 2);
    noting(Some("one"), 3);
    noting(None, 3);
    let known = || {
        let summary = read(folder.path()).unwrap();
        [1, 2, 3, 4].map(|number| summary.users("a.yaml", key(number)))
    };
    let [own, shared, stranger, nobody] = known();
    assert!(!own.has_others_than(Some("pkg rivers::names\todd%")) && own.has_others_than(Some("one")));
    assert!(shared.has_others_than(Some("one")) && shared.has_others_than(Some("two")));
    assert!(stranger.has_strangers() && !stranger.has_others_than(Some("one")));
    assert!(nobody.is_nobody());
    let before = known();
    // As a log has them that is folded.
    let (number, summary) = (1, read(folder.path()).unwrap());
    fs::write(folder.path().join(SUMMARY), super::log::text(number, &summary)).unwrap();
    fs::remove_file(folder.path().join(LOG)).unwrap();
    assert_eq!(known(), before);
}

#[test]
fn what_an_older_version_noted_was_used_by_a_stranger() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (key(1), key(2));
    fs::write(folder.path().join(LOG), format!("# log 2\nhit\t100\ta.yaml\t{one}\t1\n")).unwrap();
    fs::write(folder.path().join(SUMMARY), format!("# log 1\nused\ta.yaml\t{two}\t1\t3\t1\t9\t9\t-\t-\n"))
        .unwrap();
    let summary = read(folder.path()).unwrap();
    assert!(summary.users("a.yaml", one).has_strangers());
    assert!(summary.users("a.yaml", two).has_strangers());
    assert_eq!(summary.of("a.yaml", one, 1).hits, 1);
}

#[test]
fn a_server_notes_the_uses_of_a_second_together_and_has_noted_all_when_its_run_ends() {
    let folder = tempfile::tempdir().unwrap();
    let hits = || read(folder.path()).unwrap().used.values().map(|used| used.hits).sum::<u64>();
    let lines = || fs::read_to_string(folder.path().join(LOG)).unwrap().lines().count();
    let ledger = Ledger::new(folder.path(), "a.yaml", Some("one")).gathering();
    (0..500).for_each(|_| ledger.note(&hit(1), 100));
    ledger.note_of_stranger(&hit(1), 100);
    assert_eq!(hits(), 0);
    ledger.note(&hit(2), 101);
    assert_eq!((hits(), lines()), (502, 1 + 3), "a line for each recording and user");
    let summary = read(folder.path()).unwrap();
    assert_eq!(summary.of("a.yaml", key(1), 1).last_used_at, Some(101));
    let users = summary.users("a.yaml", key(1));
    assert!(users.has_strangers() && !users.has_others_than(Some("one")));
    ledger.note(&hit(1), 101);
    ledger.note(&Event::Miss { provider: None }, 101);
    assert_eq!(hits(), 503, "what is not a use takes the uses before it along");
    ledger.note(&hit(1), 101);
    drop(ledger);
    assert_eq!(hits(), 504);
}

#[test]
fn that_something_was_used_is_written_at_once_and_how_often_a_second_later_or_when_the_handle_goes() {
    let folder = tempfile::tempdir().unwrap();
    let hits = || read(folder.path()).unwrap().used.values().map(|used| used.hits).sum::<u64>();
    let ledger = Ledger::new(folder.path(), "a.yaml", Some("one"));
    ledger.note(&hit(1), 100);
    assert_eq!(hits(), 1, "whoever is killed now has used it");
    (0..500).for_each(|_| ledger.note(&hit(1), 100));
    assert_eq!(hits(), 1);
    ledger.note_of_stranger(&hit(1), 100);
    assert!(read(folder.path()).unwrap().users("a.yaml", key(1)).has_strangers(), "who it was counts too");
    ledger.note(&hit(1), 101);
    ledger.note(&hit(1), 102);
    assert_eq!(hits(), 504);
    ledger.note(&hit(1), 102);
    ledger.flush();
    assert_eq!(hits(), 505);
    ledger.note(&hit(1), 102);
    drop(ledger);
    assert_eq!(hits(), 506);
}

#[test]
fn a_log_is_folded_when_it_is_some_times_as_long_as_the_summary() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(folder.path(), "a.yaml", None);
    let name = "x".repeat(1 << 20);
    fs::write(folder.path().join(SUMMARY), format!("# log 0\nmissed\t{name}\t\t1\t1\n")).unwrap();
    let miss = Event::Miss { provider: Some("y".repeat(64 << 10)) };
    let folded = || !fs::read_to_string(folder.path().join(SUMMARY)).unwrap().starts_with("# log 0");
    (0..40).for_each(|_| ledger.note(&miss, 1));
    assert!(!folded(), "after 2.5 MiB, beside a summary of 1");
    (0..40).for_each(|_| ledger.note(&miss, 1));
    assert!(folded(), "after 5 MiB");
}
