//! The cassettes that clients of a server have open: one run each, from the first request until somebody says that it is over.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::api::builder::{Builder, Shared};
use crate::api::cassette::Cassette;
use crate::model::error::{Error, ErrorKind};
use crate::model::json::{Json, object};
use crate::model::mode::Mode;
use crate::model::text::{plural, shown_path};
use crate::session::Session;
use crate::session::report::Report;
use crate::session::tally::Tally;

/// The cassette of clients that name none.
const DEFAULT: &str = "default";

/// Where cassettes are.
#[derive(Debug)]
pub(crate) enum Where {
    /// It is open, and whoever opened it finishes it.
    Open(Cassette),
    /// A file for all, which each client plays from its beginning.
    File(PathBuf),
    /// A file for each name in a folder, or in that of the configuration.
    Folder(Option<PathBuf>),
}

/// What the server's clients do.
#[derive(Debug)]
pub(crate) struct Runs {
    place: Where,
    mode: Option<Mode>,
    /// What people type to start the server, for hints.
    command: String,
    /// What is told of all runs, where somebody wants to know.
    told: Option<Told>,
    /// Of a file for all.
    shared: Shared,
    open: Mutex<BTreeMap<String, Arc<Slot>>>,
    ended: Mutex<BTreeMap<String, Ended>>,
}

/// The run of a command that the server is part of.
#[derive(Debug)]
struct Told {
    file: PathBuf,
    /// What that run refused before as too old is recorded again.
    rerecords: bool,
}

/// Who comes first opens it, and others wait for that one alone.
type Slot = Mutex<Option<Arc<Run>>>;

/// A client's run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) cassette: Cassette,
    /// The URLs that are recorded, without their queries, each once.
    urls: OnceLock<Vec<String>>,
}

/// What all runs of one name came to.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) path: PathBuf,
    pub(crate) mode: Mode,
    pub(crate) report: Report,
    pub(crate) models: Vec<Tally>,
    /// What went wrong at the end of any of them.
    pub(crate) errors: Vec<Error>,
}

impl Runs {
    pub(crate) fn new(place: Where, mode: Option<Mode>, command: String) -> Runs {
        Runs {
            place,
            mode,
            command,
            told: None,
            shared: Shared::default(),
            open: Mutex::default(),
            ended: Mutex::default(),
        }
    }

    /// The same, as a part of a run that is told by a file.
    #[cfg(feature = "cli")]
    pub(crate) fn telling(self, file: &Path, rerecords: bool) -> Runs {
        Runs { told: Some(Told { file: file.to_owned(), rerecords }), ..self }
    }

    /// The mode that cassettes will be in, and where they are.
    ///
    /// # Errors
    /// When no cassette could be opened, whatever its name: because of the environment or the configuration.
    pub(crate) fn mode(&self) -> Result<Mode, Error> {
        match &self.place {
            Where::Open(cassette) => Ok(cassette.mode()),
            Where::File(_) | Where::Folder(_) => self.builder(DEFAULT)?.mode_in_force(),
        }
    }

    /// The run that a client of this name takes part in.
    pub(super) fn of(&self, name: Option<&str>) -> Result<Arc<Run>, Error> {
        let name = self.known_as(name);
        let slot = {
            let mut open = lock(&self.open);
            match open.get(&*name) {
                Some(slot) => Arc::clone(slot),
                None => Arc::clone(open.entry(name.clone().into_owned()).or_default()),
            }
        };
        let mut run = lock(&slot);
        if let Some(run) = &*run {
            return Ok(Arc::clone(run));
        }
        let opened = Arc::new(Run { cassette: self.open(&name)?, urls: OnceLock::new() });
        *run = Some(Arc::clone(&opened));
        Ok(opened)
    }

