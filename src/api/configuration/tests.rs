use proptest::prelude::*;

use super::*;
use crate::model::error::ErrorKind;

const PATH: &str = "app/llm-cassette.toml";

fn parse(text: &str) -> Result<Configuration, Error> {
    Configuration::parse(text, Path::new(PATH))
}

fn refused(text: &str) -> String {
    let error = parse(text).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadSetting, "{text}");
    error.to_string()
}

/// A file that says all that can be said.
const ALL: &str = r#"
folder = "tests/recorded"
ignore = ["/metadata/run_id", "/messages/0"]
ignore_order = ["/messages/*/content"]
replace = [{ pattern = '\d{4}-\d\d-\d\d', with = "DATE" }]
ignore_host = true
normalize_whitespace = true
match_headers = ["X-Tenant"]
keep_headers = ["x-request-cost"]
prices = "prices.json"
budget = "calls=100,usd=0.50"
ttl = "30d"
expiry = "fail"
repeats = "reuse"
review = "pending"
fail_on_unused = true
ledger = false

[[secrets.patterns]]
"#;

#[test]
fn every_field_has_its_meaning() {
    let all = ALL
        .replace("[[secrets.patterns]]", "[secrets]\nnames = ['ticket']\npatterns = ['acme-[0-9a-f]{32}']\n")
        + "[providers]\n'llm.example.com' = 'anthropic'\n[upstreams]\nopenai = 'http://127.0.0.1:8080/'\n[ttl_of_tags]\nnews = '1d'\n";
    let file = parse(&all).unwrap();
    assert_eq!(file.folder.as_deref(), Some(Path::new("app/tests/recorded")));
    assert_eq!(file.prices.as_deref(), Some(Path::new("app/prices.json")));
    assert_eq!(file.budget, Some(Budget::new().calls(100).usd("0.50").unwrap()));
    assert_eq!(file.upstreams, [("openai".to_owned(), "http://127.0.0.1:8080".to_owned())]);
    let (mut settings, mut secrets) = (Settings::default(), RedactOptions::default());
    Configurations(vec![file]).apply(&mut settings, &mut secrets);
    let rules = &settings.rules;
    assert_eq!((rules.ignored.len(), rules.unordered.len()), (2, 1));
    assert_eq!(rules.replace("on 2026-11-21").as_deref(), Some("on DATE"));
    assert!(rules.ignore_host && rules.normalize_whitespace);
    assert_eq!(rules.headers, ["x-tenant"]);
    assert_eq!(secrets.kept_request_headers, ["x-tenant"]);
    assert_eq!(secrets.kept_response_headers, ["x-request-cost"]);
    assert_eq!((&secrets.headers, &secrets.fields), (&vec!["ticket".to_owned()], &vec!["ticket".to_owned()]));
    assert!(secrets.patterns[0].is_match(b"acme-0123456789abcdef0123456789abcdef"));
    assert_eq!(settings.gateways.named("https://llm.example.com/v1"), Some("anthropic"));
    assert_eq!(settings.ttl.all, Some(Age(30 * 86_400)));
    assert_eq!(settings.ttl.of_tags, [("news".to_owned(), Age(86_400))]);
    assert_eq!(settings.ttl.policy, Expiry::Fail);
    assert_eq!(settings.repeats, Repeats::Reuse);
    assert_eq!(settings.refreshed, Destination::Beside);
    assert!(settings.fail_on_unused && settings.no_ledger);
}

/// The example that the documentation begins with.
fn documented() -> &'static str {
    let page = include_str!("../../../docs/configuration.md");
    page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap()
}

#[test]
fn the_example_of_the_documentation_holds_up_and_has_every_field() {
    parse(documented()).unwrap();
    let begins = |field: &str| {
        documented().lines().any(|line| {
            line.strip_prefix(field).is_some_and(|rest| rest.starts_with(" = ") || rest.starts_with('.'))
        })
    };
    assert_eq!(FIELDS.iter().find(|field| !begins(field)), None);
}

#[test]
fn no_field_is_forgotten_by_the_test_above() {
    let all = ALL.to_owned() + "providers upstreams ttl_of_tags";
    assert_eq!(FIELDS.iter().find(|field| !all.contains(**field)), None);
}

