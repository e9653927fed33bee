package io.tollkeeper.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One billing node. Its name and address stay for life; its epoch, key, pod and zone change with every move. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record NodeStatus(
        @JsonPropertyDescription("<BillingNode>-n<index>.") String name,
        @JsonPropertyDescription("Index, from 0.") Integer index,

        @JsonPropertyDescription("Id on the chain.") @Nullable
        String nodeId,

        @JsonPropertyDescription("Epoch that serves; 0 before the first.")
        Long epoch,

        @JsonPropertyDescription("Address of that epoch's key.") @Nullable
        String signer,

        @JsonPropertyDescription("Zone that it runs in.") @Nullable
        String zone,

        @JsonPropertyDescription("Kubernetes Node that it runs on.") @Nullable
        String nodeName,

        @JsonPropertyDescription("Its pod.") @Nullable String pod,

        @JsonPropertyDescription("What the operator makes of it; absent in a move.") @Nullable
        Verdict verdict,

        @JsonPropertyDescription("Since when.") @Nullable Instant since,

        @JsonPropertyDescription("Newest epoch that the chain has registered.") @Nullable
        Long registeredEpoch,

        @JsonPropertyDescription("When the operator saw that registration.") @Nullable
        Instant registeredAt,

        @JsonPropertyDescription("Block of that registration.") @Nullable
        Long registeredBlock,

        @JsonPropertyDescription("Gas money of the epoch's key, in wei, as last published.") @Nullable
        String fundsWei,

        @JsonPropertyDescription("When a verdict that waits is looked at again.") @Nullable
        Instant nextCheck,

        @JsonPropertyDescription("The move that runs.") @Nullable
        Move failover,

        @JsonPropertyDescription("Set while the node is removed for good.") @Nullable
        Removal removal,

        @JsonPropertyDescription("The last five epochs, newest first.")
        List<Past> history) {

    public static final int HISTORY_MAX = 5;

    public NodeStatus {
        epoch = epoch == null ? 0L : epoch;
        history = history == null ? List.of() : List.copyOf(history);
    }

    /** A node of which nothing exists yet. */
    public static NodeStatus fresh(String name, int index) {
        return new NodeStatus(
                name, index, null, 0L, null, null, null, null, null, null, null, null, null, null, null, null, null,
                List.of());
    }

    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Scale-down: the pod ends, its epoch is fenced, what belongs to the node goes. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Removal(
            @JsonPropertyDescription("When it was decided.") Instant startedAt,

            @JsonPropertyDescription("After this the node is fenced whether its pod is gone or not.")
            Instant deadline) {}

    /** One epoch of the node: where and how long it served, why and how fast it came. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Past(
            @JsonPropertyDescription("The epoch.") Long epoch,

            @JsonPropertyDescription("Address of its key.") @Nullable
            String signer,

            @JsonPropertyDescription("Zone that it ran in.") @Nullable
            String zone,

            @JsonPropertyDescription("Kubernetes Node that it ran on.") @Nullable
            String nodeName,

            @JsonPropertyDescription("When it was Ready.") Instant from,

            @JsonPropertyDescription("When its successor was decided; absent for the newest.") @Nullable
            Instant until,

            @JsonPropertyDescription("Why this epoch was brought up.")
            String reason,

            @JsonPropertyDescription("Zone of the epoch before.") @Nullable
            String fromZone,

            @JsonPropertyDescription("When the epoch before was last seen alive.") @Nullable
            Instant lastSeenAt,

            @JsonPropertyDescription("When the move was decided.")
            Instant startedAt,

            @JsonPropertyDescription("When its pod was seen bound.") @Nullable
            Instant boundAt,

            @JsonPropertyDescription("When its pod was seen Ready.") @Nullable
            Instant readyAt,

            @JsonPropertyDescription("When the operator saw it registered on the chain.") @Nullable
            Instant registeredAt,

            @JsonPropertyDescription("Block of that registration.") @Nullable
            Long registeredBlock) {

        public Past until(Instant end) {
            return new Past(
                    epoch,
                    signer,
                    zone,
                    nodeName,
                    from,
                    end,
                    reason,
                    fromZone,
                    lastSeenAt,
                    startedAt,
                    boundAt,
                    readyAt,
                    registeredAt,
                    registeredBlock);
        }

        public Past registered(Instant at, @Nullable Long block) {
            return new Past(
                    epoch,
                    signer,
                    zone,
                    nodeName,
                    from,
                    until,
                    reason,
                    fromZone,
                    lastSeenAt,
                    startedAt,
                    boundAt,
                    readyAt,
                    at,
                    block);
        }
    }

    /** A changed copy of a node. */
    public static final class Builder {
        private final String name;
        private final Integer index;
        private @Nullable String nodeId;
        private Long epoch;
        private @Nullable String signer;
        private @Nullable String zone;
        private @Nullable String nodeName;
        private @Nullable String pod;
        private @Nullable Verdict verdict;
        private @Nullable Instant since;
        private @Nullable Long registeredEpoch;
        private @Nullable Instant registeredAt;
        private @Nullable Long registeredBlock;
        private @Nullable String fundsWei;
        private @Nullable Instant nextCheck;
        private @Nullable Move failover;
        private @Nullable Removal removal;
        private List<Past> history;

        private Builder(NodeStatus from) {
            name = from.name;
            index = from.index;
            nodeId = from.nodeId;
            epoch = from.epoch;
            signer = from.signer;
            zone = from.zone;
            nodeName = from.nodeName;
            pod = from.pod;
            verdict = from.verdict;
            since = from.since;
            registeredEpoch = from.registeredEpoch;
            registeredAt = from.registeredAt;
            registeredBlock = from.registeredBlock;
            fundsWei = from.fundsWei;
            nextCheck = from.nextCheck;
            failover = from.failover;
            removal = from.removal;
            history = from.history;
        }

        public Builder nodeId(@Nullable String value) {
            nodeId = value;
            return this;
        }

        /** What serves now. */
        public Builder serving(
                long servingEpoch,
                @Nullable String servingSigner,
                @Nullable String servingZone,
                @Nullable String servingNodeName,
                @Nullable String servingPod) {
            epoch = servingEpoch;
            signer = servingSigner;
            zone = servingZone;
            nodeName = servingNodeName;
            pod = servingPod;
            return this;
        }

        public Builder verdict(@Nullable Verdict value, @Nullable Instant from, @Nullable Instant lookAgain) {
            verdict = value;
            since = from;
            nextCheck = lookAgain;
            return this;
        }

        public Builder registered(@Nullable Long onEpoch, @Nullable Instant at, @Nullable Long block) {
            registeredEpoch = onEpoch;
            registeredAt = at;
            registeredBlock = block;
            return this;
        }

        public Builder fundsWei(@Nullable String value) {
            fundsWei = value;
            return this;
        }

        public Builder failover(@Nullable Move value) {
            failover = value;
            return this;
        }

        public Builder removal(@Nullable Removal value) {
            removal = value;
            return this;
        }

        public Builder history(List<Past> value) {
            history = value.size() > HISTORY_MAX ? List.copyOf(value.subList(0, HISTORY_MAX)) : value;
            return this;
        }

        public NodeStatus build() {
            return new NodeStatus(
                    name,
                    index,
                    nodeId,
                    epoch,
                    signer,
                    zone,
                    nodeName,
                    pod,
                    verdict,
                    since,
                    registeredEpoch,
                    registeredAt,
                    registeredBlock,
                    fundsWei,
                    nextCheck,
                    failover,
                    removal,
                    history);
        }
    }
}
