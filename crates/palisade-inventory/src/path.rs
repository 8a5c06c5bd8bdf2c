//! Places: in a text ([`Position`]) and in a document ([`FieldPath`]).

use std::fmt;

/// A place in a text, zero-based; shown one-based.
///
/// `column` counts characters from the start of the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Zero-based line.
    pub line: u32,
    /// Zero-based column, in characters.
    pub column: u32,
}

impl Position {
    /// A position from zero-based line and column.
    pub const fn new(line: u32, column: u32) -> Self {
        Self { line, column }
    }
}

impl fmt::Display for Position {
    /// One-based, as editors count: `12:5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line.saturating_add(1), self.column.saturating_add(1))
    }
}

/// One step down a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A key of a map.
    Key(Box<str>),
    /// An index of a list.
    Index(usize),
}

impl From<&str> for Segment {
    fn from(key: &str) -> Self {
        Self::Key(key.into())
    }
}

impl From<usize> for Segment {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A path to a field of a document, as Kubernetes writes it: `spec.containers[0].image`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(Vec<Segment>);

impl FieldPath {
    /// The document itself.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// Reads the dotted form: `spec.containers[0].image`. A key that itself holds dots is written `['a.b']`.
    ///
    /// Anything that is not an index or a quoted key is taken as a key, so that this never fails.
    pub fn parse(text: &str) -> Self {
        let mut segments = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some((key, after)) = rest.strip_prefix("['").and_then(|r| r.split_once("']")) {
                segments.push(Segment::from(key));
                rest = after;
            } else if let Some((index, after)) = rest
                .strip_prefix('[')
                .and_then(|r| r.split_once(']'))
                .and_then(|(index, after)| Some((index.parse::<usize>().ok()?, after)))
            {
                segments.push(Segment::Index(index));
                rest = after;
            } else {
                rest = rest.strip_prefix('.').unwrap_or(rest);
                let end = rest.find(['.', '[']).filter(|&end| end > 0).unwrap_or(rest.len());
                let (key, after) = rest.split_at(end);
                if !key.is_empty() {
                    segments.push(Segment::from(key));
                }
                rest = after;
            }
        }
        Self(segments)
    }

    /// This path and one step more.
    #[must_use]
    pub fn child(&self, segment: impl Into<Segment>) -> Self {
        let mut path = self.clone();
        path.0.push(segment.into());
        path
    }

    /// This path and `other` below it.
    #[must_use]
    pub fn join(&self, other: &FieldPath) -> Self {
        let mut path = self.clone();
        path.0.extend(other.0.iter().cloned());
        path
    }

    /// The steps, from the document down.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Whether this is the document itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if key.contains(['.', '[']) => write!(f, "['{key}']")?,
                Segment::Key(key) if depth == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_back_as_written() {
        for text in [
            "",
            "spec",
            "spec.containers[0].image",
            "metadata.labels['app.kubernetes.io/name']",
            "[2].a",
        ] {
            assert_eq!(FieldPath::parse(text).to_string(), text);
        }
    }

    #[test]
    fn odd_paths_do_not_hang() {
        for text in ["[", "a[", "a[x].b", "..", ".a", "['x", "a..b", "[[", "]"] {
            let _ = FieldPath::parse(text);
        }
    }

    #[test]
    fn positions_are_shown_one_based() {
        assert_eq!(Position::new(0, 4).to_string(), "1:5");
    }
}
