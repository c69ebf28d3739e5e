//! The modules of a crate, read from its text: what each declares, what it imports, and which paths it names. There is
//! no compiler here: what a name means is found as the compiler does it, for the little that paths need.

use std::collections::{BTreeMap, BTreeSet};

use crate::tokens::{Token, tokens};

/// A module: the names that lead to it from the root of the crate, which is the empty list.
pub type Module = Vec<String>;

/// Stands before the first name of a path that begins with `::`, as those of other crates do.
const ABSOLUTE: &str = "";

/// A path that some module names.
#[derive(Clone, Debug)]
pub struct Named {
    pub from: Module,
    pub file: String,
    pub line: usize,
    pub path: Vec<String>,
}

/// Where a path leads.
#[derive(Debug, Default, PartialEq)]
pub struct Places {
    /// The modules of this crate: the one that is written, and the one that has what it passes on.
    pub modules: BTreeSet<Module>,
    /// Paths into other crates, with what imports have shortened written out.
    pub outside: BTreeSet<Vec<String>>,
}

#[derive(Default)]
struct Contents {
    items: BTreeSet<String>,
    /// What imports of the module bind, and how they wrote it.
    imports: BTreeMap<String, Vec<Vec<String>>>,
    /// What is imported in the middle of a function: others cannot get it from here.
    inner_imports: BTreeMap<String, Vec<Vec<String>>>,
    globs: Vec<Vec<String>>,
}

#[derive(Default)]
pub struct Tree {
    modules: BTreeMap<Module, Contents>,
    pub named: Vec<Named>,
    /// Calls of macros, by name.
    pub macros: Vec<Named>,
    /// What this reader cannot follow, so that nobody relies on what it has not seen.
    pub unreadable: Vec<(String, usize, &'static str)>,
}

impl Tree {
    /// Reads the files of a crate; each name begins with `src/`. Programs in `src/bin` are crates of their own.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Tree {
        let mut tree = Tree::default();
        for (name, text) in files {
            if name.starts_with("src/bin/") || name == "src/main.rs" {
                continue;
            }
            let path = name.trim_start_matches("src/").trim_end_matches(".rs");
            let path = path.trim_end_matches("/mod");
            let module = path.split('/').filter(|name| *name != "lib").map(str::to_owned).collect();
            FileReader {
                tree: &mut tree,
                file: name,
                tokens: tokens(text),
                at: 0,
                scopes: vec![(module, 0)],
                depth: 0,
                exports_macro: false,
            }
            .read();
        }
        tree
    }

    /// Where a path leads, with each step that an import adds.
    pub fn places(&self, named: &Named) -> Places {
        let mut places = self.search(&named.from, &named.path, true);
        places.modules.remove(&named.from);
        places
    }

    fn search(&self, from: &[String], path: &[String], with_globs: bool) -> Places {
        let mut search = Search { tree: self, with_globs, seen: BTreeSet::new(), places: Places::default() };
        search.follow(from, path, true);
        search.places
    }

    /// Whether a name means something in a module.
    fn has(&self, module: &[String], name: &str, with_globs: bool) -> bool {
        let Some(contents) = self.modules.get(module) else { return false };
        contents.items.contains(name)
            || contents.imports.contains_key(name)
            || self.modules.contains_key(&child(module, name))
            || with_globs && contents.globs.iter().any(|glob| self.glob_has(module, glob, name))
    }

    /// Whether a name comes through a glob. Those behind a second glob are not found: it would lead round in circles.
    fn glob_has(&self, module: &[String], glob: &[String], name: &str) -> bool {
        self.search(module, glob, false).modules.iter().any(|module| self.has(module, name, false))
    }
}

struct Search<'a> {
    tree: &'a Tree,
    with_globs: bool,
    seen: BTreeSet<(Module, Vec<String>)>,
    places: Places,
}

