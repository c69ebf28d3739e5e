//! Where a value of a request body stands, as far as it matters for how it is compared.

use super::prompt::Prompt;
use crate::model::json::Json;
use crate::providers::Fields;

/// Under these names of a JSON schema stands what values look like, and not what a schema says.
const EXAMPLES: [&str; 5] = ["default", "const", "enum", "examples", "example"];
/// Under these names, fields are named by the user and not by the standard.
const NAMED_BY_USER: [&str; 4] = ["properties", "patternProperties", "$defs", "definitions"];
/// Lists of a JSON schema, and beside one, in which order has no meaning.
const SETS: [&str; 4] = ["required", "type", "allowedFunctionNames", "allowed_function_names"];

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The key it stands under; items of an array have that of the array.
    pub(super) name: &'a str,
    /// Inside something of the user's, where nothing is an id.
    pub(super) user: bool,
    pub(super) prompt: Prompt,
    /// Inside what a tool answered.
    pub(super) result: bool,
    /// How many texts it stands in, one within the other.
    pub(super) texts: u8,
    schema: Schema,
}

/// Whether a value is a part of a JSON schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Schema {
    Outside,
    Keywords,
    /// Its fields have names of the user's, and each holds a schema.
    Named,
}

impl<'a> Place<'a> {
    pub(super) fn root() -> Place<'static> {
        Place {
            name: "",
            user: false,
            prompt: Prompt::root(),
            result: false,
            texts: 0,
            schema: Schema::Outside,
        }
    }

    /// The place of the fields of an object that stands here.
    pub(super) fn inside(self, object: &Json, fields: &Fields) -> Place<'a> {
        let says = |name: &str, known: &[&str]| {
            object.get(name).and_then(Json::as_str).is_some_and(|text| known.contains(&text))
        };
        let is_result = !self.user
            && (says("role", &fields.tool_roles)
                || says("type", &fields.result_types)
                || fields.result_holders.contains(&self.name));
        Place { result: self.result || is_result, ..self }
    }

    /// The place of a field of an object that stands here.
    pub(super) fn field<'n>(self, name: &'n str, value: &Json, fields: &Fields) -> Place<'n> {
        // Under a name that users have for their own, some have the whole conversation.
        let is_list = |&&(list, _): &&(&str, &str)| list == name && value.as_array().is_some();
        let own = fields.users.contains(&name);
        let user = self.user || (own && !fields.lists.iter().any(|list| is_list(&list)));
        let schema = match self.schema {
            Schema::Outside if self.is_apart() && fields.schemas.contains(&name) => Schema::Keywords,
            Schema::Outside => Schema::Outside,
            Schema::Named => Schema::Keywords,
            Schema::Keywords if NAMED_BY_USER.contains(&name) => Schema::Named,
            Schema::Keywords if EXAMPLES.contains(&name) => Schema::Outside,
            Schema::Keywords => Schema::Keywords,
        };
        // What stands under an example in a schema is the user's.
        let user = user || (self.schema != Schema::Outside && schema == Schema::Outside);
        Place { name, user, prompt: self.prompt.field(name, own, fields), schema, ..self }
    }

    /// The place of what a text says that stands here.
    pub(super) fn text(self) -> Place<'a> {
        Place { user: true, schema: Schema::Outside, texts: self.texts + 1, ..self }
    }

    /// The place of the body of another request that stands here.
    pub(super) fn request(self) -> Place<'static> {
        Place { texts: self.texts + 1, ..Place::root() }
    }

    /// Whether the order of a list that stands here has no meaning: of declarations of tools, which go by their names, and of
    /// some lists of a schema.
    pub(super) fn is_set(self, items: &[Json], fields: &Fields) -> bool {
        let declares = || {
            fields.tool_lists.contains(&self.name)
                || fields.tools.iter().any(|path| path.last() == Some(&self.name))
        };
        match self.schema {
            // The list of tools is where their schemas begin.
            Schema::Keywords if declares() => items.iter().any(|item| item.as_object().is_some()),
            Schema::Keywords => SETS.contains(&self.name) && items.iter().all(|item| item.as_str().is_some()),
            Schema::Outside | Schema::Named => false,
        }
    }

    /// Neither the user's, nor said in the conversation.
    fn is_apart(self) -> bool {
        !self.user && self.prompt.is_outside()
    }
}
