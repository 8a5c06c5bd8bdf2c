//! What are we working on? Resources → [`System`].

use palisade_inventory::Root;
use palisade_knowledge::Catalogue;

use crate::system::{Resources, System};

/// Compiles the data-flow diagram of one root.
pub(crate) fn compile(root: &Root, resources: &Resources, _catalogue: &Catalogue) -> System {
    let mut system = System::new(root);
    system.resources = resources.clone();
    system
}
