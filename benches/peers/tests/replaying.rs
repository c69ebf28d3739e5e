//! 1,000 tests for each tool, which all replay one call from a cassette of their own: `-- nextest` runs and times them.

macro_rules! hundreds {
    ($($hundred:literal $name:ident)*) => { $( mod $name { tens!($hundred); } )* };
}

macro_rules! tens {
    ($hundred:literal) => {
        ones!($hundred, 0 t0, 10 t1, 20 t2, 30 t3, 40 t4, 50 t5, 60 t6, 70 t7, 80 t8, 90 t9);
    };
}

macro_rules! ones {
    ($hundred:literal, $($ten:literal $name:ident),*) => { $(
        mod $name {
            one!($hundred, $ten, 0 n0, 1 n1, 2 n2, 3 n3, 4 n4, 5 n5, 6 n6, 7 n7, 8 n8, 9 n9);
        }
    )* };
}

macro_rules! one {
    ($hundred:literal, $ten:literal, $($one:literal $name:ident),*) => { $(
        #[test]
        #[ignore = "the part `nextest` of the bench brings the cassettes"]
        fn $name() -> llm_cassette_peers::Outcome<()> {
            super::super::replays($hundred + $ten + $one)
        }
    )* };
}

macro_rules! tests_of {
    ($module:ident, $tool:ident) => {
        mod $module {
            fn replays(number: usize) -> llm_cassette_peers::Outcome<()> {
                llm_cassette_peers::tests::replays::<llm_cassette_peers::tools::$tool>(number)
            }

            hundreds!(0 h0 100 h1 200 h2 300 h3 400 h4 500 h5 600 h6 700 h7 800 h8 900 h9);
        }
    };
}

tests_of!(llm_cassette, LlmCassette);
#[cfg(feature = "driver")]
tests_of!(rvcr, Rvcr);
#[cfg(feature = "driver")]
tests_of!(floor, Floor);
