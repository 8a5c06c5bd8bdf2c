//! The third-party parser behind one safe door: events with positions, every error and panic a [`Failure`].

use std::io::BufRead;

use libyaml_safer::{ErrorKind, Event, EventData, Mark, Parser};
use palisade_inventory::Position;

use super::indents::Indents;
use super::split::Budget;
use crate::contain::contain;
use crate::document::{Block, Failure, LARGEST};

/// Events of one stretch of text.
pub(super) struct Events<R> {
    parser: Parser<R>,
    first_line: u32,
    budget: Budget,
    indents: Indents,
    last: Position,
}

const SYNTAX_HELP: &str = "correct the syntax; `kubectl apply --dry-run=client -f FILE` names the same place";

impl<R: BufRead> Events<R> {
    pub(super) fn new(source: R, first_line: u32, budget: Budget, indents: Indents) -> Self {
        let mut parser = Parser::new();
        parser.set_input(source);
        Self {
            parser,
            first_line,
            budget,
            indents,
            last: Position::new(first_line, 0),
        }
    }

    /// The next event. After a failure there must be no further call.
    pub(super) fn next(&mut self) -> Result<(EventData, Position), Failure> {
        match contain(|| self.parser.parse()) {
            Some(Ok(Event { data, start_mark, .. })) => {
                self.last = self.position(start_mark);
                self.indents.forget_before(self.last.line);
                Ok((data, self.last))
            }
            Some(Err(error)) => Err(self.failure(&error)),
            None => Err(Failure::new(
                self.last,
                "yaml-syntax",
                "the text ends or breaks off where YAML expects more",
                SYNTAX_HELP,
            )),
        }
    }

    /// Where the text of a literal block scalar begins, which was the last event.
    pub(super) fn block(&self, text: &str) -> Block {
        Block {
            position: self.last,
            column: self.indents.of_block(self.last.line, text),
        }
    }

    /// Allows another document or item its full size.
    pub(super) fn renew_budget(&self) {
        self.budget.set(LARGEST);
    }

    fn position(&self, mark: Mark) -> Position {
        let saturating = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Position::new(
            self.first_line.saturating_add(saturating(mark.line)),
            saturating(mark.column),
        )
    }

    fn failure(&self, error: &libyaml_safer::Error) -> Failure {
        match error.kind() {
            ErrorKind::Io if self.budget.is_exhausted() => Failure::too_large(self.last),
            ErrorKind::Io | ErrorKind::Reader => Failure::new(
                self.last,
                "encoding",
                format!("not a text in UTF-8: {}", error.problem()),
                "save the file as UTF-8 without control characters",
            ),
            _ => {
                let position = error.problem_mark().map_or(self.last, |mark| self.position(mark));
                // The parser's messages are fixed texts: they never quote the input.
                let reason = match error.context() {
                    Some(context) => format!("{} {context}", error.problem()),
                    None => error.problem().to_owned(),
                };
                Failure::new(position, "yaml-syntax", reason, SYNTAX_HELP)
            }
        }
    }
}
