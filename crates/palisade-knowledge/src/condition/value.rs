//! Documents as CEL values.

use std::sync::Arc;

use cel::ExecutionError;
use cel::common::traits::{self, Container, Indexer, Iterable, Sizer};
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelNull, CelString, Kind, MAP_TYPE, STRING_TYPE, Type};
use cel::common::value::{CowVal, Val};

use super::prune::Pruned;

/// A document as a CEL value. Integers are `int`, as in the API server, never `uint`.
pub(super) fn of<'v>(pruned: Pruned<'v>) -> Box<dyn Val + 'v> {
    match pruned {
        Pruned::Null => Box::new(CelNull),
        Pruned::Bool(value) => Box::new(CelBool::from(value)),
        Pruned::Int(value) => Box::new(CelInt::from(value)),
        Pruned::Float(value) => Box::new(CelDouble::from(value)),
        Pruned::Text(text) => Box::new(CelString::from(text)),
        Pruned::List(items) => Box::new(CelList::from(items.into_iter().map(of).collect::<Vec<_>>())),
        Pruned::Map(entries) => Box::new(Object(
            entries
                .into_iter()
                .map(|(key, value)| (CelString::from(key), of(value)))
                .collect(),
        )),
    }
}

/// A map from text, in the order of its keys, cheap to copy: the evaluator copies whatever an optional holds.
///
/// CEL's own map is hashed with a random seed, so that looping over it could name one error today and another tomorrow.
#[derive(Clone, Debug)]
struct Object<'v>(Arc<[(CelString<'v>, Box<dyn Val + 'v>)]>);

impl<'v> Object<'v> {
    fn find(&self, key: &str) -> Option<&(dyn Val + 'v)> {
        let index = self.0.binary_search_by(|(name, _)| name.inner().cmp(key)).ok()?;
        self.0.get(index).map(|(_, value)| &**value)
    }
}

impl Val for Object<'_> {
    fn get_type(&self) -> &Type {
        &MAP_TYPE
    }

    fn cel_type() -> &'static Type {
        &MAP_TYPE
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'w>(&'b self) -> Option<&'b (dyn Indexer + 'w)>
    where
        Self: 'w,
    {
        Some(self)
    }

    fn as_iterable<'b, 'w>(&'b self) -> Option<&'b (dyn Iterable + 'w)>
    where
        Self: 'w,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        let (Some(size), Some(indexer)) = (other.as_sizer(), other.as_indexer()) else {
            return false;
        };
        other.get_type().kind() == Kind::Map
            && size.size() == self.size()
            && self.0.iter().all(|(key, value)| {
                indexer
                    .get(key)
                    .is_ok_and(|other_value| value.equals(other_value.as_ref()))
            })
    }

    fn clone_as_boxed<'w>(&self) -> Box<dyn Val + 'w>
    where
        Self: 'w,
    {
        Box::new(self.clone())
    }
}

impl Container for Object<'_> {
    fn contains(&self, key: &dyn Val) -> Result<bool, ExecutionError> {
        match key.downcast_ref::<CelString>() {
            Some(key) => Ok(self.find(key.inner()).is_some()),
            None => Err(unexpected_key(key)),
        }
    }
}

impl Indexer for Object<'_> {
    fn get<'b, 'w>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'w>, ExecutionError>
    where
        Self: 'w,
    {
        let name = key.downcast_ref::<CelString>().ok_or_else(|| unexpected_key(key))?;
        self.find(name.inner())
            .map(CowVal::Borrowed)
            .ok_or_else(|| ExecutionError::no_such_key(name.inner()))
    }

    fn steal<'w>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'w>, ExecutionError>
    where
        Self: 'w,
    {
        self.get(key).map(CowVal::into_owned)
    }
}

impl Iterable for Object<'_> {
    fn iter<'b, 'w>(&'b self) -> Box<dyn traits::Iterator<'b, 'w> + 'b>
    where
        Self: 'w,
    {
        Box::new(Keys(self.0.iter()))
    }
}

impl Sizer for Object<'_> {
    fn size(&self) -> CelInt {
        CelInt::from(i64::try_from(self.0.len()).unwrap_or(i64::MAX))
    }
}

/// Macros loop over the keys of a map.
struct Keys<'b, 'v>(std::slice::Iter<'b, (CelString<'v>, Box<dyn Val + 'v>)>);

impl<'b, 'v: 'w, 'w> traits::Iterator<'b, 'w> for Keys<'b, 'v> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'w)> {
        self.0.next().map(|(key, _)| key as &(dyn Val + 'w))
    }
}

fn unexpected_key(key: &dyn Val) -> ExecutionError {
    ExecutionError::UnexpectedType {
        got: key.get_type().name().to_owned(),
        want: STRING_TYPE.name().to_owned(),
    }
}
