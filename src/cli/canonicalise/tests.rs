//! Canonical files stay as they are, and what hands did to a file is undone without a word of it lost.

use proptest::prelude::*;

use super::*;
use crate::store::tape::Tape;

const COMMITTED: [&str; 2] = [
    include_str!("../../../cassettes/agent/looks_up_the_weather.yaml"),
    include_str!("../../../cassettes/agent/streams_a_count.yaml"),
];

fn canonical(text: &str) -> Canonical {
    canonicalise(Path::new("a.yaml"), text.as_bytes(), &Environment::new(&[])).unwrap()
}

fn text(text: &str) -> String {
    String::from_utf8(canonical(text).bytes).unwrap()
}

fn interactions(text: &str) -> Vec<Interaction> {
    let (tape, _) = Tape::new(Path::new("a.yaml"), text.as_bytes().to_vec(), Rules::default()).unwrap();
    tape.all().map(|parsed| parsed.unwrap().1.interaction.clone()).collect()
}

/// Without takes, which a file with copies gets anew.
fn said(text: &str) -> Vec<Interaction> {
    interactions(text).into_iter().map(|interaction| Interaction { take: 1, ..interaction }).collect()
}

#[test]
fn committed_cassettes_are_tidy() {
    for committed in COMMITTED {
        assert_eq!(text(committed), committed);
        assert_eq!(canonical(committed).notes, []);
    }
}

#[test]
fn line_ends_of_windows_stay() {
    for committed in COMMITTED {
        let windows = committed.replace('\n', "\r\n");
        assert_eq!(text(&windows), windows);
        assert_eq!(text(&windows.replacen("usage_count: 1", "usage_count:   1", 1)), windows);
    }
}

#[test]
fn fields_in_another_order_and_quotes_are_put_right_and_the_seal_fits_again() {
    let committed = COMMITTED[1];
    let edited = committed.replacen("usage_count: 1\n", "", 1).replacen(
        "request:\n  method: POST\n",
        "\"usage_count\":   1\nrequest:\n  method: 'POST'\n",
        1,
    );
    assert_ne!(edited, committed);
    assert_eq!(text(&edited), committed);
}

#[test]
fn a_document_that_is_right_but_for_its_comments_keeps_its_text() {
    let committed = COMMITTED[1];
    let noted = committed.replacen("request:\n", "# what the test asks\nrequest: # by hand\n", 1).replacen(
        "  method: POST",
        "  method: POST # as always",
        1,
    );
    let once = text(&noted);
    assert!(
        once.contains("# what the test asks\nrequest: # by hand\n  method: POST # as always\n"),
        "{once}"
    );
    assert_eq!(text(&once), once);
    assert_eq!(canonical(&noted).notes, []);
}

#[test]
fn comments_in_a_document_that_is_written_again_stay_where_their_line_is() {
    let noted = COMMITTED[1].replacen("usage_count: 1", "usage_count:   1", 1).replacen(
        "request:\n  method: POST\n",
        "request:\n  # by hand\n  method: 'POST' # as always\n",
        1,
    );
    let once = text(&noted);
    assert!(once.contains("request:\n  # by hand\n  method: POST # as always\n"), "{once}");
    assert!(once.contains("usage_count: 1\n"));
    assert_eq!(text(&once), once);
}

#[test]
fn a_comment_without_a_place_is_told_with_its_line() {
    let edited = COMMITTED[1].replacen("usage_count: 1\n", "provenance: {}\nusage_count: 1\n", 1);
    assert!(canonicalise(Path::new("a.yaml"), edited.as_bytes(), &Environment::new(&[])).is_err());
    let noted = COMMITTED[1].replacen("usage_count: 1\n", "\"usage_count\":\n  # odd\n  1 # and odder\n", 1);
    let line = noted.lines().position(|line| line.ends_with("and odder")).unwrap() + 1;
    let Canonical { bytes, notes, .. } = canonical(&noted);
    assert_eq!(notes, [Note::Lost(line)]);
    assert!(String::from_utf8(bytes).unwrap().contains("# odd\n"));
}

#[test]
fn what_somebody_wrote_behind_the_dashes_stands_above_them() {
    let first = COMMITTED[1].lines().find(|line| line.starts_with("---")).unwrap();
    let once = text(&COMMITTED[1].replacen(first, "--- # the one that counts", 1));
    assert!(once.contains(&format!("# the one that counts\n{first}\n")), "{once}");
    assert_eq!(text(&once), once);
}

