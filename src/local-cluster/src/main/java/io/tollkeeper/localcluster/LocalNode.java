package io.tollkeeper.localcluster;

import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A Node of the cluster, before it is made. */
record LocalNode(String name, String address, Optional<String> zone, Map<String, String> labels, List<Taint> taints) {
    LocalNode {
        labels = Map.copyOf(labels);
        taints = List.copyOf(taints);
    }
}
