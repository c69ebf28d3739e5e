//! The page of the documentation that has the tables.

use std::fs;
use std::path::Path;

use crate::Outcome;

/// Puts a text between the marks of its part: `<!-- takes -->` and `<!-- end of takes -->`.
pub fn put(name: &str, text: &str) -> Outcome<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/speed.md");
    let page = fs::read_to_string(&path)?;
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let parts = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("docs/speed.md has no place for {name}"))?;
    Ok(fs::write(&path, format!("{before}{begin}{text}{end}{after}"))?)
}
