//! A cassette has the name of the test that runs, whatever opens it; and a refresh takes out what nobody else uses, and no more.
//!
//! The acts below are tests that run in processes of their own, under the test runner that a user has.

use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};

use llm_cassette::{Cassette, Mode, Report, cassette};
use tokio::process::Command;

use crate::child;
use crate::stand_in::StandIn;
use crate::support::*;

/// What an act asks, one question after the other.
struct Script {
    role: child::Role,
    mode: Mode,
    questions: Vec<String>,
}

impl Script {
    /// The script of an act: the words behind its name in the role. The first word of the role is the mode.
    fn of(act: &str) -> Option<Script> {
        let role = child::role()?;
        let mut words = role.name.split(' ');
        let mode = words.next().unwrap().parse().unwrap();
        let words = words.find_map(|word| word.strip_prefix(act)?.strip_prefix('='));
        let questions = words?.split('+').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Some(Script { role, mode, questions })
    }

    async fn ask(&self, cassette: &Cassette, questions: &[String]) {
        for question in questions {
            ask(&client(cassette), &self.role.base, question).await.unwrap().bytes().await.unwrap();
        }
    }

    async fn play(&self, builder: llm_cassette::Builder) -> Report {
        let cassette = builder.mode(self.mode).open().unwrap();
        self.ask(&cassette, &self.questions).await;
        let report = cassette.finish().unwrap();
        eprintln!("said of {}: {report}", cassette.path().display());
        report
    }
}

/// A helper as many tests have one.
async fn helper(script: &Script) {
    script.play(cassette!(builder)).await;
}

/// What a macro makes of a function with parameters: a test for each case, which calls it.
fn city(act: &str, _name: &str) {
    if let Some(script) = Script::of(act) {
        run(helper(&script));
    }
}

mod acts {
    use super::*;

    #[tokio::test]
    #[ignore = "an act of another test"]
    async fn one() {
        if let Some(script) = Script::of("one") {
            helper(&script).await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "an act of another test"]
    async fn two() {
        if let Some(script) = Script::of("two") {
            helper(&script).await;
        }
    }

    mod city {
        #[test]
        #[ignore = "an act of another test"]
        fn case_1_oslo() {
            super::super::city("oslo", "Oslo");
        }

        #[test]
        #[ignore = "an act of another test"]
        fn case_2_rome() {
            super::super::city("rome", "Rome");
        }
    }

    /// Opens the cassette of its own name again and again.
    #[tokio::test]
    #[ignore = "an act of another test"]
    async fn looped() {
        let Some(script) = Script::of("looped") else { return };
        for question in &script.questions {
            let cassette = cassette!(builder).mode(script.mode).open().unwrap();
            script.ask(&cassette, std::slice::from_ref(question)).await;
            eprintln!("said: {}", cassette.finish().unwrap());
        }
    }

    /// Opens a cassette on a thread of a runtime.
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "an act of another test"]
    async fn worker() {
        let Some(script) = Script::of("worker") else { return };
        tokio::spawn(async move { helper(&script).await }).await.unwrap();
    }

    fn on_a_thread_of_its_own(act: &str) {
        let Some(script) = Script::of(act) else { return };
        let thread = std::thread::Builder::new().name("recorder".to_owned());
        thread.spawn(move || run(helper(&script))).unwrap().join().unwrap();
    }

    #[test]
    #[ignore = "an act of another test"]
    fn spawns_one() {
        on_a_thread_of_its_own("spawns_one");
    }

    #[test]
    #[ignore = "an act of another test"]
    fn spawns_two() {
        on_a_thread_of_its_own("spawns_two");
    }

    async fn stated(act: &str) {
        if let Some(script) = Script::of(act) {
            script.play(Cassette::builder("stated").one_test(true)).await;
        }
    }

    #[tokio::test]
    #[ignore = "an act of another test"]
    async fn states_one() {
        stated("states_one").await;
    }

    #[tokio::test]
    #[ignore = "an act of another test"]
    async fn states_two() {
        stated("states_two").await;
    }

    /// Made by whichever test comes first, and used by all.
    static SHARED: LazyLock<Option<Cassette>> = LazyLock::new(|| open_in_mode(cassette!(builder)));

    /// As a fixture that is made once.
    static FIXTURE: OnceLock<Option<Cassette>> = OnceLock::new();

    fn open_in_mode(builder: llm_cassette::Builder) -> Option<Cassette> {
        let role = child::role()?;
        let mode: Mode = role.name.split(' ').next()?.parse().unwrap();
        builder.mode(mode).open().ok()
    }

