//! Well-behaved and hostile functions, written by hand, in a sandbox.

mod behaviour;
mod check;
mod documentation;
mod documents;
mod hostile;
mod limits;
