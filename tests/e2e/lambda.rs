//! The Lambda functions: the real programs, with a local runtime API and a local S3 server.

mod deployment;
mod indexing;
mod searching;
mod signatures;
mod writing;
