//! What a supervisor learns of functions, and which it does not call. Time is that of a clock that stands still until a test moves it.

mod circuit;
mod limits;
mod statistics;
mod world;
