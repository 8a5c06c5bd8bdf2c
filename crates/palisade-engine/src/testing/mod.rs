//! Systems for tests, from YAML.

mod defaults;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use palisade_inventory::Root;
use palisade_knowledge::Catalogue;

use crate::design;
use crate::system::{Resources, System};

pub(crate) use self::defaults::defaulted;

/// The catalogue that comes with Palisade.
pub(crate) fn catalogue() -> &'static Arc<Catalogue> {
    static CATALOGUE: LazyLock<Arc<Catalogue>> =
        LazyLock::new(|| Arc::new(Catalogue::builtin().expect("the catalogue loads")));
    &CATALOGUE
}

/// The system that these manifests tell of. All of them must be understood.
pub(crate) fn system(yaml: &str) -> System {
    let (root, resources) = resources(yaml);
    design::compile(&root, &resources, catalogue())
}

/// The resources of these manifests.
pub(crate) fn resources(yaml: &str) -> (Root, Resources) {
    let reading = palisade_sources::read_bytes("test.yaml", yaml.as_bytes());
    assert!(reading.coverage.skipped.is_empty(), "{:?}", reading.coverage.skipped);
    let mut resources = Resources::default();
    let mut root = None;
    for resource in reading.resources {
        root = Some(Root::clone(&resource.root));
        resources.upsert(Arc::new(resource));
    }
    (root.expect("there is a resource"), resources)
}

/// How many random cases a property test tries: `usual`, or what `PALISADE_CASES` says.
pub(crate) fn cases(usual: u32) -> u32 {
    std::env::var("PALISADE_CASES").map_or(usual, |cases| cases.parse().expect("PALISADE_CASES is a number"))
}

/// A part of the corpus of real manifests and recorded decisions, where it is present.
pub(crate) fn corpus(below: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PALISADE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let path = root.join(below);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: corpus not present");
    None
}