    fn fixture() -> Option<Cassette> {
        open_in_mode(cassette!(builder))
    }

    async fn ask_of(cassette: &Option<Cassette>, act: &str) {
        if let (Some(cassette), Some(script)) = (cassette, Script::of(act)) {
            script.ask(cassette, &script.questions).await;
            eprintln!("said: {}", cassette.finish().unwrap());
        }
    }

    #[tokio::test]
    #[ignore = "an act of another test"]
    async fn static_one() {
        ask_of(&SHARED, "static_one").await;
    }

    #[tokio::test]
    #[ignore = "an act of another test"]
    async fn static_two() {
        ask_of(&SHARED, "static_two").await;
    }

    #[tokio::test]
    #[ignore = "an act of another test"]
    async fn once_one() {
        ask_of(FIXTURE.get_or_init(fixture), "once_one").await;
    }

    #[tokio::test]
    #[ignore = "an act of another test"]
    async fn once_two() {
        ask_of(FIXTURE.get_or_init(fixture), "once_two").await;
    }

    async fn shared(act: &str) {
        if let Some(script) = Script::of(act) {
            script.play(Cassette::builder("shared").fail_on_unused(false)).await;
        }
    }

    #[tokio::test]
    #[ignore = "an act of another test"]
    async fn shares_one() {
        shared("shares_one").await;
    }

    #[tokio::test]
    #[ignore = "an act of another test"]
    async fn shares_two() {
        shared("shares_two").await;
    }
}

/// A package whose tests are the acts, and its provider.
struct Package {
    folder: Folder,
    provider: StandIn,
}

impl Package {
    async fn new() -> Package {
        Package { folder: Folder::new(), provider: StandIn::start().await }
    }

    /// Runs acts in one process; gives what they said. `words` are arguments, and variables with their values.
    async fn run_with(&self, words: &[&str], role: &str, acts: &[&str]) -> String {
        let mut command = Command::new(std::env::current_exe().unwrap());
        for word in words {
            match word.split_once('=') {
                Some((name, value)) if !name.starts_with('-') => command.env(name, value),
                _ => command.arg(word),
            };
        }
        command.env("CARGO_MANIFEST_DIR", self.folder.path()).env_remove("NEXTEST_TEST_NAME");
        if let Some(test) = words.iter().find_map(|word| word.strip_prefix("NEXTEST_TEST_NAME=")) {
            command.env("NEXTEST_TEST_NAME", test);
        }
        command.args(["--include-ignored", "--nocapture", "--exact"]);
        command.args(acts.iter().map(|act| format!("owners::acts::{act}")));
        let child = child::prepare(&mut command, role, Path::new("unused"), &self.provider.url());
        let output = child.wait_with_output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{role}: {told}{said}");
        assert!(told.contains(&format!("test result: ok. {} passed", acts.len())), "{told}");
        said
    }

    async fn run(&self, role: &str, acts: &[&str]) -> String {
        self.run_with(&[], role, acts).await
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("cassettes").join(name)
    }

    /// Which of some words a cassette has recorded.
    fn recorded(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.file(name)).unwrap_or_default();
        let words = ["alpha", "beta", "gamma", "delta"];
        let found =
            |document: &&str| words.into_iter().find(|word| document.contains(&format!("content: {word}")));
        documents(&text).iter().filter_map(found).collect::<Vec<_>>().join("+")
    }

    /// Forgets who has used what, as a fresh clone does not know it.
    fn forget(&self) {
        let ledgers = self.folder.listing().into_iter().filter(|path| path.ends_with(".llm-cassette"));
        let ledgers: Vec<String> = ledgers.collect();
        assert!(!ledgers.is_empty());
        ledgers.iter().for_each(|path| std::fs::remove_dir_all(self.folder.path().join(path)).unwrap());
    }

    fn files(&self) -> Vec<String> {
        self.folder.listing().into_iter().filter(|path| path.ends_with(".yaml")).collect()
    }
}

const HERE: &str = "suite/owners/acts";

