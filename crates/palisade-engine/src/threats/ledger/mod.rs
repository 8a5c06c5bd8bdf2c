//! The STRIDE ledger: one row for each drawn element, and each pair of elements that data flows between, and each
//! category that applies to it (Microsoft's STRIDE per element).
//!
//! Which categories apply, also by the boundaries that a flow crosses, stands in `table`, from which `docs/stride.md` is made.
//!
//! A row's word needs evidence: *exposed* by findings or by what is written, *mitigated* by what is written, otherwise
//! *unknown*, with what would answer it. Flows of the platform itself are not judged.

mod accounts;
mod audit_policy;
mod causes;
mod external;
mod flow;
mod hardening;
mod holders;
mod process;
mod records;
mod repudiation;
mod row;
mod signatures;
mod standing;
mod store;
mod table;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use palisade_knowledge::Catalogue;

use self::accounts::Accounts;
use self::causes::Causes;
use self::holders::Holders;
use self::records::Records;
use self::row::Target;
pub(crate) use self::row::word;
use self::signatures::Signatures;
pub(crate) use self::table::page;
use crate::assessment::{Finding, Threat};
use crate::rbac::Authorizer;
use crate::system::{Basis, BoundaryKind, ElementId, Flow, System};

/// What the rows are made from.
struct Ledger<'a> {
    system: &'a System,
    catalogue: &'a Catalogue,
    causes: Causes<'a>,
    holders: Holders<'a>,
    accounts: Accounts,
    records: Records<'a>,
    signatures: Signatures,
    boundaries: BTreeMap<&'a str, BoundaryKind>,
    /// Flows by their ends, those of the platform left out.
    flows: BTreeMap<(&'a ElementId, &'a ElementId), Vec<&'a Flow>>,
}

/// All rows: exposed, then unknown, then accepted, then mitigated; the worst first.
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
        accounts: Accounts::of(system, &authorizer),
        records: Records::of(system),
        signatures: Signatures::of(system),
        boundaries: boundaries(system),
        flows,
    };
    let mut rows = Vec::new();
    for element in system.elements.iter().filter(|element| element.kind.is_drawn()) {
        for &category in table::of_element(element.kind) {
            let standing = ledger.element(element, category);
            rows.push(ledger.row(Target::Element(element), category, standing));
        }
    }
    let pairs: Vec<Vec<&Flow>> = ledger.flows.values().cloned().collect();
    for flows in &pairs {
        for category in ledger.categories(flows) {
            let standing = ledger.flow(flows, category);
            rows.push(ledger.row(Target::Flows(flows), category, standing));
        }
    }
    sort(&mut rows);
    rows
}

/// Puts rows in the ledger's order.
pub(crate) fn sort(rows: &mut [Threat]) {
    rows.sort_by(|a, b| order(a).cmp(&order(b)));
}

fn order(row: &Threat) -> impl Ord + '_ {
    (row.state, Reverse(row.severity), row.category, &row.element, &row.to)
}

fn boundaries(system: &System) -> BTreeMap<&str, BoundaryKind> {
    let boundaries = system.boundaries.iter();
    boundaries
        .map(|boundary| (boundary.id.as_str(), boundary.kind))
        .collect()
}

impl Ledger<'_> {
    /// The categories that apply to the flows between two elements.
    fn categories(&self, flows: &[&Flow]) -> Vec<palisade_knowledge::Stride> {
        let boundaries = flows.iter().flat_map(|flow| &flow.crosses);
        let crosses: BTreeSet<BoundaryKind> = boundaries
            .filter_map(|id| self.boundaries.get(id.as_str()).copied())
            .collect();
        table::of_flow(&crosses, flow::is_handed_over(flows), flow::is_of_node_files(flows))
    }
}
