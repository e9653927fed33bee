package io.tollkeeper.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One condition, in the shape that Kubernetes tools expect. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record StatusCondition(
        @Required String type,
        @Required Value status,
        @Required String reason,
        String message,
        @Nullable Long observedGeneration,
        @Nullable Instant lastTransitionTime) {

    /** Enough nodes are Ready. */
    public static final String READY = "Ready";

    /** Something is under way. */
    public static final String PROGRESSING = "Progressing";

    /** Something needs a person or another attempt. */
    public static final String DEGRADED = "Degraded";

    /** A dead node would be moved. */
    public static final String FAILOVER_ALLOWED = "FailoverAllowed";

    /** The nodes are spread over the zones as evenly as they could be. */
    public static final String ZONE_SPREAD = "ZoneSpread";

    /** The operator reaches the chain. */
    public static final String CHAIN_REACHABLE = "ChainReachable";

    /** The operator's own key can pay for registrations. */
    public static final String OPERATOR_FUNDS = "OperatorFunds";

    /** The owner has paused this BillingNode. */
    public static final String PAUSED = "Paused";

    /** The three values of a condition; the names are what a user reads. */
    public enum Value {
        True,
        False,
        Unknown
    }

    /** Whether {@code other} says the same, whenever it began. */
    public boolean saysTheSameAs(StatusCondition other) {
        return type.equals(other.type)
                && status == other.status
                && reason.equals(other.reason)
                && message.equals(other.message);
    }
}
