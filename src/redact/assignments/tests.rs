use super::*;

const SECRET: &str = "q7Zt9xWvR2mK4pLs";

/// No JSON in these texts.
const JSON: JsonReader =
    JsonReader { in_text: |text, names| named(text, names, JSON), under: |_, _, _, _| Vec::new() };

fn found(text: &str) -> Vec<String> {
    let names = Names::default();
    let mut found: Vec<String> =
        named(text.as_bytes(), &names, JSON).into_iter().map(|named| text[named.range].to_owned()).collect();
    // An address may be found by its name as well.
    found.dedup();
    found
}

#[test]
fn a_value_is_found_in_every_way_of_writing_settings() {
    for text in [
        "OPENAI_KEY=\"PLANT\"",
        "export DB_PASSWORD='PLANT'",
        "SECRET_KEY_BASE = PLANT",
        "API_TOKEN=PLANT # of the team",
        "  api_key: PLANT",
        "- password: \"PLANT\"",
        "api_key = \"PLANT\"\n",
        "password=PLANT\r\nuser=x",
        "config = {'api_key': 'PLANT', 'x': 1}",
        "{\"client_secret\" : \"PLANT\"}",
        "settings['secret_key'] = 'PLANT'",
        "password: str = \"PLANT\"",
        "const apiKey = `PLANT`;",
        "client = Client(api_key=\"PLANT\", x=1)",
        "api_key: SecretStr = SecretStr(\"PLANT\")",
        "X-Api-Key: PLANT",
        "Authorization: Token PLANT",
        "Authorization: SSWS PLANT\nAccept: */*",
        "curl -H 'X-Api-Key: PLANT' https://h.example.com/",
        "curl -H \"Authorization: OAuth PLANT\" https://h.example.com/",
        "Cookie: theme=dark; session=PLANT",
        "Set-Cookie: sid=PLANT; Path=/",
        "curl -s -u anna:PLANT https://h.example.com/",
        "curl https://h.example.com/ \\\n  --user 'anna:PLANT'",
        "machine h.example.com login anna password PLANT",
        "machine h.example.com\n  login anna\n  password PLANT\n",
        "tool --password PLANT --verbose",
        "tool --api-key=PLANT",
        "<password>PLANT</password>",
        "password=&quot;PLANT&quot;",
        "{&#34;api_key&#34;: &#34;PLANT&#34;}",
        "postgres://anna:PLANT@db.example.com/x",
        "api_keys:\n  - PLANT\nother: 1",
        "password: |\n  PLANT\nother: 1",
        "Secret access key: PLANT",
        ":api_key => 'PLANT'",
        "spring.datasource.password=PLANT",
        "{\\\"password\\\": \\\"PLANT\\\"}",
        "$env:API_KEY = \"PLANT\"",
        "$config['db']['password'] = 'PLANT';",
    ] {
        let text = text.replace("PLANT", SECRET);
        let all = found(&text);
        assert!(all.iter().any(|one| one == SECRET), "{text}: {all:?}");
    }
}

#[test]
fn an_odd_password_is_found_to_its_end() {
    for (text, wanted) in [
        ("postgres://anna:p@ss/w#rd?9@db.example.com:5432/x", "p@ss/w#rd?9"),
        ("DATABASE_URL=mysql://anna:a%b;c,d)9@db/x", "a%b;c,d)9"),
        ("passphrase: correct horse battery staple", "correct horse battery staple"),
        ("DB_PASSWORD=p,w;x)9&", "p,w;x)9&"),
        ("MYSQL_DSN=anna:hunter2x@tcp(db.example.com:3306)/x", "hunter2x"),
    ] {
        assert_eq!(found(text), [wanted], "{text}");
    }
}

#[test]
fn code_and_advice_hold_no_secret() {
    for text in [
        "api_key = os.environ[\"OPENAI_API_KEY\"]",
        "const apiKey = process.env.OPENAI_API_KEY;",
        "password: string;",
        "password: str = Field(min_length=8)",
        "api_key = settings.api_key",
        "token = get_token(user)",
        "export OPENAI_API_KEY=$KEY",
        "OPENAI_API_KEY=your-api-key",
        "api_key: ${{ secrets.API_KEY }}",
        "headers = {\"Authorization\": f\"Bearer {api_key}\"}",
        "Authorization: Bearer <token>",
        "password: Enter your password",
        "max_tokens: 4096, token: \"hello\"",
        "if password == expected_password:",
        "docker run -u 1000:1000 image",
        "Cookie: a small file that a site keeps",
        "https://medium.com/@someone/x-1 mailto:anna@example.com",
        "http://localhost:8080/users/@me",
        "password_file: /run/secrets/db",
        "let token = parser.next_token();",
        "pass = True",
        "secret: Option<String>,",
        "--token TOKEN",
        "key: value",
        "The password: it must be at least 8 characters.",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn no_text_takes_longer_than_in_proportion() {
    // A pass that is worse than linear takes minutes for these.
    for piece in [
        "password=",
        "password=\"",
        "secret:{",
        "secret:[",
        "a:\n- ",
        "--password ",
        "curl -u a:",
        "</a>",
        "machine x ",
        "password:'\\",
        "://a:@",
        "&quot;",
    ] {
        named(piece.repeat(20_000).as_bytes(), &Names::default(), JSON);
    }
}
