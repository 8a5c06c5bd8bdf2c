//! Addresses that texts name: environment variables, arguments, shell scripts, configuration files, annotations.
//!
//! Only candidates: whether a Service answers there is the engine's business. A bare word counts only where the name
//! beside it says address.

mod host;
pub(crate) mod names;
mod scan;
mod service_variables;
pub(crate) mod url;

use std::collections::BTreeMap;

use palisade_inventory::{Endpoint, Position};

pub(crate) use self::scan::find;

/// A text and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    /// The text.
    pub(crate) text: &'a str,
    /// Where the value begins.
    pub(crate) position: Position,
    /// It is a literal block scalar: its lines are the file's lines, beginning below `position`.
    pub(crate) is_block: bool,
}

impl Source<'_> {
    /// Where the (zero-based) line `line` of the text stands.
    fn position(&self, line: u32) -> Position {
        if self.is_block {
            Position::new(self.position.line.saturating_add(1).saturating_add(line), 0)
        } else {
            self.position
        }
    }
}

/// Ports that stand under names of their own: `DB_PORT` beside `DB_HOST`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ports(BTreeMap<String, u16>);

impl Ports {
    /// Remembers `value` if `name` is that of a port.
    pub(crate) fn note(&mut self, name: &str, value: &str) {
        if let (Some(stem), Some(port)) = (names::port_stem(name), host::parse_port(value.trim())) {
            self.0.insert(stem, port);
        }
    }

    /// Fills in the port where none is written.
    fn complete(&self, endpoint: &mut Endpoint, stem: &str) {
        if endpoint.port.is_none() {
            endpoint.port = self.0.get(stem).copied();
        }
    }
}
