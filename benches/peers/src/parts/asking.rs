//! Replay, of distinct requests and of the same.

use std::time::Duration;

use crate::Outcome;
use crate::bench::Bench;
use crate::measure::What;
use crate::table::{Cell, Table, cells, grouped};
use crate::tools::Name;
use crate::workload::{Size, Work};

const PATIENCE: Duration = Duration::from_secs(40);

pub fn replay(bench: &Bench) -> Outcome<String> {
    const COUNTS: [usize; 3] = [10, 1_000, 100_000];
    let tools = bench.those(&Name::ALL);
    let mut rows: Vec<(Name, Vec<Cell>, Vec<Cell>)> =
        tools.iter().map(|tool| (*tool, Vec::new(), Vec::new())).collect();
    for count in COUNTS {
        let work = Work::of(count, Size::Small);
        bench.generate_all(&tools, work)?;
        let all = bench.best(&tools, |tool| match bench.generate(tool, work)? {
            Ok(path) => bench.run(tool, What::Replay, work, &path, PATIENCE),
            Err(why) => Ok(Err(why)),
        })?;
        for ((_, told), (_, first, again)) in all.iter().zip(&mut rows) {
            for (round, row) in [("first", first), ("again", again)] {
                row.extend(cells(told, 1, |numbers| {
                    let of = |name: &str| numbers[&format!("{round}-{name}")];
                    vec![Cell::times(of("median"), of("p99"))]
                }));
            }
        }
        for tool in &tools {
            bench.forget(*tool, work)?;
        }
    }
    let mut table = Table::new(
        "Replay, per request (median / 99th percentile)",
        &["10 interactions", "1,000", "100,000", "matching"],
    );
    for (tool, mut first, again) in rows {
        first.push(Cell::text(tool.matching()));
        table.row(tool, "each request once", first);
        table.row(tool, "the same again", again);
    }
    for (column, count) in ["10", "1,000", "100,000"].into_iter().enumerate() {
        for part in ["each request once", "the same again"] {
            let what = format!("replay of {count}, {part}");
            bench.sum_up(&what, &table.column(part, column), "replay");
        }
    }
    Ok(table.text())
}

pub fn takes(bench: &Bench) -> Outcome<String> {
    let columns = [
        ("1,000 distinct", Work::of(1_000, Size::Small)),
        ("1,000 identical", Work::takes(1_000)),
        ("10,000 distinct", Work::of(10_000, Size::Small)),
        ("10,000 identical", Work::takes(10_000)),
        ("100,000 identical", Work::takes(100_000)),
    ];
    let tools = bench.those(&Name::ALL);
    let mut rows: Vec<(Name, Vec<Cell>)> = tools.iter().map(|tool| (*tool, Vec::new())).collect();
    for (_, work) in columns {
        bench.generate_all(&tools, work)?;
        let all = bench.best(&tools, |tool| match bench.generate(tool, work)? {
            Ok(path) => bench.run(tool, What::PlayAll, work, &path, PATIENCE),
            Err(why) => Ok(Err(why)),
        })?;
        for ((_, told), (_, row)) in all.iter().zip(&mut rows) {
            row.extend(cells(told, 1, |numbers| {
                let done = numbers["done"] as usize;
                let cell = Cell::time(numbers["each"]);
                vec![match done < work.count {
                    true => cell.with(&format!(" for the first {}", grouped(done))),
                    false => cell,
                }]
            }));
        }
    }
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let mut table = Table::new("All recordings of a cassette, each played once, per request (mean)", &names);
    for (tool, row) in rows {
        table.row(tool, "", row);
    }
    for (column, name) in names.into_iter().enumerate() {
        bench.sum_up(&format!("replay of all {name} recordings, each"), &table.column("", column), "takes");
    }
    Ok(table.text())
}
