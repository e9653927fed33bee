package io.tollkeeper.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the operator knows and intends. Epochs and moves live here and nowhere else: an operator that is killed between
 * any two steps goes on from this.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record BillingNodeStatus(
        @JsonPropertyDescription("Generation of the specification that this status answers.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Nodes that have a pod.") @StatusReplicas
        Integer replicas,

        @JsonPropertyDescription("Nodes that are Ready.") Integer readyReplicas,

        @JsonPropertyDescription("Label selector of the pods.") @LabelSelector
        String selector,

        @JsonPropertyDescription("By type: Ready, Progressing, Degraded, FailoverAllowed, ZoneSpread, ChainReachable,"
                + " OperatorFunds, Paused.")
        List<StatusCondition> conditions,

        @JsonPropertyDescription("What clients use, in order.")
        List<Server> servers,

        @JsonPropertyDescription("By name: the billing nodes.")
        List<NodeStatus> nodes,

        @JsonPropertyDescription("By name: the zones that hold nodes or are out of use.")
        List<ZoneStatus> zones,

        @JsonPropertyDescription("Whether the operator has stopped moving nodes.")
        BreakerStatus breaker) {

    public static final BillingNodeStatus EMPTY =
            new BillingNodeStatus(null, 0, 0, "", List.of(), List.of(), List.of(), List.of(), BreakerStatus.CLOSED);

    public BillingNodeStatus {
        replicas = replicas == null ? 0 : replicas;
        readyReplicas = readyReplicas == null ? 0 : readyReplicas;
        selector = selector == null ? "" : selector;
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        servers = servers == null ? List.of() : List.copyOf(servers);
        nodes = nodes == null ? List.of() : List.copyOf(nodes);
        zones = zones == null ? List.of() : List.copyOf(zones);
        breaker = breaker == null ? BreakerStatus.CLOSED : breaker;
    }

    /** The node of this name, if the status has one. */
    public Optional<NodeStatus> node(String name) {
        return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
    }

    /** The condition of this type, if the status has one. */
    public Optional<StatusCondition> condition(String type) {
        return conditions.stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst();
    }

    /** One entry of the list that clients use. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Server(
            @JsonPropertyDescription("Name of the node.") String name,

            @JsonPropertyDescription("Where clients reach its receiver.")
            String url,

            @JsonPropertyDescription("Where it runs now; empty while it runs nowhere.")
            String zone) {}

    /** A zone as one BillingNode sees it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ZoneStatus(
            @JsonPropertyDescription("Name of the zone; (none) stands for Kubernetes Nodes without the label.")
            String name,

            @JsonPropertyDescription("Eligible: may hold nodes. Abnormal: gets none until the cool-down is over."
                    + " Ineligible: no Ready, schedulable Node that a node's pod could use.")
            State state,

            @JsonPropertyDescription("Since when.") @Nullable
            Instant since,

            @JsonPropertyDescription("When an abnormal zone is tried again.") @Nullable
            Instant until,

            @JsonPropertyDescription("Why.") @Nullable String reason,

            @JsonPropertyDescription("Nodes of this BillingNode in it.")
            Integer nodes) {
        public ZoneStatus {
            nodes = nodes == null ? 0 : nodes;
        }

        /** State of a zone; the names are what a user reads. */
        public enum State {
            Eligible,
            Abnormal,
            Ineligible
        }
    }

    /** Whether the operator has stopped moving nodes of this BillingNode. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record BreakerStatus(
            @JsonPropertyDescription("True: no node is moved.")
            Boolean open,

            @JsonPropertyDescription("What it covers: BillingNode.") @Nullable
            String scope,

            @JsonPropertyDescription("Why.") @Nullable String reason,

            @JsonPropertyDescription("When it closes unless another node dies.") @Nullable
            Instant until) {
        public static final BreakerStatus CLOSED = new BreakerStatus(false, null, null, null);

        public BreakerStatus {
            open = open == null ? Boolean.FALSE : open;
        }
    }
}
