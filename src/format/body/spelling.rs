//! The words of `layout`: how JSON was laid out, and how its numbers were written.

use crate::format::yaml::NumberStyle;
use crate::model::json::Layout;

/// The words for both; no word stands for what is usual.
pub(super) fn words(layout: &Layout, numbers: &NumberStyle) -> String {
    format!("{} {}", layout.name(), numbers.name()).trim().to_owned()
}

/// What [`words`] wrote.
pub(super) fn read(words: &str) -> Result<(Layout, NumberStyle), String> {
    // Both readers of words leave alone those that belong to the other.
    let (numbers, layout): (Vec<&str>, Vec<&str>) =
        words.split_ascii_whitespace().partition(|word| NumberStyle::from_name(word).is_some());
    let unknown = || format!("unknown layout {words:?}");
    let layout = Layout::from_name(&layout.join(" ")).ok_or_else(unknown)?;
    let numbers = NumberStyle::from_name(&numbers.join(" ")).ok_or_else(unknown)?;
    Ok((layout, numbers))
}
