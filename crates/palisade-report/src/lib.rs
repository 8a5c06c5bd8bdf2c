//! Turns an [`Assessment`](palisade_engine::Assessment) into text. Uses the engine's types, never its functions; does no I/O.

mod json;
mod pattern;
mod scope;
mod select;
mod text;
mod words;

pub use json::{compact, pretty, schema};
pub use pattern::Pattern;
pub use scope::{Scope, narrow};
pub use select::{choices, focus, keep_at_least, keep_paths, similar};
pub use text::{TextOptions, assess};
