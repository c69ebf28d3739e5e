//! Calls in parallel: each gets its own answer, and the file does not show which of them was quicker.

use llm_cassette::Mode;

use crate::stand_in::{Gate, Script, StandIn};
use crate::support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_threads_are_each_answered_right() {
    const THREADS: usize = 50;
    let folder = Folder::new();
    let provider = StandIn::start().await;
    let base = provider.url();
    let runtime = tokio::runtime::Handle::current();
    let mut before = Vec::new();
    for mode in [Mode::Record, Mode::Replay] {
        let cassette = folder.open(mode);
        // One client for all of them, as programs have it.
        let client = client(&cassette);
        let barrier = std::sync::Barrier::new(THREADS);
        let answers: Vec<String> = std::thread::scope(|scope| {
            let ask_one = |n: usize| {
                let (client, base, barrier, runtime) = (&client, &base, &barrier, &runtime);
                move || {
                    barrier.wait();
                    runtime.block_on(async {
                        let answer = ask(client, base, &format!("What is {n} times 7?")).await.unwrap();
                        answer.text().await.unwrap()
                    })
                }
            };
            let threads: Vec<_> = (0..THREADS).map(|n| scope.spawn(ask_one(n))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for (n, answer) in answers.iter().enumerate() {
            assert!(answer.contains(&format!("{n} times 7 is {}.", n * 7)), "{mode}: {answer}");
        }
        let report = cassette.finish().unwrap();
        match mode {
            Mode::Record => assert_eq!((report.recorded, report.played), (THREADS, 0)),
            _ => assert_eq!((report.recorded, report.played), (0, THREADS)),
        }
        before.push(answers);
    }
    assert_eq!(before[0], before[1], "replay gives the bytes that were recorded");
    assert_eq!(provider.calls(), THREADS);
}

/// Begins calls one after the other, lets them finish in the given order, and gives the file.
async fn recorded(provider: &StandIn, mode: Mode, folder: &Folder, finish: &[usize]) -> String {
    const QUESTIONS: [&str; 5] = ["question a", "question b", "question c", "question b", "question d"];
    let cassette = folder.open(mode);
    let client = client(&cassette);
    let mut calls = Vec::new();
    for (n, question) in QUESTIONS.into_iter().enumerate() {
        let gate = Gate::closed();
        // Identical requests get different answers.
        provider.on(Script::says(&format!("answer {n}")).when(asks(question)).hold(&gate));
        let (client, base) = (client.clone(), provider.url());
        let call =
            tokio::spawn(
                async move { ask(&client, &base, question).await?.text().await.map_err(From::from) },
            );
        gate.arrived(1).await;
        calls.push(Some((gate, call)));
    }
    for n in finish {
        let (gate, call) = calls[*n].take().unwrap();
        gate.open();
        let answer: reqwest_middleware::Result<String> = call.await.unwrap();
        assert!(answer.unwrap().contains(&format!("answer {n}")));
    }
    assert_eq!(cassette.finish().unwrap().recorded, 5);
    let text = folder.text();
    text.lines().filter(|line| !line.starts_with("recorded_at: ")).map(|line| format!("{line}\n")).collect()
}

#[tokio::test]
async fn the_file_is_the_same_whatever_order_the_calls_finish_in() {
    let provider = StandIn::start().await;
    // No ids that differ from call to call, so that nothing but the order could.
    provider.stable(true);
    for mode in [Mode::Record, Mode::Refresh] {
        let forwards = recorded(&provider, mode, &Folder::new(), &[0, 1, 2, 3, 4]).await;
        let places = [0, 1, 2, 3, 4].map(|n| forwards.find(&format!("answer {n}")).unwrap());
        assert!(places.is_sorted(), "the order of the file is that in which calls began: {forwards}");
        for order in [[4, 3, 2, 1, 0], [2, 4, 0, 3, 1]] {
            let other = recorded(&provider, mode, &Folder::new(), &order).await;
            assert_eq!(other, forwards, "{mode}, finished in the order {order:?}");
        }
    }
}

#[tokio::test]
async fn a_refresh_whose_calls_finish_in_another_order_changes_no_line() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    recorded(&provider, Mode::Record, &folder, &[0, 1, 2, 3, 4]).await;
    let before = folder.text();
    provider.salt(1);
    recorded(&provider, Mode::Refresh, &folder, &[4, 3, 2, 1, 0]).await;
    assert_eq!(folder.text(), before);
}

#[tokio::test]
async fn a_recording_in_two_goes_keeps_the_first_as_it_was() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    record(&folder, &provider.url(), &["question x", "question y"]).await;
    let before = folder.text();
    recorded(&provider, Mode::Record, &folder, &[4, 3, 2, 1, 0]).await;
    assert!(folder.text().starts_with(&before));
    assert_eq!(documents(&folder.text()).len(), 7);
}

#[tokio::test]
async fn requests_may_come_in_any_order() {
    let provider = StandIn::start().await;
    let folder = Folder::new();
    record(&folder, &provider.url(), &["one", "two", "three"]).await;
    let cassette = folder.open(Mode::Replay);
    let client = client(&cassette);
    for question in ["three", "one", "two"] {
        let answer = ask(&client, &provider.url(), question).await.unwrap().text().await.unwrap();
        assert!(answer.contains(question), "{answer}");
    }
    assert_eq!(cassette.finish().unwrap().unused, Vec::<String>::new());
}
