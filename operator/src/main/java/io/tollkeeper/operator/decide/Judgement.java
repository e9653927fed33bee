package io.tollkeeper.operator.decide;

import io.tollkeeper.api.Verdict;
import java.time.Instant;
import java.util.Optional;

/** A verdict, why a dead node is dead, and when one that waits is looked at again. */
record Judgement(Verdict verdict, Optional<Reason> reason, Optional<Instant> lookAgain) {
    static Judgement of(Verdict verdict) {
        return new Judgement(verdict, Optional.empty(), Optional.empty());
    }

    static Judgement dead(Reason reason) {
        return new Judgement(Verdict.DEAD, Optional.of(reason), Optional.empty());
    }

    static Judgement restarting(Instant until) {
        return new Judgement(Verdict.RESTARTING, Optional.empty(), Optional.of(until));
    }
}
