//! Documents that go on from others: opened before what they extend is known, and written again when that has changed.

use std::borrow::Cow;

use super::bodies::{request_body, response_body};
use super::lines::lines_of;
use super::mapping::{At, Mapping, placed};
use super::reading::parse;
use super::{CLOSE, Malformed};
use crate::format::blob_source::BlobSource;
use crate::format::blobs::Blobs;
use crate::format::body::{self, Fields, same};
use crate::format::checksum;
use crate::format::turns::{Earlier, Reference, Sum, Turn};
use crate::format::yaml;
use crate::matching::request_key::Key;
use crate::model::interaction::Interaction;
use crate::model::json::Json;

const EXTENDS: &str = "extends";

/// The bodies of an interaction as they are stored, that of the request with what it extends.
pub(super) fn bodies(
    interaction: &Interaction,
    earlier: Option<&Earlier<'_>>,
    blobs: &mut Blobs,
) -> (Fields, Fields) {
    if let Some(earlier) = earlier {
        let (turn, mut named) = (&earlier.turn, Blobs::default());
        let mut request = request_body(&interaction.request, turn.request(), &mut named);
        let response = response_body(&interaction.response, turn.response(), &mut named);
        if let Some(sum) = sum(&request, &response, turn) {
            let reference = Reference { key: earlier.key, take: earlier.take, sum: Some(sum) };
            request.insert(0, (EXTENDS.to_owned(), Json::from(reference.to_string())));
            blobs.extend(named);
            return (request, response);
        }
    }
    (request_body(&interaction.request, None, blobs), response_body(&interaction.response, None, blobs))
}

/// `None` when the request takes nothing, so that it extends nothing.
fn sum(request: &Fields, response: &Fields, turn: &Turn<'_>) -> Option<Sum> {
    let taken = |fields: &Fields, base| {
        let tree = fields.iter().find(|(name, _)| name == "json").map(|(_, tree)| tree);
        tree.map_or(Ok(Vec::new()), |tree| same::taken(tree, base)).ok()
    };
    let of_request = taken(request, turn.request())?;
    let of_response = taken(response, turn.response())?;
    (!of_request.is_empty()).then(|| Sum::of(of_request.into_iter().chain(of_response)))
}

/// A document of which only that is known which other it extends.
pub(crate) struct Opened<'a> {
    /// What stands between `---` and `...`.
    text: Cow<'a, str>,
    tree: Json,
    extends: Option<Reference>,
}

/// Opens a document, to be read once it is known what it extends.
pub(crate) fn open<'a>(text: impl Into<Cow<'a, str>>) -> Result<Opened<'a>, Malformed> {
    open_with(text.into(), yaml::read)
}

/// The same of a document that the program wrote and nobody has touched, as its checksum says.
pub(crate) fn open_untouched<'a>(text: impl Into<Cow<'a, str>>) -> Result<Opened<'a>, Malformed> {
    open_with(text.into(), yaml::read_written)
}

/// The same of a document that was just written from a tree; `None` where the text says anything else.
pub(super) fn open_just_written<'t>(text: &'t str, meant: &Json) -> Option<Opened<'t>> {
    let tree = yaml::read_written(&checksum::without(text)).ok().filter(|tree| tree == meant)?;
    let extends = extends(&tree).ok()?;
    Some(Opened { text: text.into(), tree, extends })
}

fn open_with<'a>(
    text: Cow<'a, str>,
    read: fn(&str) -> Result<Json, yaml::ReadError>,
) -> Result<Opened<'a>, Malformed> {
    // The checksum is for files that a union merge interleaved; the fast reader knows only what the writer writes.
    let tree =
        read(&checksum::without(&text)).map_err(|error| Malformed::new(error.line + 1, error.message))?;
    let extends = extends(&tree).map_err(|error| placed(&text, error))?;
    Ok(Opened { text, tree, extends })
}

fn extends(tree: &Json) -> At<Option<Reference>> {
    let Some(request) = tree.get("request").filter(|request| request.get(EXTENDS).is_some()) else {
        return Ok(None);
    };
    let fields = Mapping::new(request, &["request"])?;
    let wrong = || {
        fields
            .wrong(EXTENDS, "`extends` has to be the key of another request, such as `482e…64 digits take 2`")
    };
    Reference::parse(fields.text(EXTENDS)?).map(Some).ok_or_else(wrong)
}

