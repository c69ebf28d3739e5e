//! How much a recording run may spend, and what it has spent.

use std::collections::BTreeMap;
use std::fmt;

/// Caps what all cassettes of a process spend together.
pub(crate) const VARIABLE: &str = "LLM_CASSETTE_BUDGET";

use crate::model::error::{Error, ErrorKind};
use crate::model::text::plural;
use crate::providers::price::Dollars;

/// A cap on what a recording run may spend. Past it, calls that would go out are refused with an error that says what was
/// spent; what is recorded already is played and kept.
///
/// Calls are counted when they are sent, tokens and dollars when the answer has ended. So calls that are under way when
/// the cap is reached still come to their end.
///
/// ```
/// use llm_cassette::{Budget, Cassette, Mode};
///
/// let cassette = Cassette::builder("agents/weather")
///     .budget(Budget::new().calls(100).tokens(50_000).usd("0.50")?)
///     .open()?;
/// # Ok::<(), llm_cassette::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a budget does nothing before it is given to a builder"]
pub struct Budget {
    calls: Option<u64>,
    tokens: Option<u64>,
    usd: Option<Dollars>,
}

impl Budget {
    /// A budget without any cap.
    ///
    /// ```
    /// use llm_cassette::Budget;
    ///
    /// assert_eq!(Budget::new(), Budget::default());
    /// ```
    pub fn new() -> Budget {
        Budget::default()
    }

    /// At most so many calls are sent, those included that are not recorded.
    ///
    /// ```
    /// let budget = llm_cassette::Budget::new().calls(100);
    /// ```
    pub fn calls(mut self, calls: u64) -> Budget {
        self.calls = Some(calls);
        self
    }

    /// No call is sent once so many tokens, read and written together, have been reported, or once an answer that was
    /// paid for reported none.
    ///
    /// ```
    /// let budget = llm_cassette::Budget::new().tokens(50_000);
    /// ```
    pub fn tokens(mut self, tokens: u64) -> Budget {
        self.tokens = Some(tokens);
        self
    }

    /// No call is sent once so many US dollars have been spent, or once something of unknown price was bought. A decimal
    /// number, as text: `0.10` is not exact otherwise.
    ///
    /// ```
    /// use llm_cassette::{Budget, ErrorKind};
    ///
    /// let budget = Budget::new().usd("0.50")?;
    /// assert_eq!(Budget::new().usd("half a dollar").unwrap_err().kind(), ErrorKind::BadSetting);
    /// # Ok::<(), llm_cassette::Error>(())
    /// ```
    ///
    /// # Errors
    /// When it is not a decimal number.
    pub fn usd(mut self, dollars: &str) -> Result<Budget, Error> {
        let amount = Dollars::parse(dollars.trim().trim_start_matches('$'));
        self.usd = Some(amount.ok_or_else(|| {
            Error::new(ErrorKind::BadSetting, format!("{dollars:?} is not an amount in US dollars"))
                .with_hint("write a decimal number, as in `0.50`")
        })?);
        Ok(self)
    }

    /// Reads caps such as `calls=100,tokens=50000,usd=0.50`.
    pub(crate) fn parse(text: &str) -> Result<Budget, Error> {
        let mut budget = Budget::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = || {
                Error::new(ErrorKind::BadSetting, format!("{part:?} is not a cap"))
                    .with_hint("write caps such as `calls=100,tokens=50000,usd=0.50`")
            };
            let (name, value) = part.split_once('=').ok_or_else(wrong)?;
            let count = || value.trim().replace('_', "").parse::<u64>().map_err(|_| wrong());
            budget = match name.trim() {
                "calls" => budget.calls(count()?),
                "tokens" => budget.tokens(count()?),
                "usd" => budget.usd(value)?,
                _ => return Err(wrong()),
            };
        }
        Ok(budget)
    }

    /// Whether a further call may be sent, or what cap it would break.
    pub(crate) fn allows(&self, spent: &Spent) -> Result<(), String> {
        if let Some(calls) = self.calls.filter(|calls| spent.calls >= *calls) {
            return Err(format!("the cap is {}", plural(calls, "call")));
        }
        if let Some(tokens) = self.tokens {
            let cap = plural(tokens, "token");
            if let Some(model) = spent.uncounted.first() {
                return Err(format!(
                    "{model} did not say how many tokens it took, so a cap of {cap} cannot be enforced"
                ));
            }
            if spent.tokens >= tokens {
                return Err(format!("the cap is {cap}"));
            }
        }
        let Some(usd) = self.usd else { return Ok(()) };
        if let Some(model) = spent.unpriced.first() {
            return Err(format!("the price of {model} is unknown, so a cap of {usd} cannot be enforced"));
        }
        if spent.dollars >= usd { Err(format!("the cap is {usd}")) } else { Ok(()) }
    }
}

