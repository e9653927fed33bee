package io.tollkeeper.node.view;

import io.tollkeeper.chain.ChainEvent;
import io.tollkeeper.node.rules.AgreementFacts;
import io.tollkeeper.protocol.AnchorRows;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.MalformedRecordException;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SigningDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Reads records out of FULL anchors. The contract does not look into rows, and any node of the fleet may write some: a
 * record counts only with the signature of its agreement's signer.
 */
final class RowImport {
    private static final Logger LOG = Logger.getLogger(RowImport.class);

    private final SigningDomain domain;
    private final Predicate<Bytes32> isServedPlan;

    RowImport(SigningDomain domain, Predicate<Bytes32> isServedPlan) {
        this.domain = domain;
        this.isServedPlan = isServedPlan;
    }

    /** A record of the chain whose signature is right. */
    record Row(SignedRecord signed, Bytes32 digest) {}

    List<Row> read(List<ChainEvent> events, Function<Bytes32, Optional<AgreementFacts>> facts) {
        List<Row> rows = new ArrayList<>();
        for (ChainEvent event : events) {
            if (event instanceof ChainEvent.Rows with) {
                try {
                    for (SignedRecord signed : AnchorRows.decode(with.rows())) {
                        row(signed, facts).ifPresent(rows::add);
                    }
                } catch (MalformedRecordException e) {
                    LOG.warnf("rows of %s, epoch %d: %s", with.nodeId(), with.epoch(), e.getMessage());
                }
            }
        }
        return rows;
    }

    private Optional<Row> row(SignedRecord signed, Function<Bytes32, Optional<AgreementFacts>> facts) {
        return facts.apply(signed.record().agreement())
                .filter(known -> isServedPlan.test(known.planId()))
                .flatMap(known -> {
                    Bytes32 digest = domain.digest(signed.record());
                    return signed.signature()
                            .recover(digest)
                            .filter(known.signer()::equals)
                            .map(_ -> new Row(signed, digest));
                });
    }
}
