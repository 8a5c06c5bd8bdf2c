//! YAML: documents cut apart, parsed to events, composed to nodes with positions.

mod compose;
mod events;
mod indents;
mod nodes;
mod split;

use std::io::{self, Read};

use self::compose::Composer;
pub(crate) use self::nodes::first;
use self::split::Stream;
use crate::document::{Failure, Receiver};
use crate::intern::Interner;

/// Reads every document of a stream whose first byte stands on the (zero-based) line `line`.
///
/// A document that can't be read becomes a failure and the next one is read. Errors are those of the stream itself.
pub(crate) fn read(
    source: impl Read,
    line: u32,
    interner: &mut Interner,
    receiver: &mut dyn Receiver,
) -> io::Result<()> {
    let mut stream = Stream::new(source, line);
    while let Some(mut bytes) = stream.next_document()? {
        let first_line = bytes.first_line();
        let (budget, indents) = (bytes.budget(), bytes.indents());
        let result = Composer::new(&mut bytes, first_line, budget, indents, interner).documents(receiver);
        let is_template = bytes.finish()?;
        if let Err(failure) = result {
            receiver.failed(if is_template { templated(failure) } else { failure });
        }
    }
    Ok(())
}

/// `{{` in a document that is no YAML: somebody's template.
fn templated(failure: Failure) -> Failure {
    if !matches!(failure.code, "yaml-syntax" | "yaml-key") {
        return failure;
    }
    Failure {
        code: "template",
        reason: "a template, not yet a manifest".into(),
        help: "render it first and read what comes out",
        ..failure
    }
}
