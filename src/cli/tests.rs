//! What holds for everything that the command and a replay do with a cassette, whatever its bytes are.

mod fuzz;
