//! Cassettes in every form, changed at random: reading, checking, formatting, comparing and replaying them neither panics
//! nor hangs, takes little memory, and never gives a body that is not the recorded one without an error, unless the
//! document says so.
//!
//! The cassettes are read in a process of its own, under limits of the system, since a panic is not the worst that can
//! happen. `LLM_CASSETTE_FUZZ_SECONDS=60` goes on for so long, `LLM_CASSETTE_FUZZ_COUNT=20000` for so many, and
//! `LLM_CASSETTE_FUZZ_SEED=7` begins elsewhere.

mod examine;
mod mutate;
mod oracle;
mod seeds;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use examine::Examiner;
use mutate::{Chance, mutate};

/// The address space of the process that reads: what the program itself takes, and many times the largest cassette here.
const MEMORY_KIB: u64 = 1 << 20;

/// How long one cassette may take the processor, without optimisation; by the clock where the system does not tell. To take
/// apart what a merge might have interleaved costs the most, some seconds each time that a file is read.
const LONGEST: Duration = Duration::from_secs(90);

/// Tells the child from the test.
const CHILD: &str = "LLM_CASSETTE_TEST_FUZZ_CHILD";

const NAME: &str = "cli::tests::fuzz::mutated_cassettes_are_read_within_limits_and_never_wrong";

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn mutated_cassettes_are_read_within_limits_and_never_wrong() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return child(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let script =
        if cfg!(unix) { format!("ulimit -v {MEMORY_KIB}; exec \"$0\" \"$@\"") } else { String::new() };
    let program = std::env::current_exe().unwrap();
    let mut command = if cfg!(unix) { Command::new("sh") } else { Command::new(&program) };
    if cfg!(unix) {
        command.args(["-c", &script]).arg(&program);
    }
    // Each arena of the C library takes address space of its own.
    command.args([NAME, "--exact", "--nocapture"]).env(CHILD, folder.path()).env("MALLOC_ARENA_MAX", "1");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let progress = fs::read_to_string(folder.path().join("progress")).unwrap_or_default();
    if !output.status.success() {
        let kept = std::env::temp_dir().join(format!("llm-cassette-fuzz-{progress}.yaml"));
        let _ = fs::copy(folder.path().join("mutant.yaml"), &kept);
        panic!("seed {progress} ({}), kept as {}\n{said}", output.status, kept.display());
    }
    println!("{}", said.lines().filter(|line| line.starts_with("fuzz:")).collect::<Vec<_>>().join("\n"));
}

/// Reads one mutated cassette after the other.
fn child(folder: &Path) {
    let seeds = seeds::all(folder);
    let mut examiner = Examiner::new(&seeds);
    let (begun, now) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    watch(Arc::clone(&now));
    let first = number("LLM_CASSETTE_FUZZ_SEED").unwrap_or(1);
    let seconds = number("LLM_CASSETTE_FUZZ_SECONDS");
    let count = number("LLM_CASSETTE_FUZZ_COUNT").unwrap_or(if seconds.is_some() { u64::MAX } else { 400 });
    let (mut done, mut slowest, mut wrong) = (0, (Duration::ZERO, 0, 0), Vec::new());
    for seed in (first..).take(usize::try_from(count).unwrap_or(usize::MAX)) {
        if seconds.is_some_and(|seconds| begun.elapsed().as_secs() >= seconds) {
            break;
        }
        fs::write(folder.join("progress"), seed.to_string()).unwrap();
        now.store(seed, Ordering::Relaxed);
        let started = processor_time().unwrap_or_else(|| begun.elapsed());
        let mut chance = Chance::new(seed);
        let original = chance.below(seeds.len());
        let mutant = mutate(&seeds, original, &mut chance);
        fs::write(folder.join("mutant.yaml"), &mutant.bytes).unwrap();
        if let Err(what) = examiner.examine(&seeds[original], &mutant, &folder.join("mutant.yaml")) {
            wrong.push(format!("seed {seed}, of {}: {what}", seeds[original].name));
        }
        if wrong.len() == 10 {
            break;
        }
        slowest = slowest.max((
            processor_time().unwrap_or_else(|| begun.elapsed()).saturating_sub(started),
            seed,
            mutant.bytes.len(),
        ));
        done += 1;
    }
    let (time, seed, size) = slowest;
    println!("\nfuzz: {done} mutated cassettes of {} seeds; {}", seeds.len(), examiner.summary());
    println!("fuzz: the slowest took {} ms: seed {seed}, {size} bytes", time.as_millis());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Ends the process when one cassette takes too long: what hangs does not come back to say so.
fn watch(now: Arc<AtomicU64>) {
    let begun = Instant::now();
    std::thread::spawn(move || {
        let mut seen = (0, Duration::ZERO);
        loop {
            std::thread::sleep(Duration::from_millis(200));
            let time = processor_time().unwrap_or_else(|| begun.elapsed());
            let current = now.load(Ordering::Relaxed);
            if current != seen.0 {
                seen = (current, time);
            } else if time.saturating_sub(seen.1) > LONGEST {
                eprintln!("one cassette took more than {LONGEST:?}");
                std::process::abort();
            }
        }
    });
}

/// What this process has had of the processor, in hundredths of a second.
fn processor_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}
