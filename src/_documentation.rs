macro_rules! pages {
    ($($page:ident $file:literal;)*) => {
        $(
            // Of two definitions of a link the first one counts: in here a link goes to a module, in the repository to a file.
            #[doc = include_str!("_documentation/links.md")]
            #[doc = include_str!(concat!("../docs/", $file))]
            pub mod $page {}
        )*
    };
}

pages! {
    clients "clients.md";
    sdks "sdks.md";
    server "server.md";
    modes "modes.md";
    recording "recording.md";
    matching "matching.md";
    streams "streams.md";
    assertions "assertions.md";
    prompt_cache "prompt-cache.md";
    in_memory "in-memory.md";
    migrating "migrating.md";
    format "format.md";
    secrets "secrets.md";
    refresh "refresh.md";
    git "git.md";
    ci "ci.md";
    cost "cost.md";
    command_line "command-line.md";
    configuration "configuration.md";
    environment "environment.md";
    speed "speed.md";
    figures "figures.md";
}
