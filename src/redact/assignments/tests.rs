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
        "db:\n  password: &main PLANT\n",
        "password: !!str \"PLANT\"",
        "CREATE LOGIN svc WITH PASSWORD = N'PLANT';",
        "const token = process.env.TOKEN || 'PLANT';",
        "api_key = os.environ.get(\"KEY\") or \"PLANT\"",
        "headers.insert(\"x-auth-token\", HeaderValue::from_static(\"PLANT\"));",
        "api_key: Some(String::from(\"PLANT\"))",
        "map[Accept:[*/*] X-Api-Key:[PLANT]]",
        "['tool', '--password', 'PLANT']",
        "passwort: PLANT",
        "smtp = { user = \"x\", pass = \"PLANT\" }",
        "network={\n  psk=\"PLANT\"\n}",
        "x-amz-signature: PLANT",
        "define( 'DB_PASSWORD', 'PLANT' );",
        "{password, \"PLANT\"}",
        "{api_key, <<\"PLANT\">>}",
        "array(1) {\n  [\"password\"]=>\n  string(16) \"PLANT\"\n}",
        "token: >-\n  PLANT\n",
        "sql.Open(\"mysql\", \"app:PLANT@tcp(db:3306)/x\")",
        "env:\n- name: DB_PASSWORD\n  value: PLANT\n",
        "- {name: API_TOKEN, value: PLANT}",
        "environment = [{ name = \"DB_PASSWORD\", value = \"PLANT\" }]",
        "env: [{ name: 'API_KEY', value: 'PLANT' }, { name: 'MODE', value: 'prod' }]",
        "[{\n  name  = \"API_KEY\"\n  value = \"PLANT\"\n}]",
        "[{\n  name: 'API_KEY',\n  value: 'PLANT',\n}]",
        "variable \"db_password\" {\n  type    = string\n  default = \"PLANT\"\n}",
        "password <- \"PLANT\"",
        "INSERT INTO users (name, password) VALUES ('ana', 'PLANT');",
        "insert into `users` (`id`, `api_token`, `n`)\nvalues\n (1, 'x', 2),\n (2, 'PLANT', 3)",
        "INSERT INTO s (k, secret) VALUES (upper('a'), N'PLANT')",
    ] {
        let text = text.replace("PLANT", SECRET);
        let all = found(&text);
        assert!(all.iter().any(|one| one == SECRET), "{text}: {all:?}");
    }
}

#[test]
fn a_value_is_found_beside_its_name_without_a_sign_between_them() {
    for text in [
        "#define WIFI_PASSWORD \"PLANT\"",
        "set $api_key \"PLANT\";",
        "{:db {:password \"PLANT\"}}",
        "storePassword 'PLANT'",
        "  token \"PLANT\"",
        "<add key=\"StorageAccountKey\" value=\"PLANT\" />",
        "<input type='hidden' name='csrf_token' value='PLANT'>",
        "<meta content=\"PLANT\" name=\"csrf-token\">",
        "<string name=\"api_key\">PLANT</string>",
        "| API_KEY | PLANT |",
        "Client::builder().api_key(\"PLANT\").build()",
        "client.setPassword('PLANT');",
        "std::string api_key{\"PLANT\"};",
        "user,password\nana,PLANT\n",
        "User name\tSecret access key\r\nana\tPLANT\r\n",
        "| user | password |\n|---|---|\n| ana | PLANT |",
        " id | name | password \n----+------+---------\n  1 | ana  | PLANT\n(1 row)",
        "+----+----------+\n| id | password |\n+----+----------+\n|  1 | PLANT |\n+----+----------+",
        "+------+---------+\n| user | token |\n+======+=========+\n| bo | x |\n+------+---------+\n| ana | PLANT |",
        "┌────┬──────────┐\n│ id │ password │\n├────┼──────────┤\n│  1 │ PLANT │\n└────┴──────────┘",
        "┃ key ┃ api_key ┃\n┡━━━━━╇━━━━━━━┩\n┃ 1 ┃ PLANT ┃",
        "│ API_KEY │ PLANT │",
        "<table><tr><th>user</th><th>password</th></tr><tr><td>ana</td><td>PLANT</td></tr></table>",
        "<tr>\n  <th><b>API key</b></th>\n  <th>role</th>\n</tr>\n<tr>\n  <td class=\"mono\"><code>PLANT</code></td>\n  <td>admin</td>\n</tr>",
        "<tr><td><b>Password:</b></td><td> PLANT </td></tr>",
        "<dl><dt>Access token</dt><dd>PLANT</dd></dl>",
        "<li><strong>API key</strong>: <code>PLANT</code></li>",
    ] {
        let text = text.replace("PLANT", SECRET);
        let all = found(&text);
        assert!(all.iter().any(|one| one == SECRET), "{text}: {all:?}");
    }
}

