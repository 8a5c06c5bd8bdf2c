//! The whole attack graph for other tools.

use schemars::JsonSchema;
use serde::Serialize;

use super::attack_graph::AttackGraph;
use super::derive::{evidence_of, rounded};
use super::fact::Fact;
use super::graph::{FactId, Rule, RuleId};
use crate::assessment::NotEvaluated;
use crate::system::{ElementId, Evidence};

/// The attack graph of one system: nodes by id, edges by their ends.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GraphExport {
    /// What an attacker may hold; the hubs that stand for many of these; and a node for each step that needs several
    /// things at once.
    pub nodes: Vec<GraphNode>,
    /// Attack steps, and the ways over hubs.
    pub edges: Vec<GraphEdge>,
    /// Step conditions that could not be evaluated: edges may be missing there.
    pub not_evaluated: Vec<NotEvaluated>,
}

/// A node of the attack graph.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct GraphNode {
    /// Unique in the graph, and the same from run to run.
    pub id: String,
    /// What is held: `workload`, `node`, `identity`, `secret` …; `hub` for many at once; `and` where all edges that lead
    /// in are needed together.
    pub kind: String,
    /// The element that is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<ElementId>,
}

/// An edge of the attack graph: who holds `from` gains `to`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GraphEdge {
    /// A node's id.
    pub from: String,
    /// A node's id.
    pub to: String,
    /// The attack step: a catalogue id. None for a way to or from a hub, and into an `and` node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// ATT&CK techniques.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    /// The chance that it succeeds, 0 to 1.
    pub likelihood: f64,
    /// Where it is written. Empty where it follows from what the ends are.
    pub evidence: Vec<Evidence>,
}

impl AttackGraph<'_> {
    /// The whole graph.
    pub fn export(&self) -> GraphExport {
        let mut nodes: Vec<GraphNode> = self.graph.facts().map(|(_, fact)| node(fact)).collect();
        let mut edges = Vec::new();
        for (id, rule) in self.graph.rules_by_id() {
            self.add_rule(id, &rule, &mut nodes, &mut edges);
        }
        nodes.sort();
        GraphExport {
            nodes,
            edges,
            not_evaluated: self.not_evaluated.iter().cloned().collect(),
        }
    }

    /// How many facts and rules there are.
    pub fn size(&self) -> (usize, usize) {
        (self.graph.fact_count(), self.graph.rule_count())
    }

    fn add_rule(&self, id: RuleId, rule: &Rule, nodes: &mut Vec<GraphNode>, edges: &mut Vec<GraphEdge>) {
        let step = rule.step.and_then(|step| self.world.steps.get(step));
        let mut last = GraphEdge {
            from: String::new(),
            to: self.id(rule.conclusion),
            step: step.map(|step| step.id.clone()),
            techniques: step.map(|step| step.techniques.clone()).unwrap_or_default(),
            likelihood: rounded(rule.chance.likelihood),
            evidence: evidence_of(&rule.reason, &self.world),
        };
        if let [premise] = rule.premises.as_slice() {
            last.from = self.id(*premise);
        } else {
            last.from = format!("and:{}", id.index());
            nodes.push(GraphNode {
                id: last.from.clone(),
                kind: "and".to_owned(),
                element: None,
            });
            edges.extend(rule.premises.iter().map(|premise| GraphEdge {
                from: self.id(*premise),
                to: last.from.clone(),
                step: None,
                techniques: Vec::new(),
                likelihood: 1.0,
                evidence: Vec::new(),
            }));
        }
        edges.push(last);
    }

    fn id(&self, fact: FactId) -> String {
        self.graph.fact(fact).map(Fact::name).unwrap_or_default()
    }
}

fn node(fact: &Fact) -> GraphNode {
    let shown = fact.shown();
    GraphNode {
        id: fact.name(),
        kind: shown.map_or_else(|| "hub".to_owned(), |(holding, _)| holding.as_str().to_owned()),
        element: shown.map(|(_, element)| element.clone()),
    }
}