impl Opened<'_> {
    pub(crate) fn extends(&self) -> Option<&Reference> {
        self.extends.as_ref()
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Something is wrong with what this extends.
    pub(crate) fn complaint(&self, message: &str, hint: Option<String>) -> Malformed {
        let path = ["request", EXTENDS].map(str::to_owned).to_vec();
        Malformed { hint, ..placed(&self.text, (path, message.to_owned())) }
    }

    pub(crate) fn read(
        &self,
        blobs_at: &dyn BlobSource,
        base: Option<&Turn<'_>>,
    ) -> Result<(Interaction, Key), Malformed> {
        parse(&self.tree, blobs_at, base).map_err(|error| placed(&self.text, error))
    }

    /// Whether what this takes from a turn is what it took when it was written.
    pub(crate) fn fits(&self, turn: &Turn<'_>) -> bool {
        let taken = |side, base| self.body(side).map_or(Ok(Vec::new()), |tree| same::taken(tree, base)).ok();
        let taken = taken("request", turn.request()).zip(taken("response", turn.response()));
        let sum = self.extends.and_then(|reference| reference.sum);
        taken.is_some_and(|(request, response)| sum == Some(Sum::of(request.into_iter().chain(response))))
    }

    /// Whether this still says what was meant when it goes on from a turn.
    pub(crate) fn says(&self, meant: &Turn<'_>, turn: &Turn<'_>) -> bool {
        let says = |side, meant, base| self.body(side).is_none_or(|tree| same::stand_for(tree, meant, base));
        says("request", meant.request(), turn.request())
            && says("response", meant.response(), turn.response())
    }

    /// The JSON body of a side, if it has marks.
    fn body(&self, side: &str) -> Option<&Json> {
        self.tree.at(&[side, "json"]).filter(|tree| same::has_mark(tree))
    }

    /// All of the document but what could repeat something of the turn that it extends.
    #[cfg(feature = "cli")]
    pub(crate) fn without_repeats(&self) -> Json {
        let mut tree = self.tree.clone();
        for side in ["request", "response"] {
            if let Some(fields) = side_mut(&mut tree, side) {
                fields.retain(|(name, _)| name != EXTENDS && name != "json");
            }
        }
        tree
    }

    /// The same document going on from another one, or from none. `None` if that cannot be written.
    pub(crate) fn rewritten(
        &self,
        title: &str,
        meant: &Interaction,
        earlier: Option<&Earlier<'_>>,
    ) -> Option<String> {
        let mut blobs = Blobs::default();
        let (request, response) = bodies(meant, earlier, &mut blobs);
        let mut tree = self.tree.clone();
        replace_body(&mut tree, "request", request)?;
        let repeats =
            self.body("response").is_some() || response.iter().any(|(_, tree)| same::has_mark(tree));
        if repeats {
            replace_body(&mut tree, "response", response)?;
        }
        let whole = yaml::write(&tree);
        let written = yaml::read(&whole).ok()?;
        let says = |side: &str, base: Option<&Json>, meant: &[u8]| {
            let owner = written.get(side).unwrap_or(&Json::Null);
            body::read(owner, &blobs, &|| base).is_ok_and(|(bytes, _)| bytes == meant)
        };
        let turn = earlier.map(|earlier| &earlier.turn);
        let proven = says("request", turn.and_then(Turn::request), &meant.request.body)
            && (!repeats || says("response", turn.and_then(Turn::response), &meant.response.body.bytes))
            && without_bodies(&written, repeats) == without_bodies(&self.tree, repeats);
        proven.then(|| {
            let sides = if repeats { &["request", "response"][..] } else { &["request"] };
            let kept = spliced(&self.text, &tree, sides)
                .filter(|kept| yaml::read(&checksum::without(kept)).as_ref() == Ok(&written));
            checksum::with_checksum(&format!("{title}{}{CLOSE}\n", kept.unwrap_or(whole)))
        })
    }
}

/// The text of a document with these sides written again and all else, comments too, as it stands.
fn spliced(text: &str, tree: &Json, sides: &[&str]) -> Option<String> {
    let mut out = text.to_owned();
    for side in sides {
        let lines = lines_of(&out, side)?;
        let section = Json::Object(vec![((*side).to_owned(), tree.get(side)?.clone())]);
        out.replace_range(lines, &yaml::write(&section));
    }
    Some(out)
}

/// Puts another body in the place of that of a side.
fn replace_body(tree: &mut Json, side: &str, body: Fields) -> Option<()> {
    let fields = side_mut(tree, side)?;
    fields.retain(|(name, _)| !belongs_to_body(name));
    fields.extend(body);
    Some(())
}

/// All of a document but the body of its request and, where that was replaced too, of its response.
fn without_bodies(tree: &Json, response_too: bool) -> Json {
    let mut tree = tree.clone();
    let sides = if response_too { &["request", "response"][..] } else { &["request"] };
    for side in sides {
        if let Some(fields) = side_mut(&mut tree, side) {
            fields.retain(|(name, _)| !belongs_to_body(name));
        }
    }
    tree
}

fn belongs_to_body(name: &str) -> bool {
    name == EXTENDS || body::is_body_field(name)
}

fn side_mut<'a>(tree: &'a mut Json, side: &str) -> Option<&'a mut Vec<(String, Json)>> {
    let Json::Object(top) = tree else { return None };
    match top.iter_mut().find(|(name, _)| name == side)? {
        (_, Json::Object(fields)) => Some(fields),
        _ => None,
    }
}
