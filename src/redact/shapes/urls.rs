//! URLs and other texts that are the credential: whoever has the address of a webhook may post to it, and a bot's token stands
//! in the path.

use std::ops::Range;

use super::begins_word;
use crate::redact::runs::Runs;
use crate::redact::stand_ins::{is_masked, is_mixed, is_random, is_word};

/// How long the words of `of` are that begin at `at`; at most `most`, so that many of them in each other take no longer.
fn run(text: &[u8], at: usize, most: usize, of: impl Fn(u8) -> bool) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    at..at + rest.iter().take(most).take_while(|&&byte| of(byte)).count()
}

fn digits_before(text: &[u8], at: usize, most: usize) -> usize {
    text[..at].iter().rev().take(most).take_while(|byte| byte.is_ascii_digit()).count()
}

/// `110201543:AAHd…`, the token of a Telegram bot: digits, and 35 characters that begin with `AA`.
pub(super) fn telegram(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let digits = digits_before(text, at, 17);
    let token = run(text, at + 1, 64, is_word);
    let is_token = text[token.clone()].starts_with(b"AA") && is_mixed(&text[token.clone()]);
    ((6..=16).contains(&digits) && (34..=36).contains(&token.len()) && is_token)
        .then(|| at - digits..token.end)
}

/// `/services/T…/B…/…`, the address of a Slack webhook.
pub(super) fn slack(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let part = |at: usize| run(text, at, 64, |byte| byte.is_ascii_alphanumeric());
    let team = part(at + "/services/".len());
    let app = part(team.end + 1);
    let token = part(app.end + 1);
    let slashes = text.get(team.end) == Some(&b'/') && text.get(app.end) == Some(&b'/');
    let id = |range: &Range<usize>, first: u8| range.len() >= 8 && text[range.start] == first;
    let fits = slashes && id(&team, b'T') && id(&app, b'B') && token.len() >= 16;
    (fits && !is_masked(&text[token.clone()])).then_some(team.start..token.end)
}

/// `/triggers/T…/123…/9f8e…` and `/workflows/T…/A…/123…/9f8e…`, the addresses of Slack's workflows, and `/actions/T…/123…/9f8e…`
/// and `/commands/…`, to which whoever was asked answers.
pub(super) fn slack_workflow(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let start = at + 1 + run(text, at + 1, 16, |byte| byte.is_ascii_alphabetic()).len() + 1;
    let all = run(text, start, 160, |byte| byte.is_ascii_alphanumeric() || byte == b'/');
    let mut parts = text[all.clone()].split(|&byte| byte == b'/');
    let (count, team, token) = (parts.clone().count(), parts.next()?, parts.next_back()?);
    let is_team = team.len() >= 8 && !team.iter().any(u8::is_ascii_lowercase);
    let fits = team.starts_with(b"T") && is_team && (3..=4).contains(&count) && token.len() >= 20;
    (fits && !is_masked(token)).then_some(all)
}

/// `/open-apis/bot/v2/hook/…`, the address of a bot of Feishu or Lark.
pub(super) fn feishu(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let token = run(text, at + "/bot/v2/hook/".len(), 64, is_word);
    (token.len() >= 32 && is_mixed(&text[token.clone()])).then_some(token)
}

/// `hook.eu1.make.com/…`, the address of a hook of Make.
pub(super) fn make(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let token = run(text, at + ".make.com/".len(), 64, |byte| byte.is_ascii_alphanumeric());
    (token.len() >= 28 && is_mixed(&text[token.clone()])).then_some(token)
}

/// `/with/key/…`, behind which IFTTT has its key.
pub(super) fn ifttt(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let token = run(text, at + "/with/key/".len(), 64, is_word);
    (token.len() >= 18 && is_mixed(&text[token.clone()])).then_some(token)
}

/// Hexadecimal digits that end before `at`.
fn hex_before(text: &[u8], at: usize, count: usize) -> Option<usize> {
    let start = at.checked_sub(count)?;
    let is_hex = text[start..at].iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_hex && begins_word(text, start) && is_mixed(&text[start..at])).then_some(start)
}

/// `9f8e…-us21`, a key of Mailchimp: 32 digits and the name of a data centre.
pub(super) fn mailchimp(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let start = hex_before(text, at, 32)?;
    let centre = run(text, at + "-us".len(), 3, |byte| byte.is_ascii_digit());
    (1..=2).contains(&centre.len()).then_some(start..centre.end)
}

