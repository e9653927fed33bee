package io.tollkeeper.node.anchor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.node.TestClient;
import io.tollkeeper.node.TestNodes;
import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.node.ledger.Ledger;
import io.tollkeeper.node.ledger.Records;
import io.tollkeeper.node.log.UsageLog;
import io.tollkeeper.node.rules.AgreementFacts;
import io.tollkeeper.node.rules.Claim;
import io.tollkeeper.node.store.Committer;
import io.tollkeeper.node.store.Store;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.AnchorRows;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.Keccak;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnchorCutTest {
    private static final Address PAYEE = Address.fromHex("0x" + "aa".repeat(20));
    private static final SigningDomain DOMAIN = new SigningDomain(1, PAYEE);
    private static final ServedPlan PLAN = TestNodes.plan(PAYEE, "STOP", "0s", "20s");
    private static final SignerKey KEY = SignerKey.generate();

    private final Store store;
    private final UsageLog log;
    private final Ledger ledger;
    private final Committer committer;
    private final Records records;

    AnchorCutTest(@TempDir Path folder) {
        store = Store.open(folder);
        log = new UsageLog(store, 1);
        ledger = new Ledger(log);
        committer = new Committer(store, ledger, _ -> {});
        records = new Records(store);
    }

    @AfterEach
    void close() {
        committer.close();
        store.close();
    }

    private static TestClient client(int number) {
        return new TestClient(DOMAIN, KEY, Keccak.hash(new byte[] {(byte) number, (byte) (number >> 8)}));
    }

    private void store(List<SignedRecord> all) {
        committer
                .commit(group -> {
                    for (SignedRecord signed : all) {
                        Claim claim = new Claim(
                                signed,
                                DOMAIN.digest(signed.record()),
                                CanonicalRecord.encode(signed.record()),
                                Optional.empty(),
                                true);
                        AgreementFacts facts = new AgreementFacts(
                                signed.record().agreement(),
                                PLAN.planId(),
                                PAYEE,
                                KEY.address(),
                                0,
                                BigInteger.TEN.pow(18),
                                BigInteger.ZERO);
                        ledger.submit(group, claim, facts, PLAN, 1_000_000);
                    }
                })
                .join();
    }

    @Test
    void carriesTheNewestRecordOfEachAgreementTouched() throws Exception {
        TestClient a = client(1);
        TestClient b = client(2);
        SignedRecord first = a.next(RecordKind.START, 1, 0);
        SignedRecord second = a.next(RecordKind.INTERIM, 2, 60);
        SignedRecord other = b.next(RecordKind.START, 1, 0);
        store(List.of(first, other, second));

        AnchorCut cut = AnchorCut.full(log, records, 0);

        assertThat(cut.size()).isEqualTo(3);
        assertThat(AnchorRows.decode(cut.rows())).containsExactlyInAnyOrder(second, other);
        assertThat(AnchorRows.decode(AnchorCut.full(log, records, 2).rows())).containsExactly(second);
        assertThat(AnchorCut.digest(log).rows()).isEmpty();
    }

    @Test
    void choosesASmallerSizeWhereTheRowsOfAllWouldNotFit() throws Exception {
        List<SignedRecord> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(client(i).next(RecordKind.START, 1, 0));
        }
        store(all);

        List<Bytes32> anchored = new ArrayList<>();
        long from = 0;
        int cuts = 0;
        while (from < log.size()) {
            AnchorCut cut = AnchorCut.full(log, records, from);
            assertThat(cut.size()).isGreaterThan(from);
            assertThat(cut.rows().length).isBetween(1, AnchorCut.ROW_BYTES_MAX);
            AnchorRows.decode(cut.rows())
                    .forEach(row -> anchored.add(row.record().agreement()));
            from = cut.size();
            cuts++;
        }
        assertThat(cuts).isGreaterThan(1);
        assertThat(anchored).hasSize(500).doesNotHaveDuplicates();
    }
}