#[test]
fn a_value_is_found_that_the_option_or_the_call_of_a_program_takes() {
    for text in [
        "docker login -u ci -p PLANT registry.example.com",
        "sshpass -p 'PLANT' ssh root@h.example.com",
        "mysql -h db -u root -pPLANT crm",
        "redis-cli -h cache -a PLANT ping",
        "smbclient //s/x -U ana%PLANT",
        "lftp -u ana,PLANT ftp.example.com",
        "sqlplus scott/PLANT@//db:1521/XE",
        "az login --service-principal -u x -p PLANT --tenant y",
        "gh secret set NPM_TOKEN --body \"PLANT\"",
        "aws ssm put-parameter --name /a --type SecureString --value \"PLANT\"",
        "https -A bearer -a PLANTq7Zt9xWv api.example.com",
        "requests.get(url, auth=('ana', 'PLANT'))",
        "client.get(u).basic_auth(\"ana\", Some(\"PLANT\"))",
        "new PDO($dsn, 'ana', 'PLANT')",
        "ConvertTo-SecureString 'PLANT' -AsPlainText -Force",
        "db.example.com:5432:crm:ana:PLANT",
        "DriverManager.getConnection(url, \"ana\", \"PLANT\");",
        "aws configure set aws_secret_access_key PLANT",
        "ngrok config add-authtoken PLANT",
        "wandb login --relogin PLANT",
        "pulumi config set --secret dbPassword PLANT",
        "npm config set //npm.example.com/:_authToken PLANT",
        "dotnet user-secrets set \"Stripe:ApiKey\" \"PLANT\"",
        "keytool -importkeystore -storepass PLANT -noprompt",
        "openssl pkcs12 -in a.p12 -passin pass:PLANT -nodes",
        "echo \"root:PLANT\" | chpasswd",
        "htpasswd -b -c .htpasswd ana PLANT",
        "aws secretsmanager create-secret --name a --secret-string PLANT",
        "mc alias set prod https://s3.example.com ana PLANT",
    ] {
        let text = text.replace("PLANT", SECRET);
        let all = found(&text);
        assert!(all.iter().any(|one| one.starts_with(SECRET)), "{text}: {all:?}");
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
        "//npm.example.com/:_authToken=${NPM_TOKEN}\n",
        "echo \"//h.example.com/:_authToken=${NPM_TOKEN}\" > .npmrc",
        "imagePullSecrets:\n- name: regcred\n",
        "GITHUB_TOKEN=ghp_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
        "ftp://anonymous:guest7@ftp.example.com/",
        "throw \"Bad password \"+p1+\" given\"",
        "docker run -p 8080:80 x; mysql -u root -p crm; docker login -p $PASS",
        "<input type=\"password\" name=\"password\" value=\"\" placeholder=\"Password\">",
        "<meta name=\"author\" content=\"Ana 2026\"> <a name=\"token\">v2.0</a>",
        "| API_KEY | required | the key of the API |",
        "name,token,count\nana,hello,17\nbo,world2,18",
        "Enter your password, token, or key\nabc, a1b2, x",
        "src/x.rs:12:5:error:q7Zt9x",
        "pass: 42, pass: true, pass: second-2, psk: WPA-PSK",
        "api_key: [string] key: [text](https://example.com/a1)",
        "const token = a.token || b.token;",
        "auth=('user', 'password')",
        "client.getToken('prod-db-1'); get_secret(\"app2/db\"); createToken(\"ci2\")",
        "env:\n- name: SECRET_NAME\n  value: app-2-secret\n- name: TOKEN_TTL\n  value: \"3600\"",
        "-API_KEY=\n+API_KEY=\n DB_PASSWORD=\n+TOKEN=<set in CI>",
        "smbclient -U ana //s/x",
        "if (token == \"x1\") retry(token, \"again\");",
        "usage: x [--token TOKEN] [--password PASSWORD] [--api-key API_KEY] file",
        "The secret of a password: use four words. Some take \"password123\" or \"letmein7\", which is bad.",
        "<tr><th>Password</th><th>Version2</th></tr><tr><td>required</td><td>v2-2026</td></tr>",
        "<tr><td>Password</td><td>at least 12 signs</td></tr><dt>Token</dt><dd>a word</dd>",
        "| user | password |\n|------|----------|\n| ana | required |",
        "INSERT INTO users (name, password) VALUES (?, ?), (:name, :password), ($1, $2)",
        "variable \"db_password\" {\n  default = \"\"\n}\nvariable \"size\" {\n  default = \"t3-large-2\"\n}",
        "{name: MODE, value: prod-2026-a1} {name: KEY_FILE, value: /run/a1}",
        "git config set user.name ana7; npm config set registry https://h.example.com/a1",
        "aws configure set region eu-west-1; wandb login; ngrok config check; docker login",
        "conn = DriverManager.getConnection(url, user, password);",
        "keytool -storepass $PASS; openssl rsa -passin env:PASS -passout file:a1.txt",
        "htpasswd -c .htpasswd ana; echo \"$USER:$PASS\" | chpasswd",
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
        "password \"",
        "password 'a",
        "<a name=\"token\" value=\"",
        "<a a=",
        "password,\n",
        "a,token\n1,2\n",
        "mysql -p",
        "sshpass -p ",
        "auth=(",
        "auth=('a',",
        "a:1:b:c:",
        "Some(",
        "token=a || ",
        "password:[",
        ".api_key(\"",
        "a@tcp(",
        "- name: API_KEY\n  value: ",
        "sqlplus a/",
        "smbclient -U ",
        "value: ",
        "name: TOKEN, value: ",
        "{name: TOKEN,",
        "VALUES (",
        "(token) VALUES ('a'),",
        "default = \"",
        "variable \"token\" {\ndefault = ",
        "password <- \"",
        "<th>token</th>",
        "<td>token</td>",
        "<b>token</b>",
        "| token |\n",
        "│ token │\n+--+\n",
        "configure set token ",
        "add-authtoken ",
        "wandb login -",
        "-passin pass:",
        ":a | chpasswd",
        "htpasswd -b ",
    ] {
        named(piece.repeat(20_000).as_bytes(), &Names::default(), JSON);
    }
}
