//! The macro that names a cassette after its test.

/// Opens the cassette of the test that this stands in: `cassettes/<module>/<function>.yaml`, as in
/// `cassettes/weather/asks_twice.yaml` for the test `asks_twice` in `tests/weather.rs`.
///
/// The cassette belongs to this test alone, so that a refresh takes out what the test no longer asks for. With a label,
/// formatted as by `format!`, each case of a parameterised test has a cassette of its own:
/// `cassette!("{city}")` opens `cassettes/weather/asks_twice/Oslo.yaml`.
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
        // A closure's type is named after the function around it.
        let name = $crate::enclosing_function(&|| {});
        $(let name = ::std::format!("{name}::{}", ::std::format!($($label)+));)?
        $crate::Cassette::builder(name).package(::core::env!("CARGO_MANIFEST_DIR")).one_test(true)
    }};
    () => {
        $crate::cassette!(builder).open()
    };
    ($($label:tt)+) => {
        $crate::cassette!(builder, $($label)+).open()
    };
}