#[tokio::test]
async fn each_test_that_a_helper_opens_a_cassette_for_has_a_file_of_its_own_under_any_runner() {
    for words in [&[][..], &["--test-threads=1"], &["--test-threads=4"]] {
        let package = Package::new().await;
        let acts = ["one", "two", "city::case_1_oslo", "city::case_2_rome"];
        package.run_with(words, "record one=alpha two=beta oslo=gamma rome=delta", &acts).await;
        let wanted = ["city/case_1_oslo", "city/case_2_rome", "one", "two"];
        let wanted = wanted.map(|name| format!("cassettes/{HERE}/{name}.yaml"));
        assert_eq!(package.files(), wanted, "{words:?}");
        // Each test alone, in a process as nextest starts it, finds what is its own.
        let test = "owners::acts::two";
        let nextest = [&format!("NEXTEST_TEST_NAME={test}")[..]];
        package.run_with(&nextest, "replay two=beta", &["two"]).await;
    }
}

#[tokio::test]
async fn a_refresh_of_one_test_leaves_what_the_same_helper_recorded_for_others() {
    let package = Package::new().await;
    let acts = ["one", "two", "city::case_1_oslo", "city::case_2_rome"];
    package.run("record one=alpha+beta two=alpha+beta oslo=alpha rome=beta", &acts).await;
    package.run("refresh one=beta", &["one"]).await;
    package.run("refresh oslo=beta", &["city::case_1_oslo"]).await;
    let recorded = |name| package.recorded(&format!("{HERE}/{name}.yaml"));
    // What a test no longer asks for goes from its own file, whoever opens that for it.
    assert_eq!(
        ["one", "two", "city/case_1_oslo", "city/case_2_rome"].map(recorded),
        ["beta", "alpha+beta", "beta", "beta"]
    );
    package.run("replay one=beta two=alpha+beta oslo=beta rome=beta", &acts).await;
}

#[tokio::test]
async fn in_a_fresh_clone_the_name_of_a_file_says_whose_it_is() {
    let package = Package::new().await;
    package.run("record one=alpha+beta", &["one"]).await;
    package.forget();
    package.run("refresh one=alpha", &["one"]).await;
    assert_eq!(package.recorded(&format!("{HERE}/one.yaml")), "alpha");
}

#[tokio::test]
async fn what_one_turn_of_a_loop_used_no_other_turn_takes_out() {
    let file = format!("{HERE}/looped.yaml");
    for forgets in [false, true] {
        let package = Package::new().await;
        package.run("record looped=alpha+beta+gamma", &["looped"]).await;
        if forgets {
            // The first turn cannot know then what the others will ask for, but none loses what one before it has used.
            package.forget();
        }
        package.run("refresh looped=alpha+beta+gamma", &["looped"]).await;
        assert_eq!(package.recorded(&file).split('+').count(), 3, "{forgets}: {}", package.recorded(&file));
        package.run("replay looped=alpha+beta+gamma", &["looped"]).await;
    }
    let package = Package::new().await;
    package.run("record looped=alpha+beta", &["looped"]).await;
    let said = package.run("refresh looped=alpha", &["looped"]).await;
    assert_eq!(package.recorded(&file), "alpha+beta");
    assert!(
        said.contains("1 interaction was not asked for and not taken out: another test, or another handle"),
        "{said}"
    );
    assert!(said.contains("kept 1"), "{said}");
}

#[tokio::test]
async fn what_a_thread_records_that_is_not_a_tests_stays_and_that_is_said() {
    let package = Package::new().await;
    package.run("record worker=alpha+beta", &["worker"]).await;
    assert_eq!(package.files(), ["cassettes/suite/owners/helper.yaml"]);
    let said = package.run("refresh worker=beta", &["worker"]).await;
    assert_eq!(package.recorded("suite/owners/helper.yaml"), "alpha+beta");
    assert!(
        said.contains("1 interaction was not asked for and not taken out: it is not known which test"),
        "{said}"
    );
}

#[tokio::test]
async fn a_cassette_in_a_static_has_one_file_whichever_test_comes_first() {
    let package = Package::new().await;
    package.run("record static_one=alpha static_two=beta", &["static_one", "static_two"]).await;
    assert_eq!(package.files(), [format!("cassettes/{HERE}/SHARED.yaml")]);
    package.run("replay static_two=beta", &["static_two"]).await;
    for forgets in [false, true] {
        if forgets {
            package.forget();
        }
        package.run("refresh static_one=alpha", &["static_one"]).await;
        let recorded = package.recorded(&format!("{HERE}/SHARED.yaml"));
        assert_eq!(recorded.split('+').count(), 2, "{recorded}");
    }
}

