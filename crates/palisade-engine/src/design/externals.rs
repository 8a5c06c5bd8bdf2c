//! What is not part of the system: the internet, services of others.

use std::net::IpAddr;

use crate::design::application::Spoken;
use crate::design::boundaries::{EXTERNAL_SERVICES, OUTSIDE};
use crate::design::drawing::{self, Claim, Drawing};
use crate::system::{Basis, Confidence, ElementId, ElementKind, Evidence};

/// The element of the world outside.
pub(super) fn add_outside(id: &'static str, evidence: Evidence, drawing: &mut Drawing) -> ElementId {
    let id = ElementId::from(id);
    drawing.element(drawing::element(
        id.clone(),
        ElementKind::ExternalEntity,
        OUTSIDE.to_owned(),
        vec![evidence],
    ));
    id
}

/// The element of a host or network that is not part of the system.
pub(super) fn add_host(host: &str, evidence: &[Evidence], confidence: Confidence, drawing: &mut Drawing) -> ElementId {
    let id = ElementId::new(format!("External/{host}"));
    let evidence = evidence.first().cloned().into_iter().collect();
    let kind = ElementKind::ExternalEntity;
    let mut element = drawing::element(id.clone(), kind, EXTERNAL_SERVICES.to_owned(), evidence);
    element.confidence = confidence;
    drawing.element(element);
    id
}

/// A call to a host that is not part of the system.
pub(super) fn add_call(
    from: &ElementId,
    host: &str,
    port: Option<u16>,
    spoken: Spoken,
    confidence: Confidence,
    word: Vec<Evidence>,
    drawing: &mut Drawing,
) {
    let to = add_host(host, &word, confidence, drawing);
    // A bare private address may well be inside: nothing here says what has it.
    let is_address = host.parse::<IpAddr>().is_ok_and(super::hosts::is_private);
    drawing.claim(Claim {
        from: from.clone(),
        to,
        basis: Basis::Declared,
        protocol: "TCP",
        application: spoken.application,
        ports: port.into_iter().collect(),
        encrypted: spoken.encrypted,
        confidence: if is_address {
            confidence.min(Confidence::Medium)
        } else {
            confidence
        },
        word,
        way: Vec::new(),
    });
}
