//! What the layout forbids, and where a tree does it all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::tree::{Module, Named, Tree};

/// A rule that is broken, and where.
#[derive(Debug)]
pub struct Violation {
    /// What is wrong, without the lines, which move with every edit.
    pub what: String,
    pub rule: String,
    pub places: Vec<Place>,
}

#[derive(Debug, PartialEq)]
pub struct Place {
    pub file: String,
    pub line: usize,
    /// Of a circle, which arrow of it this is.
    pub arrow: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n  rule: {}", self.what, self.rule)?;
        for Place { file, line, arrow } in &self.places {
            writeln!(f, "  {}", format!("{file}:{line} {arrow}").trim_end())?;
        }
        Ok(())
    }
}

/// Imports that run upward. `wings` is the list from top to bottom.
pub fn upward(tree: &Tree, wings: &[&str]) -> Vec<Violation> {
    let rank = |wing: &str| wings.iter().position(|name| *name == wing);
    let rule = format!("imports run one way: {}", wings.join(" → "));
    let mut found = Violations::default();
    for named in &tree.named {
        let Some(own) = named.from.first() else { continue };
        let Some(here) = rank(own) else {
            found.add(format!("{own} is not a wing"), &rule, named);
            continue;
        };
        let modules = tree.places(named).modules;
        if modules.iter().all(Vec::is_empty) && !modules.is_empty() && named.path.len() > 1 {
            found.add(format!("{} → the root of the crate", named.file), &rule, named);
        }
        for wing in modules.iter().filter_map(|module| module.first()) {
            if rank(wing).is_none_or(|there| there < here) {
                found.add(format!("{} → {wing}", named.file), &rule, named);
            }
        }
    }
    found.list()
}

/// Imports that run downward and still lead where a wing has no business. `strangers` are wings and whom they may not know.
pub fn strangers(tree: &Tree, strangers: &[(&str, &[&str])]) -> Vec<Violation> {
    let mut found = Violations::default();
    for named in &tree.named {
        let unknown = strangers.iter().filter(|(wing, _)| named.from.first().is_some_and(|own| own == wing));
        for (wing, unknown) in unknown {
            for other in tree.places(named).modules.iter().filter_map(|module| module.first()) {
                if unknown.contains(&other.as_str()) {
                    let rule = format!("{wing} may not know {}", unknown.join(", "));
                    found.add(format!("{} → {other}", named.file), &rule, named);
                }
            }
        }
    }
    found.list()
}

/// Paths into other crates that only some may name. `allowed` are files and folders.
pub fn outside(tree: &Tree, forbidden: &[&str], allowed: &[&str]) -> Vec<Violation> {
    let mut found = Violations::default();
    for named in &tree.named {
        let is_allowed = |place: &str| {
            named.file.strip_prefix(place).is_some_and(|rest| rest.is_empty() || place.ends_with('/'))
        };
        if allowed.iter().any(|place| is_allowed(place)) {
            continue;
        }
        for path in tree.places(named).outside {
            let whole = path.join("::");
            let is_forbidden = |name: &&&str| {
                whole.strip_prefix(**name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            };
            if let Some(name) = forbidden.iter().find(is_forbidden) {
                let rule = format!("only these may name `{name}`: {}", allowed.join(", "));
                found.add(format!("{} → {name}", named.file), &rule, named);
            }
        }
    }
    found.list()
}

/// Macros that no file may call but those that are named.
pub fn macros(tree: &Tree, forbidden: &[&str], allowed: &[&str]) -> Vec<Violation> {
    let mut found = Violations::default();
    for named in &tree.macros {
        if forbidden.contains(&named.path[0].as_str()) && !allowed.contains(&named.file.as_str()) {
            let rule = format!("what people read goes through {}", allowed.join(", "));
            found.add(format!("{} → {}!", named.file, named.path[0]), &rule, named);
        }
    }
    found.list()
}

/// Modules beside each other that need each other. Rooms are the modules directly inside another, with all that is inside
/// them; a module and what is inside it are one family, and may name each other.
pub fn circles(tree: &Tree) -> Vec<Violation> {
    // By the module that they are in: from which room to which, and where that is first said.
    let mut arrows: BTreeMap<Module, BTreeMap<(String, String), &Named>> = BTreeMap::new();
    for named in &tree.named {
        for to in tree.places(named).modules {
            let shared = named.from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if let (Some(from), Some(to)) = (named.from.get(shared), to.get(shared)) {
                let arrows = arrows.entry(named.from[..shared].to_vec()).or_default();
                arrows.entry((from.clone(), to.clone())).or_insert(named);
            }
        }
    }
    // Between wings, which are the rooms of the root, a circle has an import that runs upward.
    arrows.remove(&Module::new());
    let rule = "modules beside each other form no circle; what both need goes to one below them";
    let mut found = Violations::default();
    for (parent, arrows) in arrows {
        for circle in rings(&arrows.keys().map(|(from, to)| (from.as_str(), to.as_str())).collect()) {
            let names = circle.iter().copied().collect::<Vec<_>>().join(", ");
            let what = format!("circle in {}: {names}", parent.join("::"));
            let within =
                arrows.iter().filter(|((from, to), _)| circle.contains(&**from) && circle.contains(&**to));
            for ((from, to), named) in within {
                found.add_arrow(what.clone(), rule, named, format!("{from} → {to}"));
            }
        }
    }
    found.list()
}

/// The largest sets of names in which each leads to each other one.
fn rings<'a>(arrows: &BTreeSet<(&'a str, &'a str)>) -> Vec<BTreeSet<&'a str>> {
    let reached = |start: &'a str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![start];
        while let Some(name) = open.pop() {
            let next = arrows.iter().filter(|(from, _)| *from == name).map(|(_, to)| *to);
            open.extend(next.filter(|to| seen.insert(*to)));
        }
        seen
    };
    let names: BTreeSet<&str> = arrows.iter().map(|(from, _)| *from).collect();
    let reach: BTreeMap<&str, BTreeSet<&str>> = names.into_iter().map(|name| (name, reached(name))).collect();
    let ring = |name: &'a str| -> BTreeSet<&'a str> {
        let back = |other: &&str| reach.get(other).is_some_and(|reach| reach.contains(name));
        reach[name].iter().copied().filter(back).collect()
    };
    let rings: BTreeSet<BTreeSet<&str>> = reach.keys().map(|name| ring(name)).collect();
    rings.into_iter().filter(|ring| !ring.is_empty()).collect()
}

#[derive(Default)]
struct Violations(BTreeMap<String, Violation>);

impl Violations {
    fn add(&mut self, what: String, rule: &str, named: &Named) {
        self.add_arrow(what, rule, named, String::new());
    }

    fn add_arrow(&mut self, what: String, rule: &str, named: &Named, arrow: String) {
        let new = || Violation { what: what.clone(), rule: rule.to_owned(), places: Vec::new() };
        let places = &mut self.0.entry(what.clone()).or_insert_with(new).places;
        let place = Place { file: named.file.clone(), line: named.line, arrow };
        if !places.contains(&place) {
            places.push(place);
        }
    }

    fn list(self) -> Vec<Violation> {
        self.0.into_values().collect()
    }
}
