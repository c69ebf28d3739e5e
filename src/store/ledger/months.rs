//! In which months something was used: of the last twelve, so that it has a size.

use std::fmt;
use std::str::FromStr;

/// How many months are kept, the latest in which there was a use and those before it.
const KEPT: usize = 12;

/// Uses by month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Months {
    /// The number of the latest, counted from the year 0.
    latest: u32,
    /// Uses of the latest, of the one before it, and so on.
    counts: [u32; KEPT],
}

impl Months {
    /// It was used so many times, at a second since 1970.
    pub(crate) fn add(&mut self, at: i64, times: u64) {
        if let Some(month) = month_of(at) {
            self.add_to(month, times);
        }
    }

    fn add_to(&mut self, month: u32, times: u64) {
        if let Some(later) = month.checked_sub(self.latest).and_then(|later| usize::try_from(later).ok()) {
            let later = later.min(KEPT);
            self.counts.copy_within(..KEPT - later, later);
            self.counts[..later].fill(0);
            self.latest = month;
        }
        let ago = usize::try_from(self.latest - month).ok();
        // What is longer ago is no longer told apart.
        if let Some(count) = ago.and_then(|ago| self.counts.get_mut(ago)) {
            *count = count.saturating_add(u32::try_from(times).unwrap_or(u32::MAX));
        }
    }

    /// The months in which there was a use, as `2026-11`, the latest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (String, u64)> {
        let latest = self.latest;
        let counts = self.counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
        counts.map(move |(ago, count)| {
            let month = latest.saturating_sub(u32::try_from(ago).unwrap_or(0));
            (format!("{:04}-{:02}", month / 12, month % 12 + 1), u64::from(count))
        })
    }
}

fn month_of(at: i64) -> Option<u32> {
    let time = jiff::Timestamp::from_second(at).ok()?;
    let date = jiff::tz::Offset::UTC.to_datetime(time).date();
    let (year, month) = (u32::try_from(date.year()).ok()?, u32::try_from(date.month()).ok()?);
    Some(year * 12 + month - 1)
}

/// As in `2026-11:5 2026-09:1`.
impl fmt::Display for Months {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (month, count)) in self.iter().enumerate() {
            let blank = if index == 0 { "" } else { " " };
            write!(f, "{blank}{month}:{count}")?;
        }
        Ok(())
    }
}

impl FromStr for Months {
    type Err = ();

    fn from_str(text: &str) -> Result<Months, ()> {
        let mut months = Months::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let (month, count) = word.split_once(':').ok_or(())?;
            let (year, month) = month.split_once('-').ok_or(())?;
            let (year, month): (u32, u32) = (year.parse().map_err(drop)?, month.parse().map_err(drop)?);
            if year > 9999 || !(1..=12).contains(&month) {
                return Err(());
            }
            months.add_to(year * 12 + month - 1, count.parse().map_err(drop)?);
        }
        Ok(months)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_are_told_apart_by_month_for_a_year() {
        let mut months = Months::default();
        for (at, times) in [
            ("2025-11-30T23:59:59Z", 9),
            ("2026-11-20T12:00:00Z", 2),
            ("2026-10-01T00:00:00Z", 1),
            ("2026-11-30T23:59:59Z", 3),
            ("2025-12-01T00:00:00Z", 4),
            ("2020-01-01T00:00:00Z", 8),
        ] {
            months.add(at.parse::<jiff::Timestamp>().unwrap().as_second(), times);
        }
        assert_eq!(months.to_string(), "2026-11:5 2026-10:1 2025-12:4");
        assert_eq!("2026-11:5 2026-10:1 2025-12:4".parse(), Ok(months));
    }

    #[test]
    fn what_is_no_list_of_months_is_none_and_no_count_is_too_large() {
        for text in ["2026-13:1", "2026-11", "2026:1", "x-1:1", "2026-11:-1", "99999-01:1"] {
            assert_eq!(text.parse::<Months>(), Err(()), "{text}");
        }
        let mut months: Months = format!("2026-11:{}", u64::MAX).parse().unwrap();
        months.add(i64::MAX, 1);
        assert_eq!(months.to_string(), format!("2026-11:{}", u32::MAX));
        assert_eq!("".parse(), Ok(Months::default()));
    }
}
