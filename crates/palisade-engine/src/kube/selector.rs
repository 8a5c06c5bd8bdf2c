//! Label selectors, as `k8s.io/apimachinery` decides them.

use palisade_inventory::Node;

use super::labels::Labels;

/// What a selector asks of labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selector<'a> {
    /// Selects nothing: a null selector, or one that Kubernetes would refuse.
    Nothing,
    /// Selects everything: an empty selector.
    Everything,
    /// Selects what meets all of these.
    All(Vec<Requirement<'a>>),
}

/// One requirement on labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Requirement<'a> {
    /// The label has this value.
    Equals(&'a str, &'a str),
    /// The label is there, with one of these values.
    In(&'a str, Vec<&'a str>),
    /// The label is absent, or has none of these values.
    NotIn(&'a str, Vec<&'a str>),
    /// The label is there.
    Exists(&'a str),
    /// The label is absent.
    DoesNotExist(&'a str),
}

impl<'a> Selector<'a> {
    /// A `LabelSelector` behind a pointer: null selects nothing, empty selects everything.
    pub fn nullable(node: Option<&'a Node>) -> Self {
        node.map_or(Self::Nothing, Self::label_selector)
    }

    /// A `LabelSelector` (`matchLabels` and `matchExpressions`); empty selects everything.
    pub fn label_selector(node: &'a Node) -> Self {
        let labels = node.entries(&["matchLabels"]).iter().map(|entry| {
            let value = entry.value.as_str()?;
            Some(Requirement::Equals(&entry.key, value))
        });
        let expressions = node.items(&["matchExpressions"]).iter().map(Requirement::of_expression);
        match labels.chain(expressions).collect::<Option<Vec<_>>>() {
            None => Self::Nothing,
            Some(requirements) if requirements.is_empty() => Self::Everything,
            Some(requirements) => Self::All(requirements),
        }
    }

    /// The plain map that Services and ReplicationControllers have. A Service without one selects nothing: its endpoints
    /// are somebody else's business.
    pub fn of_map(node: Option<&'a Node>) -> Self {
        let entries = node.map(|node| node.entries(&[])).unwrap_or_default();
        let requirements = entries
            .iter()
            .map(|entry| Some(Requirement::Equals(&entry.key, entry.value.as_str()?)))
            .collect::<Option<Vec<_>>>();
        match requirements {
            Some(requirements) if !requirements.is_empty() => Self::All(requirements),
            _ => Self::Nothing,
        }
    }

    /// One that asks for exactly these values.
    pub fn equal(labels: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::All(
            labels
                .into_iter()
                .map(|(key, value)| Requirement::Equals(key, value))
                .collect(),
        )
    }

    /// Whether it selects what has these labels.
    pub fn matches(&self, labels: &Labels<'_>) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::All(requirements) => requirements.iter().all(|requirement| requirement.is_met(labels)),
        }
    }

    /// Labels that whatever it selects has for certain.
    pub(super) fn demanded(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let requirements = match self {
            Self::All(requirements) => requirements.as_slice(),
            Self::Nothing | Self::Everything => &[],
        };
        requirements.iter().filter_map(|requirement| match requirement {
            Requirement::Equals(key, value) => Some((*key, *value)),
            Requirement::In(key, values) => match values.as_slice() {
                [value] => Some((*key, *value)),
                _ => None,
            },
            _ => None,
        })
    }
}

impl<'a> Requirement<'a> {
    /// An item of `matchExpressions`; none where Kubernetes would refuse it.
    fn of_expression(node: &'a Node) -> Option<Self> {
        let key = node.text(&["key"])?;
        let values: Vec<&str> = node
            .items(&["values"])
            .iter()
            .map(Node::as_str)
            .collect::<Option<_>>()?;
        match (node.text(&["operator"])?, values.is_empty()) {
            ("In", false) => Some(Self::In(key, values)),
            ("NotIn", false) => Some(Self::NotIn(key, values)),
            ("Exists", true) => Some(Self::Exists(key)),
            ("DoesNotExist", true) => Some(Self::DoesNotExist(key)),
            _ => None,
        }
    }

    fn is_met(&self, labels: &Labels<'_>) -> bool {
        match self {
            Self::Equals(key, value) => labels.get(key) == Some(value),
            Self::In(key, values) => labels.get(key).is_some_and(|value| values.contains(&value)),
            Self::NotIn(key, values) => labels.get(key).is_none_or(|value| !values.contains(&value)),
            Self::Exists(key) => labels.get(key).is_some(),
            Self::DoesNotExist(key) => labels.get(key).is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Labels<'static> {
        Labels::default().with("app", "shop").with("tier", "front")
    }

    #[test]
    fn each_operator_treats_absent_labels_as_kubernetes_does() {
        let cases = [
            (Requirement::Equals("app", "shop"), true),
            (Requirement::Equals("absent", ""), false),
            (Requirement::In("tier", vec!["back", "front"]), true),
            (Requirement::In("absent", vec!["x"]), false),
            (Requirement::NotIn("tier", vec!["back"]), true),
            (Requirement::NotIn("tier", vec!["front"]), false),
            (Requirement::NotIn("absent", vec!["x"]), true),
            (Requirement::Exists("tier"), true),
            (Requirement::Exists("absent"), false),
            (Requirement::DoesNotExist("tier"), false),
            (Requirement::DoesNotExist("absent"), true),
        ];
        for (requirement, expected) in cases {
            assert_eq!(requirement.is_met(&labels()), expected, "{requirement:?}");
        }
    }

    #[test]
    fn null_selects_nothing_and_empty_selects_everything() {
        assert_eq!(Selector::nullable(None), Selector::Nothing);
        assert_eq!(Selector::nullable(Some(&Node::default())), Selector::Everything);
        assert_eq!(Selector::of_map(None), Selector::Nothing);
        assert_eq!(Selector::of_map(Some(&Node::default())), Selector::Nothing);
        assert!(!Selector::Nothing.matches(&labels()));
        assert!(Selector::Everything.matches(&Labels::default()));
    }

    #[test]
    fn all_requirements_must_hold() {
        let both = |tier| Selector::equal([("app", "shop"), ("tier", tier)]);
        assert!(both("front").matches(&labels()));
        assert!(!both("back").matches(&labels()));
    }
}