/// `9f8e…FFFFNRAL`, a licence key of New Relic.
pub(super) fn new_relic(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let start = hex_before(text, at, 32)?;
    text[at..].starts_with(b"FFFFNRAL").then_some(start..at + 8)
}

/// `sdk-` and a UUID, a key of LaunchDarkly.
pub(super) fn launch_darkly(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let id = run(text, at + "sdk-".len(), 37, |byte| byte == b'-' || byte.is_ascii_hexdigit());
    let groups = text[id.clone()].split(|&byte| byte == b'-').map(<[u8]>::len);
    let is_uuid = groups.eq([8, 4, 4, 4, 12]) && !is_masked(&text[id.clone()]);
    (is_uuid && text[at..].starts_with(b"sdk-") && begins_word(text, at)).then_some(at..id.end)
}

/// Fourteen letters, `.atlasv1.` and sixty more: a token of Terraform's cloud.
pub(super) fn terraform(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let start = at.checked_sub(14)?;
    let token = run(text, at + ".atlasv1.".len(), 128, is_word);
    let fits = text[start..at].iter().all(u8::is_ascii_alphanumeric) && token.len() >= 60;
    (fits && begins_word(text, start)).then_some(start..token.end)
}

/// `/api/webhooks/…/…`, the address of a Discord webhook, and `/interactions/…/…`: a number and a token.
pub(super) fn discord(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let name = run(text, at + 1, 16, |byte| byte.is_ascii_alphabetic());
    let id = run(text, name.end + 1, 24, |byte| byte.is_ascii_digit());
    let token = run(text, id.end + 1, 400, is_word);
    let fits = id.len() >= 15 && text.get(id.end) == Some(&b'/') && token.len() >= 40;
    (fits && is_random(&text[token.clone()], false)).then_some(token)
}

/// `/hooks/catch/…/…`, the address of a Zapier webhook.
pub(super) fn zapier(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let id = run(text, at + "/hooks/catch/".len(), 16, |byte| byte.is_ascii_digit());
    let token = run(text, id.end + 1, 64, |byte| byte.is_ascii_alphanumeric());
    let fits = id.len() >= 4 && text.get(id.end) == Some(&b'/') && token.len() >= 5;
    fits.then_some(id.start..token.end)
}

/// `/mcp/s/…/mcp`, the address of an MCP server that Zapier keeps for one account.
pub(super) fn mcp_server(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let token = run(text, at + "/mcp/s/".len(), 200, |byte| is_word(byte) || byte == b'=');
    (token.len() >= 32 && is_random(&text[token.clone()], false)).then_some(token)
}

/// `/webhookb2/…@…/IncomingWebhook/…/…`, the address of a Teams webhook.
pub(super) fn teams(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let start = at + "/webhookb2/".len();
    let all = run(text, start, 400, |byte| is_word(byte) || matches!(byte, b'@' | b'/'));
    let fits = all.len() >= 80 && text[all.clone()].contains(&b'@') && is_mixed(&text[all.clone()]);
    fits.then_some(all)
}

/// The 84 characters of Azure's newer keys, in which `JQQJ99` stands behind 52.
pub(super) fn azure(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let start = at.checked_sub(52)?;
    let key = run(text, start, 85, |byte| byte.is_ascii_alphanumeric());
    (text[at..].starts_with(b"JQQJ99") && key.len() == 84 && begins_word(text, start)).then_some(key)
}

/// A client secret of Entra: `Q~` behind three characters and a digit.
pub(super) fn entra(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let of = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'~');
    let start = at.checked_sub(4)?;
    let secret = run(text, start, 48, of);
    let fits =
        text[at..].starts_with(b"Q~") && text[at - 1].is_ascii_digit() && (37..=40).contains(&secret.len());
    let alone = start.checked_sub(1).is_none_or(|before| !of(text[before]));
    (fits && alone && is_random(&text[secret.clone()], false)).then_some(secret)
}

/// The key of a storage account: 86 characters of base64, with `+ASt` behind 76.
pub(super) fn azure_storage(text: &[u8], at: usize, _: &mut Runs) -> Option<Range<usize>> {
    let start = at.checked_sub(76)?;
    let key = run(text, start, 87, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let fits = text[at..].starts_with(b"+ASt") && key.len() == 86 && text[key.end..].starts_with(b"==");
    fits.then_some(key.start..key.end + 2)
}
