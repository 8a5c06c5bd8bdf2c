//! Data stores that only their callers tell of: whoever is called by `mongodb://` keeps data.

use std::collections::BTreeMap;

use palisade_knowledge::{Catalogue, StoreKind};

use crate::design::drawing::Drawing;
use crate::design::recognition;
use crate::system::{Confidence, ElementId, ElementKind};

/// Makes data stores of workloads that nothing is known of but that others call as one.
pub(super) fn add(catalogue: &Catalogue, drawing: &mut Drawing) {
    let spoken_by_stores: BTreeMap<&str, StoreKind> = catalogue
        .technologies
        .values()
        .rev()
        .filter_map(|technology| Some((technology.application.as_deref()?, technology.store?)))
        .filter(|(application, _)| !is_general(application))
        .collect();
    let called: Vec<(ElementId, StoreKind)> = drawing
        .spoken_to()
        .filter_map(|(to, application)| Some((to.clone(), *spoken_by_stores.get(application)?)))
        .collect();
    for (id, store) in called {
        let Some(element) = drawing.element_mut(&id) else {
            continue;
        };
        let is_unknown = element.technology.is_none() && !recognition::is_beside_store(name_of(&id));
        if element.kind == ElementKind::Process && is_unknown && !element.templates.is_empty() {
            element.kind = ElementKind::DataStore;
            element.store = Some(store);
            element.confidence = element.confidence.min(Confidence::Medium);
        }
    }
}

fn name_of(id: &ElementId) -> &str {
    id.as_str().rsplit('/').next().unwrap_or_default()
}

/// Spoken by stores, and by everything else as well.
fn is_general(application: &str) -> bool {
    matches!(application, "http" | "https" | "grpc" | "tcp" | "tls")
}
