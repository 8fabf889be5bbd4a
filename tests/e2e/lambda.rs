//! The functions for Lambda: the real programs, on a runtime API and over a store in S3 that are both on this machine.

mod deployment;
mod indexing;
mod searching;
