//! Bodies that are no text, and large.

use std::fs;
use std::time::Duration;

use crate::Outcome;
use crate::bench::Bench;
use crate::measure::What;
use crate::table::{Cell, Table, cells};
use crate::tools::Name;
use crate::workload::{Size, Work};

const LENGTH: usize = 200_000_000;
const PATIENCE: Duration = Duration::from_secs(120);

pub fn bodies(bench: &Bench) -> Outcome<String> {
    let tools = bench.those(&[Name::Before, Name::LlmCassette, Name::Rvcr, Name::Cassetter]);
    let work = Work::of(LENGTH, Size::Small);
    let folder = |tool: Name| bench.folder().join(format!("large-{tool:?}"));
    let path = |tool: Name| folder(tool).join("large.yaml");
    let recorded = bench.best(&tools, |tool| {
        if folder(tool).exists() {
            fs::remove_dir_all(folder(tool))?;
        }
        fs::create_dir_all(folder(tool))?;
        bench.run(tool, What::RecordLarge, work, &path(tool), PATIENCE)
    })?;
    let replayed =
        bench.best(&tools, |tool| bench.run(tool, What::ReplayLarge, work, &path(tool), PATIENCE))?;
    let mut table = Table::new(
        "An answer of 200 MB that is no text (peak memory beyond that of the client)",
        &["memory", "first chunk after", "all after", "from the last chunk but one to the end", "finish"],
    );
    for (part, all) in [("recorded", &recorded), ("replayed", &replayed)] {
        for (tool, told) in all {
            let row = cells(told, 5, |numbers| {
                vec![
                    Cell::memory_of(numbers["memory"], LENGTH as f64),
                    Cell::time(numbers["first"]),
                    Cell::time(numbers["all"]),
                    Cell::time(numbers["held-back"]),
                    numbers.get("finish").map_or(Cell::text(""), |finish| Cell::time(*finish)),
                ]
            });
            table.row(*tool, part, row);
        }
    }
    for tool in tools {
        fs::remove_dir_all(folder(tool))?;
    }
    for part in ["recorded", "replayed"] {
        bench.sum_up(&format!("a body of 200 MB {part}, peak memory"), &table.column(part, 0), "large");
    }
    bench.sum_up("… recorded, its last chunk held back", &table.column("recorded", 3), "large");
    Ok(table.text())
}
