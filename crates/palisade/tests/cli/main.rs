//! Tests of the built binary.

mod common;
mod docs;
mod run;