#[test]
fn takes_that_two_branches_gave_twice_are_numbered_as_they_play() {
    let committed = COMMITTED[1];
    let (_, document) = committed.split_once('\n').unwrap();
    let second = document.replacen("recorded_at:", "take: 2\nrecorded_at:", 1);
    let merged = format!("{committed}{second}{document}{second}");
    let takes: Vec<u64> = interactions(&text(&merged)).iter().map(|interaction| interaction.take).collect();
    assert_eq!(takes, [1, 2, 3, 4]);
    assert_eq!(said(&text(&merged)), said(&merged));
}

#[test]
fn an_edit_of_an_early_turn_reaches_the_keys_of_all_that_extend_it() {
    let edited = COMMITTED[0].replace("role: user", "role: developer");
    assert_ne!(edited, COMMITTED[0]);
    let once = text(&edited);
    assert_eq!(interactions(&once), interactions(&edited));
    assert_eq!(text(&once), once);
    let (tape, _) = Tape::new(Path::new("a.yaml"), once.into_bytes(), Rules::default()).unwrap();
    for slot in 0..tape.len() {
        assert_eq!(tape.recorded_key(slot), tape.get(slot).unwrap().normal().key);
    }
}

#[test]
fn a_secret_is_taken_out_as_a_recording_would_and_one_in_a_comment_is_refused() {
    let key = format!("sk-proj-{}", "a1B2c3D4".repeat(5));
    let planted = COMMITTED[0].replacen("role: user}", &format!("role: user, name: {key}}}"), 1);
    assert_ne!(planted, COMMITTED[0]);
    let canonical = canonical(&planted);
    assert!(!String::from_utf8_lossy(&canonical.bytes).contains(&key));
    assert!(
        matches!(canonical.notes.first(), Some(Note::Redacted(2, "the request body"))),
        "{:?}",
        canonical.notes
    );
    let commented = COMMITTED[0].replacen('\n', &format!("\n# {key}\n"), 1);
    let problems =
        canonicalise(Path::new("a.yaml"), commented.as_bytes(), &Environment::new(&[])).unwrap_err();
    assert_eq!((problems.len(), problems[0].line, problems[0].what), (1, Some(2), What::Secret));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Comments go where chance puts them, lines get blanks at their ends, documents change places.
    #[test]
    fn formatting_twice_is_formatting_once_and_says_the_same(
        which in 0..2usize,
        comments in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..4),
        blanks in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        copies in 0..3usize,
    ) {
        let committed = COMMITTED[which];
        let (first, documents) = committed.split_once('\n').unwrap();
        let mut lines: Vec<String> = documents.repeat(copies + 1).lines().map(str::to_owned).collect();
        for (index, (at, alone)) in comments.into_iter().enumerate() {
            let at = at.index(lines.len());
            match alone {
                true => lines.insert(at, format!("# note {index}")),
                false => lines[at].push_str(&format!(" # note {index}")),
            }
        }
        for at in blanks {
            let at = at.index(lines.len());
            lines[at].push_str("  ");
        }
        let edited = format!("{first}\n{}\n", lines.join("\n"));
        let Ok(once) = canonicalise(Path::new("a.yaml"), edited.as_bytes(), &Environment::new(&[])) else {
            // It is no cassette any more.
            return Ok(());
        };
        let once = String::from_utf8(once.bytes).unwrap();
        prop_assert_eq!(said(&once), said(&edited));
        prop_assert_eq!(text(&once), once);
    }
}

#[test]
fn what_was_recorded_from_each_provider_is_tidy() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/snapshots");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let snapshot = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let cassette = &snapshot[snapshot.find("# llm-cassette 1").unwrap()..];
        // The blobs of those that have some are not among the snapshots, nor are the times and the checksums.
        if cassette.contains("$blob: ") {
            continue;
        }
        let cassette = cassette.replace("recorded_at: (then)", "recorded_at: \"2026-11-21T05:13:13Z\"");
        let canonical = text(cassette.trim_end());
        let without_checksum: Vec<&str> = canonical
            .lines()
            .map(|line| {
                line.split_once(" lines, ").map_or(line, |(time, _)| time.rsplit_once(" # ").unwrap().0)
            })
            .collect();
        assert_eq!(without_checksum.join("\n"), cassette.trim_end(), "{cassette}");
        count += 1;
    }
    assert!(count > 20, "{count}");
}
