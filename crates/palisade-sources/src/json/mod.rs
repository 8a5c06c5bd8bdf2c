//! JSON: a stream of values, of whose lists the items are cut out and read one at a time.

mod compose;
mod place;
mod values;
mod window;

use std::io::{self, Read};

use self::values::{Stop, Values};
pub(crate) use self::window::Window;
use crate::document::{Failure, Receiver};
use crate::intern::Interner;

/// How reading a stream of JSON values ended.
pub(crate) enum End {
    /// With the stream.
    Stream,
    /// At a line that begins with `---`: what follows is YAML. With its (zero-based) line.
    Separator(u32),
    /// With something that is not JSON.
    Failure(Failure),
}

/// Reads every value of a stream.
///
/// Errors are those of the stream itself.
pub(crate) fn read<R: Read>(
    window: &mut Window<R>,
    interner: &mut Interner,
    receiver: &mut dyn Receiver,
) -> io::Result<End> {
    let mut values = Values::new(window, interner, receiver);
    loop {
        match values.next_value() {
            Ok(true) => {}
            Ok(false) => return Ok(End::Stream),
            Err(Stop::Separator(line)) => return Ok(End::Separator(line)),
            Err(Stop::Failure(failure)) => return Ok(End::Failure(*failure)),
            Err(Stop::Io(error)) => return Err(error),
        }
    }
}
