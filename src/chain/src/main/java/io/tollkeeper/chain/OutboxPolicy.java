package io.tollkeeper.chain;

import java.time.Duration;

/**
 * The figures by which an outbox decides.
 *
 * @param finalityDepth blocks on top of a block before it counts as final
 * @param resendAfter how often the same bytes are sent again while they are in no block
 * @param bumpAfter age of the newest bytes before the fee is raised
 * @param bumpPercent by how much at least; pools replace from 10 on
 * @param refuseAfter how long every endpoint must refuse a call that none ever took before its nonce goes to a no-op
 * @param stuckAfter the same for a call that one had taken
 * @param evidenceAfter how long a nonce must be used up without a receipt of ours, where the chain can no longer be
 *     asked who used it, before the call gets another nonce
 * @param maxInFlight calls under way at once
 * @param retention how long settled rows are remembered
 */
public record OutboxPolicy(
        int finalityDepth,
        Duration resendAfter,
        Duration bumpAfter,
        int bumpPercent,
        Duration refuseAfter,
        Duration stuckAfter,
        Duration evidenceAfter,
        int maxInFlight,
        Duration retention) {
    public OutboxPolicy {
        if (finalityDepth < 0) {
            throw new IllegalArgumentException("finalityDepth: expected at least 0, got " + finalityDepth);
        }
        if (bumpPercent < 10) {
            throw new IllegalArgumentException("bumpPercent: expected at least 10, got " + bumpPercent);
        }
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("maxInFlight: expected at least 1, got " + maxInFlight);
        }
    }

    public static OutboxPolicy withFinalityDepth(int finalityDepth) {
        return new OutboxPolicy(
                finalityDepth,
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                13,
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofSeconds(60),
                16,
                Duration.ofHours(1));
    }
}