impl Search<'_> {
    /// Follows a path as it stands in a module.
    fn follow(&mut self, from: &[String], path: &[String], is_written_here: bool) {
        if !self.seen.insert((from.to_vec(), path.to_vec())) {
            return;
        }
        let Some(first) = path.first() else { return };
        match first.as_str() {
            ABSOLUTE => _ = self.places.outside.insert(path[1..].to_vec()),
            "crate" => self.walk(Vec::new(), &path[1..]),
            "self" => self.walk(from.to_vec(), &path[1..]),
            "super" => {
                let supers = path.iter().take_while(|name| *name == "super").count();
                self.walk(from[..from.len().saturating_sub(supers)].to_vec(), &path[supers..]);
            }
            name => {
                let contents = self.tree.modules.get(from);
                let inner = contents.and_then(|contents| contents.inner_imports.get(name));
                if let Some(imports) = inner.filter(|_| is_written_here) {
                    for import in imports {
                        self.follow(from, &[import, &path[1..]].concat(), true);
                    }
                } else if self.tree.has(from, name, self.with_globs) {
                    self.walk(from.to_vec(), path);
                } else {
                    self.places.outside.insert(path.to_vec());
                }
            }
        }
    }

    /// Goes down from a module, name by name.
    fn walk(&mut self, mut module: Module, mut path: &[String]) {
        while let Some((name, rest)) = path.split_first() {
            let below = child(&module, name);
            if !self.tree.modules.contains_key(&below) {
                break;
            }
            (module, path) = (below, rest);
        }
        let (Some((name, rest)), Some(contents)) = (path.split_first(), self.tree.modules.get(&module))
        else {
            self.places.modules.insert(module);
            return;
        };
        // The root has the names of the crate for others, and passes them on to its own.
        if !module.is_empty() || !contents.imports.contains_key(name) {
            self.places.modules.insert(module.clone());
        }
        if let Some(imports) = contents.imports.get(name) {
            for import in imports {
                self.follow(&module, &[import, rest].concat(), false);
            }
        } else if !contents.items.contains(name) {
            let globs: &[Vec<String>] = if self.with_globs { &contents.globs } else { &[] };
            for glob in globs {
                if self.tree.glob_has(&module, glob, name) {
                    self.follow(&module, &[glob.as_slice(), path].concat(), false);
                }
            }
        }
    }
}

fn child(module: &[String], name: &str) -> Module {
    module.iter().map(String::as_str).chain([name]).map(str::to_owned).collect()
}

struct FileReader<'a> {
    tree: &'a mut Tree,
    file: &'a str,
    tokens: Vec<(Token<'a>, usize)>,
    at: usize,
    /// The modules that are open, and how many braces were when each began.
    scopes: Vec<(Module, usize)>,
    depth: usize,
    /// Whether `#[macro_export]` has been read, and not yet the macro that it stands at.
    exports_macro: bool,
}

/// What a branch of an import gives: a path, and the name that it gets; none for a glob.
struct Branch {
    path: Vec<String>,
    name: Option<String>,
    line: usize,
}

