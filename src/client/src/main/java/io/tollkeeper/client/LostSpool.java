package io.tollkeeper.client;

import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.NodeQuery;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import io.tollkeeper.protocol.v1.AgreementQuery;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An empty spool is the first start of an agreement or a lost spool. All servers are asked for the agreement's last
 * position, and the client goes on from the largest. A server that does not answer is not waited for: should it know more,
 * it says so when records reach it (FORKED).
 */
final class LostSpool {
    private final Bytes32 agreement;
    private final SigningDomain domain;
    private final SignerKey key;
    private final Nodes nodes;
    private final ClientClock clock;
    private final Events events;

    LostSpool(Bytes32 agreement, SigningDomain domain, SignerKey key, Nodes nodes, ClientClock clock, Events events) {
        this.agreement = agreement;
        this.domain = domain;
        this.key = key;
        this.nodes = nodes;
        this.clock = clock;
        this.events = events;
    }

    void recover(Spool spool, List<String> servers) throws IOException {
        if (spool.state().head().isPresent() || spool.state().newest().isPresent()) {
            return;
        }
        var newest = servers.parallelStream()
                .flatMap(server -> ask(server).stream())
                .max(Comparator.<SignedRecord, java.math.BigInteger>comparing(
                                signed -> signed.record().amount())
                        .thenComparing(signed -> signed.record().seq()));
        if (newest.isPresent()) {
            var join = BranchJoin.of(spool.state(), newest.get().record());
            spool.adopt(newest.get(), join.offset(), join.branch());
            events.event(
                    "branch",
                    "the spool was empty and the agreement is not: goes on behind seq "
                            + newest.get().record().seq() + " in branch " + join.branch());
        }
    }

    private Optional<SignedRecord> ask(String server) {
        var query = new NodeQuery(agreement, "Position", clock.unixMillis() / 1000);
        var wire = AgreementQuery.newBuilder()
                .setAgreement(ByteString.copyFrom(agreement.toByteArray()))
                .setIssuedAt(query.issuedAt())
                .setSignature(ByteString.copyFrom(key.sign(domain.digest(query)).toByteArray()))
                .build();
        try {
            var answer = nodes.position(server, wire);
            return answer.hasNewest()
                    ? ForeignRecord.read(answer.getNewest(), agreement, key.address(), domain)
                    : Optional.empty();
        } catch (NodeCallException failure) {
            events.event("position", server + ": " + failure.detail());
            return Optional.empty();
        }
    }
}
