//! Recording, into empty and into large cassettes, and refreshing.

use std::fs;
use std::time::Duration;

use crate::Outcome;
use crate::bench::Bench;
use crate::measure::What;
use crate::table::{Cell, Table, cells};
use crate::tools::Name;
use crate::workload::{Size, Work};

const PATIENCE: Duration = Duration::from_secs(60);

pub fn growth(bench: &Bench) -> Outcome<String> {
    const THERE: [usize; 3] = [0, 10_000, 100_000];
    let tools = bench.those(&Name::ALL);
    let new = Work::of(1_000, Size::Small);
    let mut rows: Vec<(Name, Vec<Cell>)> = tools.iter().map(|tool| (*tool, Vec::new())).collect();
    for there in THERE {
        let path = bench.folder().join("grown.yaml");
        let work = Work::of(there, Size::Small);
        if there > 0 {
            bench.generate_all(&tools, work)?;
        }
        let all = bench.best(&tools, |tool| {
            if path.exists() {
                fs::remove_file(&path)?;
            }
            if there > 0 && tool != Name::Floor {
                match bench.generate(tool, work)? {
                    Ok(generated) => drop(fs::copy(generated, &path)?),
                    Err(why) => return Ok(Err(why)),
                }
            }
            bench.run(tool, What::Add, new, &path, PATIENCE)
        })?;
        for ((_, told), (_, row)) in all.iter().zip(&mut rows) {
            row.extend(cells(told, 2, |numbers| {
                vec![Cell::time(numbers["each"]), Cell::time(numbers["finish"])]
            }));
        }
    }
    let mut table = Table::new(
        "1,000 new requests into a cassette that has others, per call (mean), and its share of the end",
        &["into an empty one", "end", "into 10,000", "end", "into 100,000", "end"],
    );
    for (tool, row) in rows {
        table.row(tool, "", row);
    }
    for (column, there) in [(0, "an empty cassette"), (2, "one of 10,000"), (4, "one of 100,000")] {
        bench.sum_up(&format!("recording into {there}, per call"), &table.column("", column), "growth");
    }
    Ok(table.text() + "\nWhat answers stands behind the recorder, at once; for cassetter it is a server.\n")
}

pub fn per_call(bench: &Bench) -> Outcome<String> {
    let tools = bench.those(&[Name::Before, Name::LlmCassette, Name::Rvcr, Name::Cassetter]);
    let path = bench.folder().join("recorded.yaml");
    let all = bench.best(&tools, |tool| {
        if path.exists() {
            fs::remove_file(&path)?;
        }
        bench.run(tool, What::Record, Work::of(0, Size::Small), &path, PATIENCE)
    })?;
    let mut table = Table::new(
        "Recording, per call of a server on this machine",
        &[
            "call without recorder",
            "recorder adds, first 100 calls",
            "after 1,000 calls",
            "share of the end",
            "on disk after each call",
        ],
    );
    for (tool, told) in all {
        let durable = match tool {
            Name::Before | Name::LlmCassette => "yes, appended",
            Name::Rvcr => "no, written at the end",
            Name::Cassetter => "yes, the whole file again",
            Name::Floor => "",
        };
        let row = cells(&told, 5, |numbers| {
            vec![
                Cell::time(numbers["first-without"]),
                Cell::time(numbers["first"] - numbers["first-without"]),
                Cell::time(numbers["later"] - numbers["later-without"]),
                Cell::time(numbers["finish"]),
                Cell::text(durable),
            ]
        });
        table.row(tool, "", row);
    }
    bench.sum_up("recording from a server adds, per call", &table.column("", 2), "recording");
    Ok(table.text())
}

pub fn refresh(bench: &Bench) -> Outcome<String> {
    let tools = bench.those(&[Name::Before, Name::LlmCassette]);
    let work = Work::of(1_000, Size::EightKilobytes);
    let mut table = Table::new(
        "1,000 × 8 KB recorded, and asked again with the same answers",
        &["recording", "refresh", "refresh beside recording"],
    );
    let recorded = |tool: Name| bench.folder().join(format!("refreshed-{tool:?}.yaml"));
    let recording = bench.best(&tools, |tool| {
        let path = recorded(tool);
        if path.exists() {
            fs::remove_file(&path)?;
        }
        bench.run(tool, What::Add, work, &path, PATIENCE)
    })?;
    let refreshing =
        bench.best(&tools, |tool| bench.run(tool, What::Refresh, work, &recorded(tool), PATIENCE))?;
    for ((tool, recording), (_, refreshing)) in recording.iter().zip(&refreshing) {
        let of = |told: &Result<crate::bench::Numbers, String>| {
            told.as_ref().map(|numbers| numbers["all"]).map_err(Clone::clone)
        };
        let row = match (of(recording), of(refreshing)) {
            (Ok(recording), Ok(refreshing)) => vec![
                Cell::time(recording),
                Cell::time(refreshing),
                Cell::text(format!("{:.2} ×", refreshing / recording)),
            ],
            (Err(why), _) | (_, Err(why)) => vec![Cell::text(why)],
        };
        table.row(*tool, "", row);
    }
    bench.sum_up("refresh of 1,000 × 8 KB unchanged", &table.column("", 1), "refresh");
    bench.sum_up("… beside recording them", &table.column("", 2), "refresh");
    Ok(table.text())
}

pub fn prose(bench: &Bench) -> Outcome<String> {
    let tools = bench.those(&[Name::Before, Name::LlmCassette, Name::Rvcr]);
    let path = bench.folder().join("prose.yaml");
    let all = bench.best(&tools, |tool| {
        if path.exists() {
            fs::remove_file(&path)?;
        }
        bench.run(tool, What::Prose, Work::of(1, Size::EightMegabytes), &path, PATIENCE)
    })?;
    let mut table = Table::new(
        "A request and an answer of 4 MB each, all that is done with them",
        &["recorded", "replayed once", "the same again"],
    );
    for (tool, told) in all {
        let row = cells(&told, 3, |numbers| {
            ["record", "first", "again"].map(|name| Cell::rate(1.0 / numbers[name])).to_vec()
        });
        table.row(tool, "", row);
    }
    bench.sum_up("recording of prose, all that is done", &table.column("", 0), "redaction");
    bench.sum_up("replay of prose, the same again", &table.column("", 2), "redaction");
    Ok(table.text())
}
