//! What keys and tokens look like, for those that nobody told us of.

mod context;
mod grouped;
pub(super) mod maintained;
pub(super) mod private_keys;
pub(super) mod unnamed;
mod urls;

use std::ops::Range;

use super::runs::{Of, Runs, start_of};
use super::stand_ins::{is_masked, is_random, is_word};

/// A way to recognise a secret, tried wherever its prefix stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) prefix: &'static str,
    pub(super) rule: Rule,
}

/// Tells the secret that belongs to the prefix at a place of a text. Of runs that may hold many such prefixes, it asks the last.
type ContextRule = fn(&[u8], usize, &mut Runs) -> Option<Range<usize>>;

/// What has to follow a prefix.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// A key of the prefix and between so many bytes more.
    Key { of: Of, least: usize, most: usize },
    /// The same, for prefixes that end common words too.
    StrictKey { least: usize },
    /// Something around the prefix tells it; the prefix counts in any letter case.
    Context(ContextRule),
}

const fn key(prefix: &'static str, least: usize) -> Shape {
    Shape { prefix, rule: Rule::Key { of: Of::Word, least, most: usize::MAX } }
}

const fn of(prefix: &'static str, of: Of, least: usize, most: usize) -> Shape {
    Shape { prefix, rule: Rule::Key { of, least, most } }
}

const fn strict(prefix: &'static str, least: usize) -> Shape {
    Shape { prefix, rule: Rule::StrictKey { least } }
}

const fn context(prefix: &'static str, rule: ContextRule) -> Shape {
    Shape { prefix, rule: Rule::Context(rule) }
}

pub(super) const SHAPES: &[Shape] = &[
    // Providers of models.
    strict("sk-", 16),
    key("sk-proj-", 16),
    key("sk-svcacct-", 16),
    key("sk-admin-", 16),
    key("sk-ant-", 16),
    key("sk-or-", 16),
    strict("sess-", 24),
    strict("ek_", 24),
    of("AIza", Of::Word, 35, 35),
    of("AQ.", Of::Word, 30, 80),
    of("ya29.", Of::Dotted, 20, usize::MAX),
    of("1//0", Of::Word, 30, usize::MAX),
    key("GOCSPX-", 20),
    key("gsk_", 20),
    strict("xai-", 20),
    strict("hf_", 20),
    strict("pplx-", 24),
    strict("r8_", 24),
    key("nvapi-", 20),
    strict("fw_", 20),
    strict("csk-", 24),
    strict("tgp_v1_", 20),
    of("ABSK", Of::Base64, 40, usize::MAX),
    of("bedrock-api-key-", Of::Base64, 40, usize::MAX),
    of("AKIA", Of::Capitals, 16, 20),
    of("ASIA", Of::Capitals, 16, 20),
    // What tools and prompts carry.
    key("ghp_", 30),
    key("gho_", 30),
    key("ghu_", 30),
    key("ghs_", 30),
    key("ghr_", 30),
    key("github_pat_", 30),
    key("glpat-", 20),
    key("xoxb-", 20),
    key("xoxp-", 20),
    key("xoxa-", 20),
    key("xoxs-", 20),
    key("xoxr-", 20),
    of("xoxe.", Of::Dotted, 20, usize::MAX),
    key("xoxe-", 20),
    key("xapp-", 20),
    strict("sk_live_", 16),
    strict("sk_test_", 16),
    strict("rk_live_", 16),
    strict("whsec_", 20),
    strict("npm_", 30),
    key("pypi-AgE", 30),
    strict("phx_", 30),
    strict("lsv2_", 20),
    of("SG.", Of::Dotted, 40, usize::MAX),
    Shape { prefix: "eyJ", rule: Rule::Context(context::jwt) },
    // Search, reading and voice.
    strict("tvly-", 20),
    strict("jina_", 40),
    strict("fc-", 32),
    strict("pa-", 40),
    strict("e2b_", 36),
    strict("sk_car_", 20),
    strict("exa_", 24),
    strict("tskey-", 20),
    of("fm2_", Of::Base64, 60, usize::MAX),
    // Of these the maintained rules want more around a key than it takes to tell it, or do not know all kinds.
    of("sntrys_", Of::Value, 40, usize::MAX),
    strict("nfp_", 30),
    of("oy2", Of::Word, 43, 43),
    strict("re_", 28),
    strict("ATBB", 28),
    strict("CFPAT-", 40),
    key("glrt-", 18),
    key("glptt-", 20),
    strict("aio_", 26),
    key("wandb_v1_", 40),
    of("SK", Of::Word, 32, 32),
    strict("hcaik_", 40),
    strict("y0_", 40),
    of("dp.st.", Of::Dotted, 30, usize::MAX),
    of("cio", Of::Word, 32, 32),
    of("AKID", Of::Word, 32, 32),
    of("AQVN", Of::Word, 35, 38),
    of("rpa_", Of::Word, 40, 52),
    key("bb_live_", 20),
    of("sl.", Of::Dotted, 120, usize::MAX),
    context("eaa", grouped::facebook),
    context("sk.eyj", grouped::mapbox),
    context("pat-na", grouped::hubspot),
    context("pat-eu", grouped::hubspot),
    context("sk-helicone-", grouped::helicone),
    context("-us", urls::mailchimp),
    context("ffffnral", urls::new_relic),
    context("sdk-", urls::launch_darkly),
    context(".atlasv1.", urls::terraform),
    // What is the credential as a whole.
    context(":aa", urls::telegram),
    context("/services/t", urls::slack),
    context("/triggers/t", urls::slack_workflow),
    context("/workflows/t", urls::slack_workflow),
    context("/actions/t", urls::slack_workflow),
    context("/commands/t", urls::slack_workflow),
    context("/webhooks/", urls::discord),
    context("/interactions/", urls::discord),
    context("/bot/v2/hook/", urls::feishu),
    context(".make.com/", urls::make),
    context("/with/key/", urls::ifttt),
    context("/hooks/catch/", urls::zapier),
    context("/mcp/s/", urls::mcp_server),
    context("/webhookb2/", urls::teams),
    context("jqqj99", urls::azure),
    context("q~", urls::entra),
    context("+ast", urls::azure_storage),
    // What stands around a secret.
    context("-----begin ", private_keys::pem),
    context("---- begin ", private_keys::ssh2),
    context("private-lines: ", private_keys::putty),
    context("bearer ", context::bearer),
    context("basic ", context::basic),
    context("://", context::userinfo),
    context("secret_access_key", context::aws_secret),
    context("secretaccesskey", context::aws_secret),
    context("key=", context::parameter),
    context("token=", context::parameter),
    context("sig=", context::parameter),
    context("signature=", context::parameter),
    context("secret=", context::parameter),
    context("password=", context::parameter),
    context("passwd=", context::parameter),
    context("pwd=", context::parameter),
    context("credential=", context::parameter),
];

