//! A real browser, told what to do over a pipe as its developer tools do. No port is opened, so nothing can be in its way.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// Longer than anything here takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one empty page.
pub struct Browser {
    child: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    session: Option<String>,
    last_id: u64,
    /// What it told without being asked.
    events: Vec<Value>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts the browser that `LLM_CASSETTE_CHROMIUM` names, or else the one in the path.
    pub fn start() -> Browser {
        let named = std::env::var_os("LLM_CASSETTE_CHROMIUM").map(PathBuf::from);
        let program = named.or_else(in_path).expect("there is a Chromium (apt-get install chromium)");
        let profile = tempfile::tempdir().unwrap();
        let mut child = Command::new("sh")
            // The browser reads commands from descriptor 3 and answers on 4.
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#])
            .arg(program)
            .args([
                "--remote-debugging-pipe",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
            ])
            .args(["--no-first-run", "--disable-background-networking", "--disable-component-update"])
            .args(["--disable-sync", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let commands = child.stdin.take().unwrap();
        let answers = child.stdout.take().unwrap();
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(answers).split(0) {
                let Ok(message) = message else { return };
                if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    return;
                }
            }
        });
        let (session, events) = (None, Vec::new());
        let mut browser =
            Browser { child, commands, messages, session, last_id: 0, events, _profile: profile };
        browser.attach();
        browser
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", json!({ "url": "about:blank" }));
        let parameters = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.call("Target.attachToTarget", parameters);
        self.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network", "DOM", "Performance"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
    }

    /// Gives a command and waits for its result.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let mut command = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        let mut text = command.to_string().into_bytes();
        text.push(0);
        self.commands.write_all(&text).unwrap();
        loop {
            let message = self.message();
            if message["id"] == json!(self.last_id) {
                assert!(message.get("error").is_none(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn message(&mut self) -> Value {
        self.messages.recv_timeout(PATIENCE).expect("the browser answers")
    }

    /// Opens a file and waits until it is there.
    pub fn open(&mut self, file: &Path) {
        self.go(&format!("file://{}", file.display()));
    }

    /// Opens an address and waits until it is there.
    pub fn go(&mut self, url: &str) {
        self.events.clear();
        self.call("Page.navigate", json!({ "url": url }));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let message = self.message();
            self.events.push(message);
        }
    }

    /// What an expression gives in the page; one that throws fails the test.
    pub fn eval(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true });
        let result = self.call("Runtime.evaluate", parameters);
        assert!(result.get("exceptionDetails").is_none(), "{expression}\n{}", result["exceptionDetails"]);
        result["result"]["value"].clone()
    }

    pub fn text(&mut self, expression: &str) -> String {
        self.eval(expression).as_str().unwrap_or_else(|| panic!("{expression} is no text")).to_owned()
    }

    /// Waits until something holds, looking again whenever the page is drawn.
    pub fn until(&mut self, condition: &str) {
        let held = self.eval(&format!(
            "new Promise((done) => {{ const end = Date.now() + 20000; const look = () => ({condition}) ? done(true) : \
             Date.now() > end ? done(false) : requestAnimationFrame(look); look(); }})"
        ));
        let count = self.eval("document.getElementById('count')?.textContent");
        assert_eq!(held, json!(true), "{condition} never came true; the count says {count}");
    }

    /// How often the page has been laid out so far.
    pub fn layouts(&mut self) -> u64 {
        let metrics = self.call("Performance.getMetrics", json!({}));
        let count =
            metrics["metrics"].as_array().unwrap().iter().find(|metric| metric["name"] == "LayoutCount");
        count.unwrap()["value"].as_f64().unwrap() as u64
    }

    /// Presses a key.
    pub fn press(&mut self, key: &str) {
        let text = match key {
            "Enter" => "\r",
            one if one.chars().count() == 1 => one,
            _ => "",
        };
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "Tab" => 9,
            _ => 0,
        };
        let down = json!({ "type": "keyDown", "key": key, "text": text, "windowsVirtualKeyCode": code });
        self.call("Input.dispatchKeyEvent", down);
        let up = json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": code });
        self.call("Input.dispatchKeyEvent", up);
    }

    /// Types into what has the focus.
    pub fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Makes the window so large.
    pub fn size(&mut self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    pub fn prefer(&mut self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// Everything that went wrong since the page was opened: errors, what the policy refused, requests to anywhere but
    /// the page itself.
    pub fn problems(&mut self) -> Vec<String> {
        // A round trip, so that what was on its way has arrived.
        self.eval("1");
        let told = |event: &Value| {
            let parameters = &event["params"];
            match event["method"].as_str()? {
                "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded" => {
                    Some(parameters.to_string())
                }
                "Page.javascriptDialogOpening" => Some(format!("a dialog: {parameters}")),
                _ => None,
            }
        };
        let told: Vec<String> = self.events.iter().filter_map(told).collect();
        told.into_iter().chain(self.requests()).collect()
    }

    /// Requests to anywhere but the page itself that nobody refused.
    pub fn requests(&mut self) -> Vec<String> {
        let page = self.text("location.href.split('#')[0]");
        let of = |method: &'static str| self.events.iter().filter(move |event| event["method"] == method);
        let refused: Vec<&Value> = of("Network.loadingFailed")
            .map(|event| &event["params"])
            .filter(|failed| failed["blockedReason"] == "csp")
            .map(|failed| &failed["requestId"])
            .collect();
        of("Network.requestWillBeSent")
            .map(|event| &event["params"])
            .filter(|sent| sent["request"]["url"] != json!(page) && !refused.contains(&&sent["requestId"]))
            .map(|sent| format!("a request to {}", sent["request"]["url"]))
            .collect()
    }

    /// Keeps a picture of the page where `LLM_CASSETTE_PICTURES` names a folder, for people to look at.
    pub fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("LLM_CASSETTE_PICTURES") else { return };
        let picture = self.call("Page.captureScreenshot", json!({}));
        let bytes = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            picture["data"].as_str().unwrap(),
        );
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), bytes.unwrap()).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It has nothing to lose: its profile goes with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn in_path() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|program| program.is_file()))
}
