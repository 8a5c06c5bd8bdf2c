//! Every connection that policies allow: between workloads, with what is outside, and from ingress controllers.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt;

use super::Network;
use super::address::Range;
use super::controllers::STAND_IN;
use super::policy::Direction;
use super::ports::Ports;

/// Classes up to which the answer for each pair of them is kept.
const MOST_KEPT: usize = 2000;

/// A connection that is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection<'n> {
    /// `namespace/name[Kind]`, `first-last[External]` or `{ingress-controller}`.
    pub from: &'n str,
    /// The target, in the same form.
    pub to: &'n str,
    /// At the target.
    pub ports: Ports,
}

impl fmt::Display for Connection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} => {} : {}", self.from, self.to, self.ports)
    }
}

/// All connections, by source and target. Made one at a time: in a large cluster there are millions.
#[derive(Debug)]
pub struct Connections<'n> {
    network: &'n Network,
    sources: BTreeMap<String, Party>,
    targets: BTreeMap<String, Party>,
    /// Ports by class of source and of target, as far as they are known.
    rows: Vec<OnceCell<Vec<Ports>>>,
}

#[derive(Clone, Debug)]
enum Party {
    Outside(Range),
    /// Classes of its pods.
    Workload(Vec<usize>),
    /// What ingress controllers lead to, by workload.
    Controllers(BTreeMap<String, Ports>),
}

impl Network {
    /// Every connection that is allowed.
    pub fn connections(&self) -> Connections<'_> {
        let mut workloads: BTreeMap<String, Party> = BTreeMap::new();
        for group in self.groups.iter().filter(|group| &*group.shown != STAND_IN) {
            let party = workloads
                .entry(group.shown.to_string())
                .or_insert(Party::Workload(Vec::new()));
            if let Party::Workload(classes) = party
                && !classes.contains(&group.class)
            {
                classes.push(group.class);
            }
        }
        let outside = |direction| {
            let ranges = self.ranges(direction).into_iter();
            ranges.map(|range| (format!("{range}[External]"), Party::Outside(range)))
        };
        let (mut sources, mut targets) = (workloads.clone(), workloads);
        sources.extend(outside(Direction::Ingress));
        targets.extend(outside(Direction::Egress));
        let controllers = self.admitted_ports();
        if !controllers.is_empty() {
            sources.insert(STAND_IN.to_owned(), Party::Controllers(controllers));
        }
        Connections {
            network: self,
            sources,
            targets,
            rows: self.classes.iter().map(|_| OnceCell::new()).collect(),
        }
    }
}

impl Connections<'_> {
    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Connection<'_>> {
        self.sources.iter().flat_map(move |(from, source)| {
            self.targets.iter().filter_map(move |(to, target)| {
                // Whether the pods of one workload reach each other is not told.
                let ports = if from == to {
                    Ports::None
                } else {
                    self.ports(source, to, target)
                };
                (!ports.is_empty()).then_some(Connection { from, to, ports })
            })
        })
    }

    fn ports(&self, source: &Party, to: &str, target: &Party) -> Ports {
        match (source, target) {
            (Party::Workload(from), Party::Workload(to)) => {
                let pairs = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to)));
                pairs.fold(Ports::None, |all, (from, to)| all.union(&self.between(from, to)))
            }
            (Party::Outside(range), Party::Workload(classes)) => self.outside(Direction::Ingress, classes, *range),
            (Party::Workload(classes), Party::Outside(range)) => self.outside(Direction::Egress, classes, *range),
            (Party::Controllers(admitted), Party::Workload(_)) => admitted.get(to).cloned().unwrap_or_default(),
            _ => Ports::None,
        }
    }

    fn outside(&self, direction: Direction, classes: &[usize], range: Range) -> Ports {
        let each = classes
            .iter()
            .map(|class| self.network.ports_outside(direction, *class, range.first));
        each.fold(Ports::None, |all, one| all.union(&one))
    }

    fn between(&self, from: usize, to: usize) -> Ports {
        let count = self.rows.len();
        if count > MOST_KEPT {
            return self.network.ports_between(from, to);
        }
        let Some(row) = self.rows.get(from) else {
            return Ports::None;
        };
        let row = row.get_or_init(|| (0..count).map(|to| self.network.ports_between(from, to)).collect());
        row.get(to).cloned().unwrap_or_default()
    }
}
