//! Writing documents over HTTP: what is answered, and that nothing acknowledged is lost.

mod client;
mod concurrent;
mod kills;
mod large_bodies;
mod searches;