#[test]
fn an_empty_file_says_nothing() {
    for text in ["", "# nothing yet\n", "\u{feff}\r\n"] {
        let (mut settings, mut secrets) = (Settings::default(), RedactOptions::default());
        Configurations(vec![parse(text).unwrap()]).apply(&mut settings, &mut secrets);
        assert!(
            settings.rules.is_empty() && settings.ttl.all.is_none() && !settings.fail_on_unused,
            "{text:?}"
        );
    }
}

#[test]
fn lists_add_up_and_of_the_rest_the_nearest_counts() {
    let far = "ignore = ['/a']\nignore_host = true\nttl = '1d'\nfolder = 'far'\n[ttl_of_tags]\nnews = '1h'\nold = '9d'\n[providers]\n\
               'a.example.com' = 'openai'\n'b.example.com' = 'openai'\n";
    let near = "ignore = ['/b']\nignore_host = false\nfolder = 'near'\n[ttl_of_tags]\nnews = '2h'\n[providers]\n'b.example.com' = \
                'anthropic'\n";
    let (mut settings, mut secrets) = (Settings::default(), RedactOptions::default());
    let files = Configurations(vec![parse(far).unwrap(), parse(near).unwrap()]);
    files.apply(&mut settings, &mut secrets);
    assert_eq!(settings.rules.ignored, ["/a", "/b"].map(|text| Pointer::parse(text).unwrap()));
    assert!(!settings.rules.ignore_host);
    assert_eq!(settings.ttl.all, Some(Age(86_400)), "the nearest does not say it");
    assert_eq!(settings.ttl.of_tags, [("old".to_owned(), Age(9 * 86_400)), ("news".to_owned(), Age(7200))]);
    assert_eq!(settings.gateways.named("https://a.example.com/"), Some("openai"));
    assert_eq!(settings.gateways.named("https://b.example.com/"), Some("anthropic"));
    assert_eq!(files.folder(), Some(Path::new("app/near")));
}

#[test]
fn an_unknown_field_is_an_error_with_its_line_and_the_field_that_was_meant() {
    for (text, wanted) in [
        (
            "ttl = '1d'\n\nignroe = ['/a']\n",
            "app/llm-cassette.toml:3:1: unknown field `ignroe`\nhint: did you mean `ignore`?",
        ),
        (
            "[secrets]\nnames = []\nvalues = ['hunter2']\n",
            "app/llm-cassette.toml:3:1: unknown field `values`\nhint: the fields are names, patterns",
        ),
        (
            "replace = [\n  { pattern = 'a', with = '' },\n  { patern = 'b', with = '' },\n]\n",
            "app/llm-cassette.toml:3:5: unknown field `patern`\nhint: did you mean `pattern`?",
        ),
        (
            "[[replace]]\npattern = 'a'\nwith = ''\nby = ''\n",
            "app/llm-cassette.toml:4:1: unknown field `by`\nhint: the fields are pattern, with",
        ),
        ("zz = 1\nfail_on_unsed = true\naa = 1\n", "app/llm-cassette.toml:1:1: unknown field `zz`"),
        ("'ä' = 1", "app/llm-cassette.toml:1:2: unknown field `ä`"),
    ] {
        let said = refused(text);
        assert!(said.starts_with(wanted), "{said}");
    }
}

