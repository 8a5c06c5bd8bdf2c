//! The attack graph of one system, ready to be asked.

use std::collections::BTreeSet;

use palisade_knowledge::{AttackStep, Catalogue};

use super::allowed::Allowed;
use super::cut::{Cuts, weakness_of};
use super::entries::{Entry, entries, held};
use super::graph::{Graph, Rule};
use super::routes::{Route, routes};
use super::search::Searcher;
use super::world::World;
use super::{alternatives, assets, choke, compile, fixes};
use crate::assessment::{AttackPath, Fix, NotEvaluated};
use crate::system::{ElementId, System};
use crate::threats::Memory;

/// Paths that are listed for one system.
const MOST_PATHS: usize = 2000;

/// The attack graph of one system: what an attacker may hold, and the steps from one to the next.
#[derive(Debug)]
pub struct AttackGraph<'a> {
    pub(super) world: World<'a>,
    pub(super) graph: Graph,
    pub(super) not_evaluated: BTreeSet<NotEvaluated>,
}

/// What is asked of an attack graph; by default, everything as it is.
#[derive(Clone, Copy, Default)]
pub struct Question<'q> {
    /// Only from elements whose id this takes. An element that is no entry point by itself is taken as one.
    pub from: Option<&'q dyn Fn(&str) -> bool>,
    /// Only to assets whose id this takes.
    pub to: Option<&'q dyn Fn(&str) -> bool>,
    /// How many other ways to tell for each path.
    pub alternatives: usize,
    /// What is taken away first.
    pub without: &'q [Without],
}

/// What somebody would take away. Both parts must fit where both are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Without {
    /// An attack step, or the weakness that shows its condition: a catalogue id.
    pub rule: Option<String>,
    /// The element that would be changed.
    pub element: Option<String>,
}

/// What an attacker can do, and what closes it.
#[derive(Debug, Default)]
pub struct Attacks {
    /// The most likely path from each entry point to each asset, the worst first.
    pub paths: Vec<AttackPath>,
    /// The few fixes that close the most, the best first.
    pub fixes: Vec<Fix>,
    /// Step conditions that could not be evaluated.
    pub not_evaluated: Vec<NotEvaluated>,
    /// Limits that were hit.
    pub bounds_hit: Vec<String>,
}

impl<'a> AttackGraph<'a> {
    /// The attack graph of a system.
    pub fn new(system: &'a System, catalogue: &'a Catalogue) -> Self {
        Self::with(system, catalogue, &mut Memory::default())
    }

    /// The same; what conditions said before is known, and what they say is remembered.
    pub(crate) fn with(system: &'a System, catalogue: &'a Catalogue, memory: &mut Memory) -> Self {
        let world = World::new(system, catalogue);
        let (graph, not_evaluated) = compile::compile(&world, memory);
        Self {
            world,
            graph,
            not_evaluated,
        }
    }

    /// Ids of everything that can be held, sorted.
    pub fn holdable(&self) -> impl Iterator<Item = &str> {
        self.ids().into_iter().map(ElementId::as_str)
    }

    fn ids(&self) -> BTreeSet<&ElementId> {
        self.graph
            .facts()
            .filter_map(|(_, fact)| Some(fact.shown()?.1))
            .collect()
    }

    /// Searches it from every entry point, and looks for the fixes that matter most.
    pub fn ask(&self, question: &Question<'_>) -> Attacks {
        let (graph, world) = (&self.graph, &self.world);
        let is_asked_for =
            |wanted: Option<&dyn Fn(&str) -> bool>, id: &ElementId| wanted.is_none_or(|wanted| wanted(id.as_str()));
        let mut assets = assets::assets(graph, world);
        assets.retain(|asset| is_asked_for(question.to, &asset.element));
        let entries = match question.from {
            None => entries(graph, world),
            Some(from) => self.asked_entries(from),
        };
        let allowed = Allowed::new(graph, world, |rule| self.is_without(rule, question.without));
        let cuts = Cuts::new(graph, world);

        let mut routes = routes(graph, world, &allowed, &entries, &assets);
        let mut bounds_hit = Vec::new();
        if routes.len() > MOST_PATHS {
            bounds_hit.push(format!("paths: the worst {MOST_PATHS} of {} are listed", routes.len()));
            routes.truncate(MOST_PATHS);
        }
        if !choke::mark(graph, &cuts, &allowed, &mut routes) {
            bounds_hit.push("choke points: not looked into for every path".to_owned());
        }
        let mut paths: Vec<AttackPath> = routes.iter().map(|route| route.shown(graph, world, &cuts)).collect();
        if question.alternatives > 0
            && !self.add_alternatives(question.alternatives, &cuts, &allowed, &routes, &mut paths)
        {
            bounds_hit.push("alternatives: not every way was looked for".to_owned());
        }
        let found = fixes::fixes(graph, world, &cuts, allowed, &routes, &paths);
        if found.cut_short {
            bounds_hit.push("fixes: not every combination of fixes was tried".to_owned());
        }
        Attacks {
            paths,
            fixes: found.fixes,
            not_evaluated: self.not_evaluated.iter().cloned().collect(),
            bounds_hit,
        }
    }

    /// Places to start from that somebody named: entry points, and whatever else can be held.
    fn asked_entries(&self, from: &dyn Fn(&str) -> bool) -> Vec<Entry> {
        let wanted = self.ids().into_iter().filter(|id| from(id.as_str()));
        // The first way to hold it gives the most.
        wanted
            .filter_map(|id| held(id, &self.graph).into_iter().next())
            .collect()
    }

    fn is_without(&self, rule: &Rule, without: &[Without]) -> bool {
        without.iter().any(|without| {
            let step: Option<&AttackStep> = rule.step.and_then(|step| self.world.steps.get(step).copied());
            let of_rule = without
                .rule
                .as_ref()
                .is_none_or(|wanted| step.is_some_and(|step| step.id == *wanted || weakness_of(step) == Some(wanted)));
            let of_element = without
                .element
                .as_ref()
                .is_none_or(|wanted| rule.fixed_at.as_ref().is_some_and(|element| element.as_str() == wanted));
            step.is_some() && of_rule && of_element
        })
    }

    fn add_alternatives(
        &self,
        most: usize,
        cuts: &Cuts<'_>,
        allowed: &Allowed,
        routes: &[Route],
        paths: &mut [AttackPath],
    ) -> bool {
        let mut searcher = Searcher::new(&self.graph);
        let mut complete = true;
        for (route, path) in routes.iter().zip(paths) {
            let ends = (route.entry.start, route.asset);
            let takes = |rule| allowed.takes(&route.entry, rule);
            let (ways, cut_short) = alternatives::alternatives(ends, &route.derived, most, cuts, &mut searcher, takes);
            complete &= !cut_short;
            let shown = ways
                .into_iter()
                .map(|way| route.along(way).shown(&self.graph, &self.world, cuts));
            path.alternatives = shown.collect();
        }
        complete
    }
}