    /// One cassette that is open is everybody's, whatever they call it.
    fn known_as<'a>(&self, name: Option<&'a str>) -> Cow<'a, str> {
        match (&self.place, name) {
            (Where::Open(_), _) => Cow::Borrowed(""),
            (Where::File(_), name) => Cow::Borrowed(name.unwrap_or(DEFAULT)),
            // A name is never a path, be it written as one.
            (Where::Folder(_), name) => {
                let name = name.unwrap_or(DEFAULT);
                let bare = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
                Cow::Borrowed(bare.unwrap_or(name))
            }
        }
    }

    fn open(&self, name: &str) -> Result<Cassette, Error> {
        match &self.place {
            Where::Open(cassette) => Ok(cassette.clone()),
            Where::File(_) | Where::Folder(_) => self.builder(name)?.open(),
        }
    }

    fn builder(&self, name: &str) -> Result<Builder, Error> {
        let builder = match &self.place {
            Where::Open(cassette) => Builder::blank(cassette.path()),
            Where::File(path) => {
                Builder::beside(path, path.parent().unwrap_or(Path::new("."))).sharing(&self.shared)
            }
            Where::Folder(folder) => {
                if name.ends_with(".yaml") || name.ends_with(".yml") {
                    let error =
                        Error::new(ErrorKind::BadName, format!("{name:?} is not a name for a cassette"));
                    return Err(error.with_hint("write a name such as `weather`"));
                }
                let builder = Builder::beside(Path::new(name), Path::new(""));
                match folder {
                    Some(folder) => builder.folder(folder.clone()),
                    None => builder,
                }
            }
        };
        let builder = builder.of_command(&self.command, self.mode);
        #[cfg(feature = "cli")]
        if let Some(told) = &self.told {
            return Ok(builder.of_run(&told.file, told.rerecords));
        }
        Ok(builder)
    }

    /// Ends the run of a name, if there is one: the next request of that name begins another.
    pub(super) fn finish(&self, name: &str) -> Option<Result<Report, Error>> {
        let name = self.known_as((!name.is_empty()).then_some(name));
        let slot = lock(&self.open).remove(&*name)?;
        let run = lock(&slot).take()?;
        Some(self.end(name.into_owned(), &run))
    }

    fn end(&self, name: String, run: &Run) -> Result<Report, Error> {
        let session = run.cassette.session();
        let ended = match self.place {
            Where::Open(_) => Ok(session.so_far()),
            Where::File(_) | Where::Folder(_) => run.cassette.finish(),
        };
        let mut all = lock(&self.ended);
        let entry = all.entry(name).or_insert_with(|| Ended::of(session));
        entry.report.add(ended.as_ref().unwrap_or(&session.so_far()));
        Tally::add_all(&mut entry.models, session.by_model());
        if let Err(error) = &ended {
            entry.errors.push(error.again());
        }
        ended
    }

    /// Ends all runs, and tells what each came to, by name.
    pub(crate) fn finish_all(&self) -> BTreeMap<String, Ended> {
        let open = std::mem::take(&mut *lock(&self.open));
        for (name, slot) in open {
            if let Some(run) = lock(&slot).take() {
                // It is kept with what ended.
                let _ = self.end(name, &run);
            }
        }
        std::mem::take(&mut *lock(&self.ended))
    }

    /// What all runs came to so far, by name.
    pub(super) fn so_far(&self) -> BTreeMap<String, Ended> {
        let mut all: BTreeMap<String, Ended> = BTreeMap::new();
        for (name, ended) in &*lock(&self.ended) {
            all.insert(name.clone(), ended.again());
        }
        let open: Vec<(String, Arc<Slot>)> =
            lock(&self.open).iter().map(|(name, slot)| (name.clone(), Arc::clone(slot))).collect();
        for (name, slot) in open {
            let Some(run) = lock(&slot).clone() else { continue };
            let session = run.cassette.session();
            let entry = all.entry(name).or_insert_with(|| Ended::of(session));
            entry.report.add(&session.so_far());
            Tally::add_all(&mut entry.models, session.by_model());
        }
        all
    }
}

/// What runs came to, for programs.
pub(crate) fn as_json(all: &BTreeMap<String, Ended>) -> Json {
    let text = |text: String| Json::String(text);
    let mut total = Report::default();
    all.values().for_each(|ended| total.add(&ended.report));
    let cassettes = all.iter().map(|(name, ended)| {
        let errors = ended.errors.iter().map(|error| text(error.to_string()));
        let head = [
            ("name", text(name.clone())),
            ("file", text(shown_path(&ended.path))),
            ("mode", text(ended.mode.to_string())),
        ];
        let fields = head.into_iter().chain(ended.report.fields());
        object(fields.chain([("errors", Json::Array(errors.collect()))]))
    });
    let cassettes = Json::Array(cassettes.collect());
    object(total.fields().into_iter().chain([("cassettes", cassettes)]))
}

impl Ended {
    fn of(session: &Session) -> Ended {
        Ended {
            path: session.path().to_owned(),
            mode: session.mode(),
            report: Report::default(),
            models: Vec::new(),
            errors: Vec::new(),
        }
    }

    fn again(&self) -> Ended {
        Ended {
            path: self.path.clone(),
            mode: self.mode,
            report: self.report.clone(),
            models: self.models.clone(),
            errors: self.errors.iter().map(Error::again).collect(),
        }
    }
}

impl Run {
    /// The URL that a path means which names no server: that of the recordings that have such a path, in which case there is
    /// one server. `nobody` is what to call the server that no recording tells of.
    pub(super) fn recorded_url(&self, path_and_query: &str, nobody: &str) -> Result<String, Error> {
        let urls = match self.urls.get() {
            Some(urls) => urls,
            None => {
                let urls = self.cassette.session().recorded_urls()?;
                self.urls.get_or_init(|| urls)
            }
        };
        let path = path_and_query.split('?').next().unwrap_or_default();
        let mut servers: Vec<&str> = urls.iter().filter_map(|url| url.strip_suffix(path)).collect();
        servers.sort_unstable();
        servers.dedup();
        match servers.as_slice() {
            [] => Ok(format!("{nobody}{path_and_query}")),
            [server] => Ok(format!("{server}{path_and_query}")),
            several => {
                let what = plural(several.len(), "server");
                let message = format!("{what} have recordings of {path}: {}", several.join(", "));
                Err(Error::new(ErrorKind::NoMatch, message).with_hint(
                    "say which one is meant: start the path with its name, as in `/openai/v1/…` or \
                     `/api.example.com/v1/…`",
                ))
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
