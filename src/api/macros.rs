//! The macro that names a cassette after its test.

use crate::api::builder::Builder;
use crate::api::label::of_label;
use crate::api::which_test::{Place, Signs};
use crate::session::ownership::Claim;

/// Opens the cassette of the test that is running: `cassettes/<module>/<function>.yaml`, as in
/// `cassettes/weather/asks_twice.yaml` for the test `asks_twice` in `tests/weather.rs`. It is the test runner's name for the
/// test that counts, so that a helper or a fixture opens the cassette of the test that calls it, and each case of a test that
/// a macro like rstest's makes has its own: `cassettes/weather/asks/case_1_oslo.yaml`.
///
/// The cassette belongs to this test alone, so that a refresh takes out what the test no longer asks for, unless something
/// else has used it. With a label, formatted as by `format!`, a test has several: `cassette!("{city}")` opens
/// `cassettes/weather/asks_twice/Oslo.yaml`. A label is one file name, whatever it holds: one such as `prompts/a.txt` gets a
/// hash in it, so that no two labels have a file in common.
///
/// On a thread that is not the test's, such as a worker of a runtime or one that the test has spawned, nobody can tell which
/// test it is. Then the cassette is named after the function that this stands in, and a refresh takes nothing out.
///
/// `cassette!(builder)` and `cassette!(builder, "{city}")` give the [`Builder`](crate::Builder) instead.
///
/// ```
/// fn asks_twice() -> Result<(), llm_cassette::Error> {
///     let cassette = llm_cassette::cassette!()?;
///     assert!(cassette.path().ends_with("asks_twice.yaml"));
///     for city in ["Oslo", "Rome"] {
///         let cassette = llm_cassette::cassette!("{city}")?;
///         assert!(cassette.path().ends_with(format!("asks_twice/{city}.yaml")));
///     }
///     Ok(())
/// }
/// # asks_twice().unwrap();
/// ```
#[macro_export]
macro_rules! cassette {
    (builder $(, $($label:tt)+)?) => {{
        let label = ::core::option::Option::<::std::string::String>::None;
        $(let label = label.or_else(|| ::core::option::Option::Some(::std::format!($($label)+)));)?
        // A closure's type is named after the function around it.
        $crate::builder_of_test(
            &|| {},
            label,
            ::core::env!("CARGO_MANIFEST_DIR"),
            [::core::option_env!("CARGO_BIN_NAME"), ::core::option_env!("CARGO_TARGET_TMPDIR")],
        )
    }};
    () => {
        $crate::cassette!(builder).open()
    };
    ($($label:tt)+) => {
        $crate::cassette!(builder, $($label)+).open()
    };
}

/// The builder of [`cassette!`](crate::cassette!). `_marker` is a closure in the function that the macro stands in; `target` has
/// what Cargo says when it compiles a binary, and an integration test.
#[doc(hidden)]
pub fn builder_of_test<T>(
    _marker: &T,
    label: Option<String>,
    package: &str,
    target: [Option<&str>; 2],
) -> Builder {
    let full = std::any::type_name::<T>();
    // An `async` test and each closure add `{{closure}}`; a generic function adds its parameters in `<>`.
    let function = full.split("::").filter(|part| *part != "{{closure}}").collect::<Vec<_>>().join("::");
    let target = match target {
        [Some(_), _] => " (bin)",
        [None, Some(_)] => " (test)",
        [None, None] => "",
    };
    let place = Place { function: &function, target };
    let signs = Signs::here();
    let named = signs.name(place);
    let name = match &label {
        Some(label) => format!("{}::{}", named.name, of_label(label)),
        None => named.name,
    };
    let claim = if named.is_of_test { Claim::Named } else { Claim::Stated };
    Builder::of_test(name, label, package, claim, signs.test(Some(place)))
}