impl Shape {
    /// Whether the prefix counts in any letter case.
    pub(super) fn any_case(&self) -> bool {
        matches!(self.rule, Rule::Context(_)) && self.prefix != "eyJ"
    }

    /// The secret whose prefix stands at `at`. `runs` are those of this text.
    pub(super) fn check(&self, text: &[u8], at: usize, runs: &mut Runs) -> Option<Range<usize>> {
        let (of, least, most, is_strict) = match self.rule {
            Rule::Context(rule) => return rule(text, at, runs),
            Rule::Key { of, least, most } => (of, least, most, false),
            Rule::StrictKey { least } => (Of::Word, least, usize::MAX, true),
        };
        let in_base64 = matches!(of, Of::Base64) && at > 0 && matches!(text[at - 1], b'+' | b'/');
        let is_joined = !begins_word(text, at);
        if in_base64 || is_joined && !may_join(text, at, self.prefix) {
            return None;
        }
        let from = at + self.prefix.len();
        let mut run_end = runs.end(text, of, from);
        if runs.is_found(of, from) {
            return None;
        }
        // `_AIza…_`: of a key of one length, what goes on behind a joint is no part.
        if least == most && run_end > from + most && matches!(text[from + most], b'_' | b'-') {
            run_end = from + most;
        }
        let tail = &text[from..run_end];
        let goes_on =
            matches!(of, Of::Capitals) && text.get(run_end).is_some_and(|&byte| byte.is_ascii_alphanumeric());
        if !(least..=most).contains(&tail.len()) || goes_on {
            return None;
        }
        // Key ids of AWS need not hold a digit, and no word is written so. Those of its manuals end so.
        let start = start_of(tail);
        if matches!(of, Of::Capitals) && start.ends_with(b"EXAMPLE") {
            return None;
        }
        let random = is_random(start, is_strict || (is_joined && least != most))
            || (matches!(of, Of::Capitals) && !is_masked(start));
        random.then(|| {
            runs.found(of, from);
            // The full stop of a sentence is not part of the key.
            let dots = tail.iter().rev().take_while(|&&byte| byte == b'.').count();
            at..run_end - dots
        })
    }
}

/// Whether a prefix may stand behind another part of a word: `backup-AKIA….txt`, `_AIza…_`, `v2AKIA…`. Short ones end words
/// and ids as well, and want a mark that stands alone before them.
fn may_join(text: &[u8], at: usize, prefix: &str) -> bool {
    let Some(&last) = text[..at].last() else { return true };
    match last {
        b'_' | b'-' if prefix.len() >= 4 => true,
        // No word ends so: `xglpat-…`.
        _ if is_no_word(prefix) => true,
        b'_' | b'-' => {
            let marks =
                text[..at].iter().rev().take(4).take_while(|byte| matches!(byte, b'_' | b'-')).count();
            begins_word(text, at - marks)
        }
        b'0'..=b'9' => prefix.len() >= 4,
        _ => false,
    }
}

/// Whether letters before a prefix leave it what it is: it is long, and has a sign.
fn is_no_word(prefix: &str) -> bool {
    prefix.len() >= 6 && prefix.bytes().any(|byte| matches!(byte, b'_' | b'-'))
}

/// Whether a word may begin at `at`: behind no letter, unless that ends an escape such as `\n` or `%20`.
pub(super) fn begins_word(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    let Some(&last) = before.last() else { return true };
    if !is_word(last) {
        return true;
    }
    let ends_escape = |length: usize| {
        let Some(open) = before.len().checked_sub(length) else { return false };
        before[..=open].iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
    };
    let digits = before.iter().rev().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let at_end = |back: usize, byte: u8| before.len().checked_sub(back).is_some_and(|at| before[at] == byte);
    matches!(last, b'n' | b'r' | b't' | b'b' | b'f') && ends_escape(2)
        || digits == 4 && at_end(5, b'u') && ends_escape(6)
        || digits >= 2 && at_end(3, b'%')
}
