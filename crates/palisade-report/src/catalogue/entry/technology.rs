//! A technology.

use palisade_knowledge::Technology;

use super::parts::fact;
use crate::text::page::Page;
use crate::words;

pub(super) fn write(page: &mut Page, technology: &Technology) {
    page.heading(&technology.name, "technology");
    fact(page, "id", &technology.id);
    fact(page, "keeps data", technology.store.map_or("no", words::store));
    fact(page, "images", technology.images.join(", "));
    fact(page, "but not", technology.not_images.join(", "));
    let ports = technology.ports.iter().map(u16::to_string).collect::<Vec<_>>();
    fact(page, "ports", ports.join(", "));
    fact(page, "speaks", technology.application.as_deref().unwrap_or_default());
}
