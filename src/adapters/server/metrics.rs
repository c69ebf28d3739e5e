//! What Prometheus reads, in the names of OpenTelemetry's GenAI conventions.

use std::fmt::Write as _;

use super::runs::Ended;
use crate::session::report::Report;
use crate::session::tally::Tally;

/// All figures of a server, in Prometheus's text format 0.0.4.
pub(super) fn text<'a>(all: impl Iterator<Item = &'a Ended>) -> String {
    let mut total = Report::default();
    let mut models = Vec::new();
    for ended in all {
        total.add(&ended.report);
        Tally::add_all(&mut models, ended.models.clone());
    }
    models.sort_by(|a, b| (&a.provider, &a.model).cmp(&(&b.provider, &b.model)));
    let mut out = String::new();
    requests(&total, &mut out);
    operations(&models, &mut out);
    tokens(&models, &mut out);
    out
}

fn requests(total: &Report, out: &mut String) {
    head(out, "llm_cassette_requests_total", "counter", "Requests by what became of them.");
    for (outcome, count) in [
        ("played", total.played),
        ("recorded", total.recorded),
        ("missed", total.missed.len()),
        ("skipped", total.skipped.len()),
    ] {
        let _ = writeln!(out, "llm_cassette_requests_total{{outcome=\"{outcome}\"}} {count}");
    }
}

fn operations(models: &[Tally], out: &mut String) {
    let name = "llm_cassette_interactions_total";
    head(out, name, "counter", "Interactions played and recorded, by provider and model.");
    for tally in models {
        for (outcome, count) in [("played", tally.played), ("recorded", tally.recorded)] {
            let labels = labels(tally, ("outcome", outcome));
            let _ = writeln!(out, "{name}{{{labels}}} {count}");
        }
    }
}

/// The sum of OpenTelemetry's `gen_ai.client.token.usage`.
fn tokens(models: &[Tally], out: &mut String) {
    let name = "gen_ai_client_token_usage";
    head(out, name, "summary", "Tokens of what was played and recorded, as providers reported them.");
    for tally in models {
        for (kind, count) in [("input", tally.usage.input_tokens), ("output", tally.usage.output_tokens)] {
            let Some(count) = count else { continue };
            let labels = labels(tally, ("gen_ai_token_type", kind));
            let _ = writeln!(out, "{name}_sum{{{labels}}} {count}");
            let _ = writeln!(out, "{name}_count{{{labels}}} {}", tally.played + tally.recorded);
        }
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn labels(tally: &Tally, (name, value): (&str, &str)) -> String {
    let provider = escaped(tally.provider.as_deref().unwrap_or("unknown"));
    let model = escaped(tally.model.as_deref().unwrap_or("unknown"));
    format!("gen_ai_provider_name=\"{provider}\",gen_ai_response_model=\"{model}\",{name}=\"{value}\"")
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::mode::Mode;
    use crate::providers::Usage;

    #[test]
    fn figures_read_as_prometheus_and_opentelemetry_want_them() {
        let usage = Usage { input_tokens: Some(12), output_tokens: Some(5), ..Usage::default() };
        let tally = Tally {
            provider: Some("openai".to_owned()),
            model: Some("a \"model\"".to_owned()),
            played: 2,
            recorded: 1,
            usage,
        };
        let report = Report { played: 2, recorded: 1, missed: vec!["a".to_owned()], ..Report::default() };
        let ended = Ended {
            path: "x.yaml".into(),
            mode: Mode::Record,
            report,
            models: vec![tally],
            errors: Vec::new(),
        };
        insta::assert_snapshot!(text([&ended].into_iter()), @r#"
        # HELP llm_cassette_requests_total Requests by what became of them.
        # TYPE llm_cassette_requests_total counter
        llm_cassette_requests_total{outcome="played"} 2
        llm_cassette_requests_total{outcome="recorded"} 1
        llm_cassette_requests_total{outcome="missed"} 1
        llm_cassette_requests_total{outcome="skipped"} 0
        # HELP llm_cassette_interactions_total Interactions played and recorded, by provider and model.
        # TYPE llm_cassette_interactions_total counter
        llm_cassette_interactions_total{gen_ai_provider_name="openai",gen_ai_response_model="a \"model\"",outcome="played"} 2
        llm_cassette_interactions_total{gen_ai_provider_name="openai",gen_ai_response_model="a \"model\"",outcome="recorded"} 1
        # HELP gen_ai_client_token_usage Tokens of what was played and recorded, as providers reported them.
        # TYPE gen_ai_client_token_usage summary
        gen_ai_client_token_usage_sum{gen_ai_provider_name="openai",gen_ai_response_model="a \"model\"",gen_ai_token_type="input"} 12
        gen_ai_client_token_usage_count{gen_ai_provider_name="openai",gen_ai_response_model="a \"model\"",gen_ai_token_type="input"} 3
        gen_ai_client_token_usage_sum{gen_ai_provider_name="openai",gen_ai_response_model="a \"model\"",gen_ai_token_type="output"} 5
        gen_ai_client_token_usage_count{gen_ai_provider_name="openai",gen_ai_response_model="a \"model\"",gen_ai_token_type="output"} 3
        "#);
    }
}