/// What a run has spent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Calls that were sent.
    pub(crate) calls: u64,
    pub(crate) tokens: u64,
    pub(crate) dollars: Dollars,
    /// The models of whose answers some have no known price.
    pub(crate) unpriced: Models,
    /// The models of whose answers some count no tokens.
    pub(crate) uncounted: Models,
}

/// How many answers of each model something is said of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Models(BTreeMap<String, u64>);

impl Models {
    pub(crate) const fn none() -> Models {
        Models(BTreeMap::new())
    }

    pub(crate) fn add(&mut self, model: &str) {
        match self.0.get_mut(model) {
            Some(count) => *count += 1,
            None => drop(self.0.insert(model.to_owned(), 1)),
        }
    }

    /// Of one answer of a model it is no longer to be said.
    pub(crate) fn take_back(&mut self, model: &str) {
        if let Some(count) = self.0.get_mut(model) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(model);
            }
        }
    }

    pub(crate) fn first(&self) -> Option<&str> {
        self.0.keys().next().map(String::as_str)
    }
}

/// As in `12 calls, 4,810 tokens, $0.021`.
impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.unpriced.first().is_some() { " and calls of unknown price" } else { "" };
        write!(f, "{}, {}, {}{more}", plural(self.calls, "call"), plural(self.tokens, "token"), self.dollars)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spent(calls: u64, tokens: u64, dollars: &str) -> Spent {
        Spent { calls, tokens, dollars: Dollars::parse(dollars).unwrap(), ..Spent::default() }
    }

    #[test]
    fn a_cap_holds_as_soon_as_it_is_reached() {
        let budget = Budget::parse("calls=3, tokens=1_000, usd=0.10").unwrap();
        assert_eq!(budget.allows(&spent(2, 999, "0.0999")), Ok(()));
        assert_eq!(budget.allows(&spent(3, 0, "0")).unwrap_err(), "the cap is 3 calls");
        assert_eq!(budget.allows(&spent(0, 1000, "0")).unwrap_err(), "the cap is 1,000 tokens");
        assert_eq!(budget.allows(&spent(0, 0, "0.1")).unwrap_err(), "the cap is $0.10");
        assert_eq!(Budget::new().allows(&spent(u64::MAX, u64::MAX, "9")), Ok(()));
    }

    #[test]
    fn what_has_no_known_price_breaks_a_cap_in_dollars_and_no_other() {
        let mut unknown = spent(1, 10, "0");
        unknown.unpriced.add("gpt-x");
        let error = Budget::parse("usd=5").unwrap().allows(&unknown).unwrap_err();
        assert_eq!(error, "the price of gpt-x is unknown, so a cap of $5.00 cannot be enforced");
        assert_eq!(Budget::parse("calls=2,tokens=11").unwrap().allows(&unknown), Ok(()));
        unknown.unpriced.take_back("gpt-x");
        assert_eq!(Budget::parse("usd=5").unwrap().allows(&unknown), Ok(()), "its price became known");
    }

    #[test]
    fn an_answer_that_counts_no_tokens_breaks_a_cap_in_tokens_and_none_in_calls() {
        let mut silent = spent(1, 10, "0");
        silent.uncounted.add("gpt-x");
        let error = Budget::parse("tokens=5000").unwrap().allows(&silent).unwrap_err();
        assert_eq!(
            error,
            "gpt-x did not say how many tokens it took, so a cap of 5,000 tokens cannot be enforced"
        );
        assert_eq!(Budget::parse("calls=2").unwrap().allows(&silent), Ok(()));
    }

    #[test]
    fn what_is_no_cap_is_refused() {
        for text in ["5", "calls=many", "usd=-1", "euro=3", "calls=-1", "tokens"] {
            assert_eq!(Budget::parse(text).unwrap_err().kind(), ErrorKind::BadSetting, "{text}");
        }
        assert_eq!(Budget::parse("").unwrap(), Budget::new());
    }

    #[test]
    fn what_was_spent_is_said_in_words() {
        assert_eq!(spent(12, 4810, "0.0214").to_string(), "12 calls, 4,810 tokens, $0.021");
    }
}