#[test]
fn a_value_that_means_nothing_is_an_error_where_it_stands() {
    for (text, wanted) in [
        ("ignore = ['/a', 'b']", ":1:18: \"b\" is not a JSON pointer\nhint: write a pointer"),
        ("ignore = '/a'", ":1:11: a text where a list of texts is wanted\nhint: write a list of texts"),
        ("ignore = [1]", ":1:11: a number where a text in quotes is wanted"),
        ("ignore_host = 'yes'", ":1:16: a text where `true` or `false` is wanted"),
        ("replace = [{ pattern = '(', with = '' }]", ":1:25: \"(\" is not a regular expression"),
        ("replace = [{ pattern = 'a' }]", "`with` is missing"),
        ("match_headers = ['x tenant']", ":1:19: \"x tenant\" is not the name of a header"),
        ("[secrets]\nnames = ['']", ":2:10: the name is empty"),
        ("[secrets]\npatterns = ['[a-']", ":2:14: \"[a-\" is not a regular expression"),
        ("secrets = ['a']", ":1:11: a list where a table is wanted"),
        ("[providers]\n'https://x' = 'openai'", ":2:2: \"https://x\" is not a host\nhint: give a host"),
        ("[upstreams]\nopenai = 'gateway'", ":2:1: `gateway` is not the URL of a server"),
        ("[upstreams]\n'a/b' = 'https://x'", ":2:2: \"a/b\" is neither a provider nor a host"),
        ("[providers]\nx = 'Open AI'", ":2:1: \"Open AI\" cannot be the name of a provider"),
        ("budget = 'five'", ":1:11: \"five\" is not a cap"),
        ("ttl = 'a month'", ":1:8: \"a month\" is not an age"),
        ("ttl = 30", ":1:7: a number where a text in quotes is wanted"),
        ("[ttl_of_tags]\n'a b' = '1d'", ":2:2: \"a b\" cannot be a tag"),
        ("[ttl_of_tags]\na = 'x'", ":2:1: \"x\" is not an age"),
        ("expiry = 'delete'", ":1:11: `expiry` is \"delete\"\nhint: write `warn` or `fail` or `record`"),
        ("repeats = 'twice'", ":1:12: `repeats` is \"twice\"\nhint: write `refuse` or `reuse`"),
        ("folder = ''", "this text is empty"),
        ("ignore_host = true\nignore_host = false", ":2:1: duplicate key"),
        ("ignore_host = ", ":1:"),
        ("[ignore_host", ":1:"),
    ] {
        let said = refused(text);
        assert!(said.starts_with("app/llm-cassette.toml:") && said.contains(wanted), "{text}: {said}");
    }
}

/// Whether an error names a place in a text.
fn stands_in(text: &str, error: &Error) -> bool {
    let place = error.message().strip_prefix("app/llm-cassette.toml:").unwrap_or_default();
    let mut numbers = place.split(':').map_while(|number| number.parse::<usize>().ok());
    let (Some(line), Some(column)) = (numbers.next(), numbers.next()) else { return false };
    let Some(of_line) = text.split('\n').nth(line - 1) else { return false };
    (1..=of_line.chars().count() + 1).contains(&column)
}

fn piece() -> impl Strategy<Value = String> {
    let names = FIELDS.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    prop_oneof![
        prop::sample::select(names),
        prop::sample::select(
            [
                "=",
                " = ",
                "[",
                "]",
                "[[",
                "]]",
                "{",
                "}",
                ",",
                "'",
                "\"",
                "'''",
                "\"\"\"",
                "\n",
                "\r\n",
                "#",
                ".",
                "\\",
                "\\u12",
                "true",
                "1_0",
                "-",
                "1979-05-27T07:32:00Z",
                "'/a'",
                "names",
                "pattern",
                "with",
                "\0",
                "\u{feff}",
                "ü",
                "inf",
                "0x"
            ]
            .map(str::to_owned)
            .to_vec()
        ),
        ".{0,3}",
    ]
}

proptest! {
    #[test]
    fn any_text_is_settings_or_an_error_with_a_place_in_it(
        text in prop_oneof![prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat()), ".{0,64}"]
    ) {
        if let Err(error) = parse(&text) {
            prop_assert!(stands_in(&text, &error), "{:?}: {}", text, error);
        }
    }

    #[test]
    fn a_file_that_was_cut_or_changed_is_settings_or_an_error_with_a_place_in_it(
        at in 0..ALL.len(), with in piece(), length in 0..8usize
    ) {
        let mut text = ALL.to_owned();
        text.replace_range(at..(at + length).min(ALL.len()), &with);
        if let Err(error) = parse(&text) {
            prop_assert!(stands_in(&text, &error), "{:?}: {}", text, error);
        }
    }
}

#[test]
fn a_text_that_is_nested_without_end_is_an_error() {
    for open in ["ignore = [", "ignore = {a=", "a."] {
        let text = format!("x = {}", open.repeat(50_000));
        assert!(stands_in(&text, &parse(&text).unwrap_err()), "{open}");
        let text = open.repeat(50_000);
        assert!(stands_in(&text, &parse(&text).unwrap_err()), "{open}");
    }
}
