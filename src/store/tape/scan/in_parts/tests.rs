use super::*;
use crate::format::checksum::with_checksum;
use crate::format::first_line;
use crate::store::tape::scan::scan;
use proptest::prelude::*;

/// Holds a scan in parts of this size to the scan of all the bytes.
fn agrees(bytes: &[u8], part: usize) -> Result<Option<Scanned>, TestCaseError> {
    let found = scan_in_parts(&mut &bytes[..], part, &mut Vec::new()).unwrap();
    let Some(found) = found else { return Ok(None) };
    let whole = scan(bytes);
    prop_assert_eq!(Ok(&found.scan), whole.as_ref(), "in parts of {}", part);
    let first = found.scan.documents.first().map(|document| document.whole.start);
    let end = first.or(found.scan.torn).unwrap_or(bytes.len());
    prop_assert_eq!(&found.preamble[..end.min(found.preamble.len())], &bytes[..end]);
    prop_assert_eq!(found.length, bytes.len());
    let sums: Vec<u32> =
        found.scan.documents.iter().map(|document| sum(&bytes[document.whole.clone()])).collect();
    prop_assert_eq!(&found.sums, &sums);
    Ok(Some(found))
}

/// A document, mostly with a checksum, and perhaps with comments behind it.
fn document() -> impl Strategy<Value = String> {
    let body = "[-. a-z#:]{0,12}(\n    [-. a-z#:]{0,12}){0,6}";
    (any::<u64>(), body, 0..8u8, prop::sample::select(vec!["", "", "# mine\n", "\n\n", "  # - \n#---\n"])).prop_map(
        |(key, body, bare, behind)| {
            let text = format!(
                "--- # POST a\nkey: {key:0>64}\nrecorded_at: \"2026-11-21T05:13:13Z\"\nresponse:\n  text: |\n    {body}\n...\n"
            );
            format!("{}{behind}", if bare == 0 { text } else { with_checksum(&text) })
        },
    )
}

fn cassette() -> impl Strategy<Value = String> {
    (prop::collection::vec(document(), 0..6), prop::sample::select(vec!["", "# about\n", "\n# a\n\n"]))
        .prop_map(|(documents, preamble)| first_line() + preamble + &documents.concat())
}

/// What may happen to a file.
#[derive(Debug, Clone)]
enum Harm {
    None,
    WindowsLines,
    ByteOrderMark,
    Cut(prop::sample::Index),
    /// A line of it is taken out, as a merge does.
    WithoutLine(prop::sample::Index),
    /// A line is put in.
    Line(prop::sample::Index, &'static str),
}

impl Harm {
    fn of(self, text: String) -> Vec<u8> {
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        match self {
            Harm::None => text.into_bytes(),
            Harm::WindowsLines => text.replace('\n', "\r\n").into_bytes(),
            Harm::ByteOrderMark => format!("\u{feff}{text}").into_bytes(),
            Harm::Cut(at) => text.as_bytes()[..at.index(text.len() + 1)].to_vec(),
            Harm::WithoutLine(at) => {
                if !lines.is_empty() {
                    lines.remove(at.index(lines.len()));
                }
                lines.concat().into_bytes()
            }
            Harm::Line(at, line) => {
                lines.insert(at.index(lines.len() + 1), line);
                lines.concat().into_bytes()
            }
        }
    }
}

fn harm() -> impl Strategy<Value = Harm> {
    let line = prop::sample::select(vec![
        "<<<<<<< HEAD\n",
        "---\n",
        "--- # POST b\n",
        "----\n",
        "...\n",
        "text: 1\n",
        "recorded_at: \"2026-11-21T05:13:13Z\"\n",
        "key: 1\n",
        "\n---",
        "\n--",
    ]);
    prop_oneof![
        Just(Harm::None),
        Just(Harm::WindowsLines),
        Just(Harm::ByteOrderMark),
        any::<prop::sample::Index>().prop_map(Harm::Cut),
        any::<prop::sample::Index>().prop_map(Harm::WithoutLine),
        (any::<prop::sample::Index>(), line).prop_map(|(at, line)| Harm::Line(at, line)),
    ]
}

proptest! {
    #[test]
    fn a_file_says_in_parts_of_any_size_what_it_says_as_a_whole(
        text in cassette(),
        harms in prop::collection::vec(harm(), 0..3),
        part in 1..300usize,
    ) {
        let bytes = harms.into_iter().fold(text.into_bytes(), |bytes, harm| {
            String::from_utf8(bytes.clone()).map_or(bytes, |text| harm.of(text))
        });
        agrees(&bytes, part)?;
    }

    #[test]
    fn an_ordinary_file_is_never_loaded_whole(text in cassette(), part in 1..300usize, harm in 0..4u8, at in any::<prop::sample::Index>()) {
        let harm = match harm {
            0 => Harm::WindowsLines,
            1 => Harm::ByteOrderMark,
            2 => Harm::Cut(at),
            _ => Harm::None,
        };
        let bytes = harm.of(text);
        prop_assert_eq!(agrees(&bytes, part)?.is_some(), true);
    }

    #[test]
    fn so_does_what_is_hardly_a_cassette(
        bytes in prop::collection::vec(prop::sample::select(b"-.# \n\rk:0a".to_vec()), 0..80),
        part in 1..20usize,
    ) {
        let mut file = first_line().into_bytes();
        file.extend(bytes);
        agrees(&file, part)?;
    }
}

#[test]
fn no_more_is_held_than_a_part_and_the_document_that_goes_on_in_the_next() {
    let key = "0".repeat(64);
    let document = format!("--- # POST a\nkey: {key}\nresponse:\n  text: {}\n...\n", "a".repeat(2_000));
    let file = first_line() + &document.repeat(1_000);
    let mut held = Vec::new();
    let found = scan_in_parts(&mut file.as_bytes(), 4_096, &mut held).unwrap().unwrap();
    assert_eq!(found.scan.documents.len(), 1_000);
    // A vector grows to twice what it has to hold.
    assert!(held.capacity() <= 2 * (4_096 + document.len()), "{}", held.capacity());
}
