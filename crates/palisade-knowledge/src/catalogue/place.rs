//! Where a field of an entry is written.

use std::fmt;

use palisade_inventory::{FieldPath, Position, Segment};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

/// The place of a field in an entry's text, or of the deepest part of its path that is there. None: the text has no places
/// to tell.
pub fn of(text: &str, path: &FieldPath) -> Option<Position> {
    let root: Spanned<Tree> = serde_saphyr::from_str(text).ok()?;
    let mut node = &root;
    for segment in path.segments() {
        let below = match (segment, &node.value) {
            (Segment::Key(key), Tree::Map(entries)) => entries
                .iter()
                .find_map(|(known, value)| (**known == **key).then_some(value)),
            (Segment::Index(index), Tree::List(items)) => items.get(*index),
            _ => None,
        };
        match below {
            Some(below) => node = below,
            None => break,
        }
    }
    position(node.referenced)
}

/// A place as this workspace counts: from zero.
pub(super) fn position(location: Location) -> Option<Position> {
    let zero_based = |one_based: u64| u32::try_from(one_based.checked_sub(1)?).ok();
    Some(Position::new(
        zero_based(location.line())?,
        zero_based(location.column())?,
    ))
}

/// The shape of a document.
enum Tree {
    Leaf,
    List(Vec<Spanned<Tree>>),
    Map(Vec<(String, Spanned<Tree>)>),
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shape)
    }
}

struct Shape;

impl<'de> Visitor<'de> for Shape {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Tree::Map(map))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_none<E>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Tree::Leaf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id: X
techniques: [T1, T2]
when: >-
  true
references:
  'a.b':
    - one
    - two
";

    #[test]
    fn fields_are_found_by_their_paths() {
        let at = |path: &str| of(TEXT, &FieldPath::parse(path)).map(|position| position.to_string());
        for (path, expected) in [
            ("id", "1:5"),
            ("techniques[1]", "2:18"),
            ("techniques[7]", "2:13"),
            ("when", "4:3"),
            ("references['a.b'][1]", "8:7"),
            ("nothing", "1:1"),
        ] {
            assert_eq!(at(path).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn what_is_no_document_has_no_places() {
        assert_eq!(of("a: [", &FieldPath::parse("a")), None);
    }
}
