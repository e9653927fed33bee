package io.tollkeeper.node.receiver;

import com.google.protobuf.ByteString;
import io.tollkeeper.node.config.NodeSettings;
import io.tollkeeper.node.ledger.Records;
import io.tollkeeper.node.log.UsageLog;
import io.tollkeeper.node.rules.AgreementFacts;
import io.tollkeeper.node.rules.Lookup;
import io.tollkeeper.node.rules.RecordJudge;
import io.tollkeeper.node.store.HeldRecord;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Checkpoint;
import io.tollkeeper.protocol.NodeQuery;
import io.tollkeeper.protocol.Signature;
import io.tollkeeper.protocol.SubmitError;
import io.tollkeeper.protocol.merkle.Frontier;
import io.tollkeeper.protocol.v1.AgreementQuery;
import io.tollkeeper.protocol.v1.AnchorProof;
import io.tollkeeper.protocol.v1.PositionAnswer;
import io.tollkeeper.protocol.v1.ProofQuery;
import io.tollkeeper.protocol.v1.SignedCheckpoint;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Answers questions. What concerns one customer goes to his signer, his payer and the payee, and to nobody else. */
public final class Queries {
    private final NodeSettings settings;
    private final Agreements agreements;
    private final Records records;
    private final UsageLog log;
    private final AnchorProofs proofs;
    private final Clock clock;

    public Queries(
            NodeSettings settings,
            Agreements agreements,
            Records records,
            UsageLog log,
            AnchorProofs proofs,
            Clock clock) {
        this.settings = settings;
        this.agreements = agreements;
        this.records = records;
        this.log = log;
        this.proofs = proofs;
        this.clock = clock;
    }

    public PositionAnswer position(AgreementQuery query) throws QueryException {
        Bytes32 agreement = authorised(query, "Position");
        PositionAnswer.Builder answer = PositionAnswer.newBuilder();
        records.newest(agreement).ifPresent(held -> answer.setNewest(Messages.signed(held.signed())));
        proofs.newest(agreement).ifPresent(answer::setAnchored);
        return answer.build();
    }

    public AnchorProof proof(ProofQuery query) throws QueryException {
        Bytes32 agreement = authorised(query.getQuery(), "Proof");
        if (query.getDigest().size() != Bytes32.LENGTH) {
            throw new QueryException(
                    SubmitError.QUERY_MALFORMED,
                    "a digest of 32 bytes",
                    query.getDigest().size() + " bytes");
        }
        Bytes32 digest = Bytes32.of(query.getDigest().toByteArray());
        Optional<HeldRecord> held = records.byDigest(digest)
                .filter(record -> record.record().agreement().equals(agreement));
        if (held.isEmpty()) {
            throw new QueryException(SubmitError.RECORD_UNKNOWN, "a record of this agreement", digest.hex());
        }
        return proofs.of(digest)
                .orElseThrow(() -> new QueryException(
                        SubmitError.NOT_ANCHORED,
                        "an anchored record",
                        "sequence number " + held.get().seq()));
    }

    public SignedCheckpoint checkpoint() {
        Frontier edge = log.edge();
        Checkpoint checkpoint = new Checkpoint(settings.nodeId(), settings.epoch(), edge.size(), edge.root());
        return SignedCheckpoint.newBuilder()
                .setNodeId(ByteString.copyFrom(settings.nodeId().toByteArray()))
                .setEpoch(settings.epoch())
                .setSize(edge.size())
                .setRoot(ByteString.copyFrom(edge.root().toByteArray()))
                .setSignature(ByteString.copyFrom(settings.key()
                        .sign(settings.domain().digest(checkpoint))
                        .toByteArray()))
                .build();
    }

    private Bytes32 authorised(AgreementQuery query, String method) throws QueryException {
        if (query.getAgreement().size() != Bytes32.LENGTH
                || query.getSignature().size() != Signature.LENGTH) {
            throw new QueryException(
                    SubmitError.QUERY_MALFORMED,
                    "an agreement of 32 bytes and a signature of 64",
                    query.getAgreement().size() + " and " + query.getSignature().size());
        }
        long now = clock.instant().getEpochSecond();
        if (Math.abs(query.getIssuedAt() - now) > RecordJudge.SKEW_SECONDS_MAX) {
            throw new QueryException(
                    SubmitError.QUERY_STALE,
                    "issuedAt within " + RecordJudge.SKEW_SECONDS_MAX + " s of " + now,
                    query.getIssuedAt());
        }
        Bytes32 agreement = Bytes32.of(query.getAgreement().toByteArray());
        AgreementFacts facts = facts(agreement);
        Bytes32 digest = settings.domain().digest(new NodeQuery(agreement, method, query.getIssuedAt()));
        Optional<Address> signer =
                Signature.of(query.getSignature().toByteArray()).recover(digest);
        boolean allowed = signer.isPresent() && mayAsk(facts).anyMatch(signer.get()::equals);
        if (!allowed) {
            throw new QueryException(
                    SubmitError.QUERY_SIGNATURE_INVALID,
                    "signer, payer or payee of the agreement",
                    signer.map(Address::hex).orElse("no key has this signature"));
        }
        return agreement;
    }

    private Stream<Address> mayAsk(AgreementFacts facts) {
        var plan = settings.plans().get(facts.planId());
        return Stream.of(
                        facts.signer(),
                        facts.payer(),
                        plan == null ? null : plan.terms().payee())
                .filter(Objects::nonNull);
    }

    private AgreementFacts facts(Bytes32 agreement) throws QueryException {
        Optional<Lookup.Found> known = agreements.known(agreement);
        Lookup lookup =
                known.isPresent() ? known.get() : agreements.ask(agreement).join();
        return switch (lookup) {
            case Lookup.Found(AgreementFacts facts) -> facts;
            case Lookup.Absent _ ->
                throw new QueryException(SubmitError.AGREEMENT_UNKNOWN, "an open agreement", agreement.hex());
            case Lookup.Unavailable(String why, var _) ->
                throw new QueryException(SubmitError.VIEW_TOO_OLD, "a view of the chain", why);
        };
    }
}
