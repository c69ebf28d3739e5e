use super::*;

#[test]
fn a_name_is_taken_apart_however_its_words_are_joined() {
    for (name, wanted) in [
        ("api_key", "api key"),
        ("X-Api-Key", "x api key"),
        ("apiKey", "api key"),
        ("APIKey", "api key"),
        ("apikey", "api key"),
        ("OPENAI_API_KEY_2", "openai api key 2"),
        ("openaiApiKeys", "openai api keys"),
        ("accessJwt", "access jwt"),
        ("PGPASSWORD", "pg password"),
        ("secretaccesskey", "secret access key"),
        ("PHPSESSID", "php sess id"),
        ("db.password1", "db password"),
        ("monkey", "monkey"),
        ("bypass", "bypass"),
        ("compass", "compass"),
    ] {
        assert_eq!(words(name).join(" "), wanted, "{name}");
    }
}

#[test]
fn names_say_what_stands_under_them_by_their_last_words() {
    for name in [
        "api_key",
        "apikey",
        "X-API-Key",
        "OPENAI_KEY",
        "openaiApiKey",
        "OPENAI_API_KEY_2",
        "access_token",
        "refreshToken",
        "hf_token",
        "GITHUB_TOKEN",
        "bot_token",
        "client_secret",
        "SECRET_KEY_BASE",
        "pwd",
        "db_pass",
        "passphrase",
        "accessJwt",
        "jwt",
        "code_verifier",
        "client_assertion",
        "device_code",
        "auth_code",
        "signing_key",
        "licenseKey",
        "subscription-key",
        "GITHUB_PAT",
        "api_keys",
        "passwords",
        "connection_string",
        "recovery_codes",
        "password_confirmation",
        "session_key",
        "ephemeral_key",
        "seed_phrase",
        "authorization",
        "PGPASSWORD",
        "app_password",
        "webhook_secret",
    ] {
        assert_eq!(says(name, At::Field), Says::Surely, "{name}");
    }
    for name in [
        "max_tokens",
        "tokens",
        "next_page_token",
        "eos_token",
        "prompt_tokens",
        "public_key",
        "cache_key",
        "sort_key",
        "idempotency_key",
        "key",
        "keys",
        "keyword",
        "author",
        "passed",
        "compass",
        "password_hint",
        "client_secret_expires_at",
        "access_key_id",
        "api_key_env",
        "token_type",
        "token_count",
        "secretary",
        "code_interpreter",
        "error_code",
        "status_code",
        "signature",
        "thought_signature",
        "prompt_cache_key",
        "monkey",
        "SSH_AUTH_SOCK",
        "encoding",
        "pins_count",
        "author_association",
        "max_prompt_tokens",
    ] {
        assert_eq!(says(name, At::Field), Says::Nothing, "{name}");
    }
    for (name, wanted) in [
        ("token", Says::Likely),
        ("secret", Says::Likely),
        ("auth", Says::Likely),
        ("credentials", Says::Likely),
        ("sessionId", Says::Perhaps),
        ("pin", Says::Code),
        ("otp", Says::Code),
        ("DATABASE_URL", Says::Address),
        ("SENTRY_DSN", Says::Address),
    ] {
        assert_eq!(says(name, At::Field), wanted, "{name}");
    }
    for name in ["key", "token", "sig", "X-Amz-Signature", "auth"] {
        assert_eq!(says(name, At::Parameter), Says::Surely, "{name}");
    }
    assert_eq!(says("page_token", At::Parameter), Says::Nothing);
}

#[test]
fn headers_are_told_by_any_of_their_words() {
    let names = Names::default();
    for name in
        ["authorization", "x-api-key", "x-my-secret-thing", "cookie", "x-vault-token", "proxy-authorization"]
    {
        assert!(names.is_secret_header(name), "{name}");
    }
    for name in
        ["x-ratelimit-remaining-tokens", "content-type", "mcp-session-id", "idempotency-key", "x-author"]
    {
        assert!(!names.is_secret_header(name), "{name}");
    }
}
