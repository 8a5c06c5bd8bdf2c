//! Kubernetes' semantics over documents: what a field means, never whether it is good.
