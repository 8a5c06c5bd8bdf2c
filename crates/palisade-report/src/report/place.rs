//! Where a claim is written, to be looked up.

use palisade_engine::system::Evidence;

use crate::words;

/// A place in what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// `file:line:column`.
    pub(crate) text: String,
    /// Where it can be looked at; empty where nobody said.
    pub(crate) href: String,
}

/// Makes places of evidence.
#[derive(Clone, Copy)]
pub(crate) struct Places<'a> {
    pub(crate) template: Option<&'a str>,
}

impl Places<'_> {
    pub(crate) fn of(self, evidence: &Evidence) -> Place {
        self.at(&evidence.file, evidence.line, evidence.column)
    }

    pub(crate) fn at(self, file: &str, line: u32, column: u32) -> Place {
        let href = self.template.map(|template| {
            let file = encoded(file.trim_start_matches("./"));
            template
                .replace("{file}", &file)
                .replace("{line}", &line.max(1).to_string())
        });
        Place {
            text: words::place(file, line, column),
            href: href.unwrap_or_default(),
        }
    }

    /// The first few, each once.
    pub(crate) fn few<'e>(self, evidence: impl IntoIterator<Item = &'e Evidence>, few: usize) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for place in evidence.into_iter().map(|it| self.of(it)) {
            if places.len() < few && !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }
}

/// A path as it may stand in an address.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            other => encoded = format!("{encoded}%{other:02X}"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_not_leave_the_address() {
        let places = Places {
            template: Some("https://example.com/blob/main/{file}#L{line}"),
        };
        let place = places.at("./a b/\"><script>.yaml", 7, 3);
        assert_eq!(
            place.href,
            "https://example.com/blob/main/a%20b/%22%3E%3Cscript%3E.yaml#L7"
        );
        assert_eq!(place.text, "./a b/\"><script>.yaml:7:3");
    }
}