#[tokio::test]
async fn what_a_fixture_that_is_made_once_recorded_for_another_test_stays() {
    let package = Package::new().await;
    let one = ["--test-threads=1"];
    let acts = ["once_one", "once_two"];
    package.run_with(&one, "record once_one=alpha once_two=beta", &acts).await;
    for forgets in [false, true] {
        if forgets {
            package.forget();
        }
        package.run("refresh once_one=alpha", &["once_one"]).await;
        assert_eq!(package.recorded(&format!("{HERE}/once_one.yaml")), "alpha+beta", "{forgets}");
    }
}

#[tokio::test]
async fn a_thread_that_is_called_as_a_test_could_be_called_is_not_believed_to_be_one() {
    let package = Package::new().await;
    package.run("record spawns_one=alpha", &["spawns_one"]).await;
    package.run("record spawns_two=beta", &["spawns_two"]).await;
    let name = package.files().concat();
    let name = name.strip_prefix("cassettes/").unwrap();
    package.run("refresh spawns_one=alpha", &["spawns_one"]).await;
    assert_eq!(package.recorded(name), "alpha+beta");
}

#[tokio::test]
async fn a_cassette_that_two_tests_call_their_own_loses_nothing_to_either() {
    let nextest = |act: &str| format!("NEXTEST_TEST_NAME=owners::acts::{act}");
    for (what, words) in [("libtest", None), ("nextest", Some(nextest))] {
        let package = Package::new().await;
        let alone = async |role: &str, act: &str| {
            let words: Vec<String> = words.iter().map(|word| word(act)).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            package.run_with(&words, role, &[act]).await
        };
        alone("record states_one=alpha+beta", "states_one").await;
        alone("record states_two=gamma", "states_two").await;
        let said = alone("refresh states_one=alpha", "states_one").await;
        assert_eq!(package.recorded("stated.yaml"), "alpha+gamma", "{what}");
        assert!(said.contains("not taken out: another test"), "{what}: {said}");
        alone("refresh states_two=gamma", "states_two").await;
        assert_eq!(package.recorded("stated.yaml"), "alpha+gamma", "{what}");
        // Played by another is used by another.
        alone("replay states_two=alpha", "states_two").await;
        alone("refresh states_one=delta", "states_one").await;
        assert!(package.recorded("stated.yaml").contains("alpha"), "{what}");
    }
}

#[tokio::test]
async fn two_tests_of_one_process_that_call_a_cassette_their_own_lose_nothing_without_a_ledger_either() {
    let package = Package::new().await;
    let acts = ["states_one", "states_two"];
    let off = ["LLM_CASSETTE_LEDGER=off"];
    package.run_with(&off, "record states_one=alpha states_two=beta", &acts).await;
    let said = package.run_with(&off, "refresh states_one=alpha states_two=beta", &acts).await;
    assert_eq!(package.recorded("stated.yaml").split('+').count(), 2, "{said}");
}

#[tokio::test]
async fn where_nobody_knows_who_uses_a_cassette_nothing_is_taken_out_and_that_is_said() {
    let package = Package::new().await;
    package.run("record states_one=alpha+beta", &["states_one"]).await;
    package.forget();
    let said = package.run("refresh states_one=alpha", &["states_one"]).await;
    assert_eq!(package.recorded("stated.yaml"), "alpha+beta");
    assert!(
        said.contains("not taken out: it is not known who uses it: the ledger on this machine"),
        "{said}"
    );
    let said =
        package.run_with(&["LLM_CASSETTE_LEDGER=off"], "refresh states_one=alpha", &["states_one"]).await;
    assert!(said.contains("kept 1"), "{said}");
    assert_eq!(package.recorded("stated.yaml"), "alpha+beta");
}

#[tokio::test]
async fn what_another_test_uses_is_not_called_unused() {
    let package = Package::new().await;
    let acts = ["shares_one", "shares_two"];
    package.run("record shares_one=alpha+gamma shares_two=beta", &acts).await;
    // The ledger knows of tests that come later in a run, or in another process.
    let said = package.run("replay shares_one=alpha shares_two=beta", &acts).await;
    assert_eq!(said.matches("unused 1").count(), 1, "{said}");
    let said = package.run("replay shares_two=beta", &["shares_two"]).await;
    assert!(!said.contains("unused"), "{said}");
    // Without one, what another test of this process has used before is known.
    package.forget();
    let words = ["LLM_CASSETTE_LEDGER=off", "--test-threads=1"];
    let said = package.run_with(&words, "replay shares_one=alpha+gamma shares_two=beta", &acts).await;
    assert!(said.contains("unused 1") && !said.contains("unused 2"), "{said}");
}
