//! `schema` prints what editors have to know.

use crate::run::{package, printed};

#[test]
fn the_schema_is_printed_as_the_documentation_has_it() {
    let schema = printed(package(), &["schema"]);
    assert_eq!(schema, std::fs::read_to_string(package().join("docs/cassette.schema.json")).unwrap());
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
}
