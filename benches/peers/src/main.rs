//! See the library.

fn main() -> llm_cassette_peers::Outcome<()> {
    llm_cassette_peers::main()
}
