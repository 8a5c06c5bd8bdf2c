//! A request to the API server, as authorisation sees it.

/// What is asked. Empty texts mean the core group, no subresource, no namespace, no name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Request<'a> {
    /// `get`, `list`, `create` …
    pub verb: &'a str,
    /// The API group.
    pub group: &'a str,
    /// The resource, plural.
    pub resource: &'a str,
    /// The subresource.
    pub subresource: &'a str,
    /// The namespace; empty for cluster-wide requests.
    pub namespace: &'a str,
    /// The object's name; empty for `create`, `list` and whatever names none.
    pub name: &'a str,
    /// A path that is no resource; the fields about resources do not count then.
    pub url: Option<&'a str>,
    /// The node that a field selector limits the request to: `spec.nodeName` of pods, `nodeName` of resource slices.
    pub on_node: Option<&'a str>,
}
