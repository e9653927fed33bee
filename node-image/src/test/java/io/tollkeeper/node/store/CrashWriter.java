package io.tollkeeper.node.store;

import io.tollkeeper.node.TestClient;
import io.tollkeeper.node.TestNodes;
import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.node.ledger.Ledger;
import io.tollkeeper.node.log.UsageLog;
import io.tollkeeper.node.rules.AgreementFacts;
import io.tollkeeper.node.rules.Claim;
import io.tollkeeper.node.rules.Decision;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * The main class of a process that is killed: writes records of some agreements as fast as it can, and says the digest
 * of each on its output when it would acknowledge it.
 */
public final class CrashWriter {
    static final long EPOCH = 1;
    private static final int CLIENTS = 4;
    private static final int IN_FLIGHT = 16;

    private CrashWriter() {}

    public static void main(String... args) throws InterruptedException {
        Store store = Store.open(Path.of(args[0]));
        Ledger ledger = new Ledger(new UsageLog(store, EPOCH));
        Committer committer = new Committer(store, ledger, _ -> {});
        for (int i = 0; i < CLIENTS; i++) {
            Thread.ofPlatform().start(() -> write(ledger, committer));
        }
        Thread.currentThread().join();
    }

    private static void write(Ledger ledger, Committer committer) {
        Address payee = Address.fromHex("0x" + "aa".repeat(20));
        SigningDomain domain = new SigningDomain(1, payee);
        ServedPlan plan = TestNodes.plan(payee, "STOP", "0s", "20s");
        SignerKey key = SignerKey.generate();
        TestClient client = new TestClient(
                domain, key, domain.digest(new io.tollkeeper.protocol.Opening(plan.planId(), payee, key.address(), 0)));
        AgreementFacts facts = new AgreementFacts(
                client.agreement(), plan.planId(), payee, key.address(), 0, BigInteger.TEN.pow(20), BigInteger.ZERO);
        Semaphore room = new Semaphore(IN_FLIGHT);
        for (long i = 0; ; i++) {
            SignedRecord signed = client.next(RecordKind.INTERIM, 1_000 + i, i);
            Bytes32 digest = domain.digest(signed.record());
            Claim claim = new Claim(signed, digest, CanonicalRecord.encode(signed.record()), Optional.empty(), true);
            room.acquireUninterruptibly();
            boolean taken = committer.offer(new Committer.Work() {
                private Decision decision = new Decision.Duplicate(-1);

                @Override
                public void prepare(Group group) {
                    decision = ledger.submit(group, claim, facts, plan, 1_000_000_000)
                            .decision();
                }

                @Override
                public void committed() {
                    if (!(decision instanceof Decision.Accept)) {
                        throw new IllegalStateException("not accepted: " + decision);
                    }
                    System.out.println(digest.hex());
                    room.release();
                }

                @Override
                public void failed(Throwable cause) {
                    throw new IllegalStateException(cause);
                }
            });
            if (!taken) {
                throw new IllegalStateException("the queue is full");
            }
        }
    }
}
