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
    /// Of a literal block scalar: where its text begins. Its lines are the file's lines.
    pub(crate) block: Option<Position>,
}

impl Source<'_> {
    /// Where the (zero-based) line `number` of the text begins, which is `line`.
    fn position(&self, number: u32, line: &str) -> Position {
        self.block.map_or(self.position, |first| {
            let blanks = line.chars().take_while(|letter| letter.is_whitespace()).count();
            let column = first.column.saturating_add(u32::try_from(blanks).unwrap_or(u32::MAX));
            Position::new(first.line.saturating_add(number), column)
        })
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
