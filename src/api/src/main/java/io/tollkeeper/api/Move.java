package io.tollkeeper.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way from one epoch of a node to the next, the first one included. Deadlines are absolute, so that an operator that
 * comes back late acts late, never twice.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Move(
        @JsonPropertyDescription("CUT, PLACE, START or CLOSE.")
        MovePhase phase,

        @JsonPropertyDescription("Epoch that this move brings up.")
        Long epoch,

        @JsonPropertyDescription("Address of the new epoch's key, once it is made.") @Nullable
        String signer,

        @JsonPropertyDescription("Why the node moves; the first word is a constant.")
        String reason,

        @JsonPropertyDescription("Zone of the epoch that died.") @Nullable
        String fromZone,

        @JsonPropertyDescription("Kubernetes Node of the epoch that died.") @Nullable
        String fromNode,

        @JsonPropertyDescription("Zones that the successor may not use.")
        List<String> excludedZones,

        @JsonPropertyDescription("Kubernetes Nodes that the successor may not use, where no other zone is left.")
        List<String> excludedNodes,

        @JsonPropertyDescription("When the operator last saw the old epoch alive.") @Nullable
        Instant lastSeenAt,

        @JsonPropertyDescription("When this move was decided.")
        Instant startedAt,

        @JsonPropertyDescription("When the phase is given up; absent where it has none.") @Nullable
        Instant deadline,

        @JsonPropertyDescription("Attempt, from 1; each has an epoch of its own.")
        Integer attempt,

        @JsonPropertyDescription("Before this nothing of the attempt is done.") @Nullable
        Instant nextAttemptAt,

        @JsonPropertyDescription("Zone that the scheduler chose.") @Nullable
        String zone,

        @JsonPropertyDescription("Kubernetes Node that the scheduler chose.") @Nullable
        String nodeName,

        @JsonPropertyDescription("When the pod was seen bound.") @Nullable
        Instant boundAt,

        @JsonPropertyDescription("When the pod was seen Ready.") @Nullable
        Instant readyAt) {

    public Move {
        excludedZones = excludedZones == null ? List.of() : List.copyOf(excludedZones);
        excludedNodes = excludedNodes == null ? List.of() : List.copyOf(excludedNodes);
        attempt = attempt == null ? 1 : attempt;
    }

    public Move withPhase(MovePhase next, @Nullable Instant nextDeadline) {
        return new Move(
                next,
                epoch,
                signer,
                reason,
                fromZone,
                fromNode,
                excludedZones,
                excludedNodes,
                lastSeenAt,
                startedAt,
                nextDeadline,
                attempt,
                nextAttemptAt,
                zone,
                nodeName,
                boundAt,
                readyAt);
    }

    public Move bound(String signerAddress, String boundZone, String boundNode, Instant at, Instant startDeadline) {
        return new Move(
                MovePhase.START,
                epoch,
                signerAddress,
                reason,
                fromZone,
                fromNode,
                excludedZones,
                excludedNodes,
                lastSeenAt,
                startedAt,
                startDeadline,
                attempt,
                nextAttemptAt,
                boundZone,
                boundNode,
                at,
                null);
    }

    public Move ready(Instant at) {
        return new Move(
                MovePhase.CLOSE,
                epoch,
                signer,
                reason,
                fromZone,
                fromNode,
                excludedZones,
                excludedNodes,
                lastSeenAt,
                startedAt,
                null,
                attempt,
                nextAttemptAt,
                zone,
                nodeName,
                boundAt,
                at);
    }

    /** The next attempt of this move: a new epoch, nothing placed. */
    public Move nextAttempt(
            long newEpoch,
            String newReason,
            List<String> newExcludedZones,
            List<String> newExcludedNodes,
            Instant notBefore) {
        return new Move(
                MovePhase.CUT,
                newEpoch,
                null,
                newReason,
                fromZone,
                fromNode,
                newExcludedZones,
                newExcludedNodes,
                lastSeenAt,
                startedAt,
                null,
                attempt + 1,
                notBefore,
                null,
                null,
                null,
                null);
    }
}