impl<'a> FileReader<'a> {
    fn read(mut self) {
        self.contents();
        while let Some((token, line)) = self.tokens.get(self.at).copied() {
            match token {
                Token::Mark('{') => self.depth += 1,
                Token::Mark('}') => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.scopes.len() > 1
                        && self.scopes.last().is_some_and(|(_, depth)| *depth > self.depth)
                    {
                        self.scopes.pop();
                    }
                }
                Token::Word("pub") if self.mark(1) == Some('(') => self.visibility(),
                Token::Word("use") if self.mark(1) != Some('<') => {
                    self.import(line);
                    continue;
                }
                Token::Word("mod") => self.module(),
                Token::Word(word) => {
                    self.word(word, line);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn module_here(&self) -> &Module {
        &self.scopes[self.scopes.len() - 1].0
    }

    fn contents(&mut self) -> &mut Contents {
        let module = self.module_here().clone();
        self.tree.modules.entry(module).or_default()
    }

    fn token(&self, ahead: usize) -> Option<Token<'a>> {
        self.tokens.get(self.at + ahead).map(|(token, _)| *token)
    }

    fn mark(&self, ahead: usize) -> Option<char> {
        match self.token(ahead) {
            Some(Token::Mark(mark)) => Some(mark),
            _ => None,
        }
    }

    fn is_outside_of_functions(&self) -> bool {
        self.scopes.last().is_some_and(|(_, depth)| *depth == self.depth)
    }

    /// `pub(crate)`, `pub(in crate::store)`: a path that nothing is taken from. Stops at its last token.
    fn visibility(&mut self) {
        while self.mark(0) != Some(')') && self.token(0).is_some() {
            self.at += 1;
        }
    }

    /// Stops at the brace of a module that follows here, which is open from then on.
    fn module(&mut self) {
        let Some(Token::Word(name)) = self.token(1) else { return };
        if self.mark(2) == Some('{') {
            let module = child(self.module_here(), name);
            self.depth += 1;
            self.scopes.push((module, self.depth));
            self.contents();
            self.at += 2;
        }
    }

    fn import(&mut self, line: usize) {
        self.at += 1;
        if self.mark(0) == Some('$') {
            self.at += 1;
            if self.token(0) != Some(Token::Word("crate")) {
                // In the text of a macro: what its caller gives.
                return;
            }
        }
        let mut before = Vec::new();
        if self.token(0) == Some(Token::Path) {
            before.push(ABSOLUTE.to_owned());
            self.at += 1;
        }
        let mut branches = Vec::new();
        self.branch(&before, &mut branches);
        let is_outside_of_functions = self.is_outside_of_functions();
        for Branch { path, name, line } in branches {
            self.named(path.clone(), line);
            let contents = self.contents();
            match name {
                None => contents.globs.push(path),
                Some(name) if is_outside_of_functions => contents.imports.entry(name).or_default().push(path),
                Some(name) => contents.inner_imports.entry(name).or_default().push(path),
            }
        }
        if self.mark(0) != Some(';') {
            self.tree.unreadable.push((self.file.to_owned(), line, "an import that does not end with `;`"));
        }
    }

    /// One branch of the tree behind `use`: `a::b`, `a::b as c`, `a::*`, `a::{b, c}`.
    fn branch(&mut self, before: &[String], branches: &mut Vec<Branch>) {
        let mut path = before.to_vec();
        loop {
            let line = self.tokens.get(self.at).map_or(0, |(_, line)| *line);
            match self.token(0) {
                Some(Token::Word(word)) => {
                    self.at += 1;
                    // `a::{self}` is `a`.
                    if word != "self" || path.is_empty() {
                        path.push(word.to_owned());
                    }
                    if self.token(0) == Some(Token::Path) {
                        self.at += 1;
                        continue;
                    }
                    let mut name = path.last().cloned();
                    if let (Some(Token::Word("as")), Some(Token::Word(other))) =
                        (self.token(0), self.token(1))
                    {
                        name = Some(other.to_owned());
                        self.at += 2;
                    }
                    branches.push(Branch { path, name, line });
                }
                Some(Token::Mark('*')) => {
                    self.at += 1;
                    branches.push(Branch { path, name: None, line });
                }
                Some(Token::Mark('{')) => {
                    self.at += 1;
                    while self.mark(0) != Some('}') && self.token(0).is_some() {
                        let before = self.at;
                        self.branch(&path, branches);
                        if self.mark(0) == Some(',') || self.at == before {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                }
                _ => {}
            }
            return;
        }
    }

    /// A path in the middle of code, the name of an item, or the call of a macro.
    fn word(&mut self, word: &str, line: usize) {
        let before = self.at.checked_sub(1).map(|at| self.tokens[at].0);
        let is_item = matches!(
            word,
            "struct" | "enum" | "union" | "fn" | "const" | "static" | "type" | "trait" | "macro_rules"
        );
        self.at += 1;
        if word == "path" && before == Some(Token::Mark('[')) && self.mark(0) == Some('=') {
            self.tree.unreadable.push((
                self.file.to_owned(),
                line,
                "`#[path]` puts a module where its name does not say",
            ));
        }
        if word == "macro_export" {
            self.exports_macro = true;
        }
        if is_item && self.is_outside_of_functions() {
            let ahead = usize::from(self.mark(0) == Some('!') || self.token(0) == Some(Token::Word("mut")));
            if let Some(Token::Word(name)) = self.token(ahead) {
                self.contents().items.insert(name.to_owned());
                if word == "macro_rules" && std::mem::take(&mut self.exports_macro) {
                    self.export_macro(name);
                }
            }
            return;
        }
        if self.mark(0) == Some('!') && self.mark(1) != Some('=') {
            let named = Named {
                from: self.module_here().clone(),
                file: self.file.to_owned(),
                line,
                path: vec![word.to_owned()],
            };
            self.tree.macros.push(named);
        }
        if before == Some(Token::Mark('.')) {
            return;
        }
        // In the text of a macro only `$crate` is a place; any other `$name` is what the caller gives.
        if before == Some(Token::Mark('$')) && word != "crate" {
            return;
        }
        let mut path = vec![word.to_owned()];
        if before == Some(Token::Path) {
            // The end of `Vec::<u8>::new` and of `<A as B>::C` is no path of its own.
            if self.at >= 3 && self.tokens[self.at - 3].0 == Token::Mark('>') {
                return;
            }
            path.insert(0, ABSOLUTE.to_owned());
        }
        while let (Some(Token::Path), Some(Token::Word(next))) = (self.token(0), self.token(1)) {
            path.push(next.to_owned());
            self.at += 2;
        }
        if path.len() > 1 {
            self.named(path, line);
        }
    }

    /// A macro for other crates is a name of the root, wherever it is written.
    fn export_macro(&mut self, name: &str) {
        let path = ["crate"].into_iter().map(str::to_owned).chain(child(self.module_here(), name)).collect();
        self.tree
            .modules
            .entry(Vec::new())
            .or_default()
            .imports
            .entry(name.to_owned())
            .or_default()
            .push(path);
    }

    fn named(&mut self, path: Vec<String>, line: usize) {
        let named = Named { from: self.module_here().clone(), file: self.file.to_owned(), line, path };
        self.tree.named.push(named);
    }
}
