//! The STRIDE ledger: one row for each drawn element, and each pair of elements that data flows between, and each
//! category that applies to it (Microsoft's STRIDE per element).
//!
//! | target | S | T | R | I | D | E |
//! |---|---|---|---|---|---|---|
//! | external entity | ✓ | | ✓ | | | |
//! | process | ✓ | ✓ | ✓ | ✓ | ✓ | ✓ |
//! | data store | | ✓ | ✓ | ✓ | ✓ | |
//! | flow | | ✓ | | ✓ | ✓ | |
//!
//! A row's word needs evidence: *exposed* by findings or by what is written, *mitigated* by what is written, otherwise
//! *unknown*, with what would answer it. Flows of the platform itself are not judged.

mod causes;
mod external;
mod flow;
mod hardening;
mod holders;
mod process;
mod row;
mod standing;
mod store;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use palisade_knowledge::{Catalogue, Stride};

use self::causes::Causes;
use self::holders::Holders;
use self::row::Target;
use crate::assessment::{Finding, Threat};
use crate::rbac::Authorizer;
use crate::system::{Basis, ElementId, ElementKind, Flow, System};

/// What the rows are made from.
struct Ledger<'a> {
    system: &'a System,
    catalogue: &'a Catalogue,
    causes: Causes<'a>,
    holders: Holders<'a>,
    /// Flows by their ends, those of the platform left out.
    flows: BTreeMap<(&'a ElementId, &'a ElementId), Vec<&'a Flow>>,
}

/// All rows: exposed, then unknown, then mitigated; the worst first.
pub(crate) fn ledger(system: &System, findings: &[Finding], catalogue: &Catalogue) -> Vec<Threat> {
    let authorizer = Authorizer::new(&system.resources);
    let mut flows: BTreeMap<(&ElementId, &ElementId), Vec<&Flow>> = BTreeMap::new();
    for flow in system.flows.iter().filter(|flow| flow.basis != Basis::Platform) {
        flows.entry((&flow.from, &flow.to)).or_default().push(flow);
    }
    let mut ledger = Ledger {
        system,
        catalogue,
        causes: Causes::new(system, &authorizer, findings, catalogue),
        holders: Holders::new(&authorizer),
        flows,
    };
    let mut rows = Vec::new();
    for element in system.elements.iter().filter(|element| element.kind.is_drawn()) {
        for &category in categories(element.kind) {
            let standing = ledger.element(element, category);
            rows.push(ledger.row(Target::Element(element), category, standing));
        }
    }
    let pairs: Vec<Vec<&Flow>> = ledger.flows.values().cloned().collect();
    for flows in &pairs {
        for category in [
            Stride::Tampering,
            Stride::InformationDisclosure,
            Stride::DenialOfService,
        ] {
            let standing = ledger.flow(flows, category);
            rows.push(ledger.row(Target::Flows(flows), category, standing));
        }
    }
    rows.sort_by(|a, b| order(a).cmp(&order(b)));
    rows
}

fn order(row: &Threat) -> impl Ord + '_ {
    (row.state, Reverse(row.severity), row.category, &row.element, &row.to)
}

/// The categories that apply to a drawn element.
fn categories(kind: ElementKind) -> &'static [Stride] {
    use Stride::{DenialOfService, ElevationOfPrivilege, InformationDisclosure, Repudiation, Spoofing, Tampering};
    match kind {
        ElementKind::ExternalEntity => &[Spoofing, Repudiation],
        ElementKind::Process => &[
            Spoofing,
            Tampering,
            Repudiation,
            InformationDisclosure,
            DenialOfService,
            ElevationOfPrivilege,
        ],
        ElementKind::DataStore => &[Tampering, Repudiation, InformationDisclosure, DenialOfService],
        _ => &[],
    }
}
