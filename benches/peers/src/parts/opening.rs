//! What is paid before anything is asked.

use std::fs;
use std::time::Duration;

use crate::Outcome;
use crate::bench::Bench;
use crate::measure::What;
use crate::table::{Cell, Table, cells, megabytes};
use crate::tools::Name;
use crate::workload::{Size, Work};

const PATIENCE: Duration = Duration::from_secs(20);

pub fn opening(bench: &Bench) -> Outcome<String> {
    let tools = bench.those(&[Name::Before, Name::LlmCassette, Name::Rvcr, Name::Cassetter]);
    let work = Work::of(10_000, Size::EightKilobytes);
    bench.generate_all(&tools, work)?;
    let measured = |what: What| {
        bench.best(&tools, |tool| match bench.generate(tool, work)? {
            Ok(path) => bench.run(tool, what, work, &path, PATIENCE),
            Err(why) => Ok(Err(why)),
        })
    };
    let (opened, asked) = (measured(What::Open)?, measured(What::OpenAndAsk)?);
    let mut table = Table::new(
        "Opening 10,000 interactions of 8 KB (peak memory beyond that of the client)",
        &["file", "opening", "memory", "opening and one request", "memory"],
    );
    for ((tool, opened), (_, asked)) in opened.iter().zip(&asked) {
        let mut row = vec![match bench.generate(*tool, work)? {
            Ok(path) => Cell::text(megabytes(fs::metadata(&path)?.len() as f64)),
            Err(why) => Cell::text(why),
        }];
        for told in [opened, asked] {
            row.extend(cells(told, 2, |numbers| {
                vec![Cell::time(numbers["time"]), Cell::memory(numbers["memory"])]
            }));
        }
        table.row(*tool, "", row);
    }
    bench.sum_up("opening 10,000 × 8 KB", &table.column("", 1), "opening");
    bench.sum_up("… memory", &table.column("", 2), "opening");
    Ok(table.text())
}

pub fn start(bench: &Bench) -> Outcome<String> {
    let tools = bench.those(&Name::ALL);
    let work = Work::of(10, Size::Small);
    let all = bench.best(&tools, |tool| match bench.generate(tool, work)? {
        Ok(path) => bench.run(tool, What::Start, work, &path, PATIENCE),
        Err(why) => Ok(Err(why)),
    })?;
    let mut table = Table::new(
        "A process that opens a cassette of 10, asks once and ends",
        &["processor time", "peak memory"],
    );
    for (tool, told) in all {
        let row =
            cells(&told, 2, |numbers| vec![Cell::time(numbers["time"]), Cell::memory(numbers["memory"])]);
        table.row(tool, "", row);
    }
    bench.sum_up("start of a process, processor time", &table.column("", 0), "start");
    Ok(table.text())
}
