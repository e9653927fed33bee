package io.tollkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.protocol.merkle.ConsistencyProof;
import io.tollkeeper.protocol.merkle.InclusionProof;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reads the committed vectors as another implementation would, from bytes to meaning. */
class VectorsHoldTest {
    private static JsonNode vectors(String file) throws IOException {
        JsonNode list = new ObjectMapper()
                .readTree(Path.of("src/test/resources/vectors", file).toFile());
        assertThat(list).as(file).isNotEmpty();
        return list;
    }

    private static byte[] bytes(JsonNode vector, String field) {
        return HexFormat.of().parseHex(vector.get(field).asText().substring(2));
    }

    private static SigningDomain domain(JsonNode vector) {
        return new SigningDomain(
                vector.get("chainId").asLong(),
                Address.fromHex(vector.get("vault").asText()));
    }

    private static List<Bytes32> path(JsonNode vector) {
        byte[] bytes = bytes(vector, "path");
        List<Bytes32> path = new ArrayList<>();
        for (int i = 0; i < bytes.length; i += Bytes32.LENGTH) {
            path.add(Bytes32.at(bytes, i));
        }
        return path;
    }

    @Test
    void recordsDecodeToTheirFieldsAndAreSigned() throws Exception {
        for (JsonNode vector : vectors("records.json")) {
            byte[] canonical = bytes(vector, "canonical");
            UsageRecord usage = CanonicalRecord.decode(canonical);
            assertThat(CanonicalRecord.encode(usage)).isEqualTo(canonical);
            assertThat(usage.agreement().hex())
                    .isEqualTo(vector.get("agreement").asText());
            assertThat(usage.branch()).isEqualTo(vector.get("branch").asLong());
            assertThat(usage.seq()).isEqualTo(vector.get("seq").asLong());
            assertThat(usage.asOf()).isEqualTo(vector.get("asOf").asLong());
            assertThat(usage.amount()).hasToString(vector.get("amount").asText());
            assertThat(usage.kind().code()).isEqualTo(vector.get("kind").asInt());
            assertThat(usage.body().sessionNumber())
                    .isEqualTo(vector.get("sessionNumber").asLong());
            assertThat(usage.body().sessionStart())
                    .isEqualTo(vector.get("sessionStart").asLong());
            assertThat(usage.body().windowId()).isEqualTo(vector.get("windowId").asLong());
            assertThat(usage.body().windowStart())
                    .isEqualTo(vector.get("windowStart").asLong());
            assertThat(usage.body().base()).hasToString(vector.get("base").asText());
            assertThat(usage.body().counters()).hasSize(bytes(vector, "counters").length / 11);
            assertThat(usage.body().detailCount())
                    .isEqualTo(vector.get("detailCount").asLong());
            assertThat(usage.body().detailRoot().hex())
                    .isEqualTo(vector.get("detailRoot").asText());
            assertThat(usage.body().previousDigest().hex())
                    .isEqualTo(vector.get("previousDigest").asText());
            assertThat(usage.body().salt().hex()).isEqualTo(vector.get("salt").asText());
            assertThat(CanonicalRecord.leafHash(canonical).hex())
                    .isEqualTo(vector.get("leafHash").asText());
            Bytes32 digest = domain(vector).digestOfCanonical(canonical);
            assertThat(digest.hex()).isEqualTo(vector.get("digest").asText());
            assertThat(Signature.of(bytes(vector, "signature")).recover(digest))
                    .contains(Address.fromHex(vector.get("signer").asText()));
        }
    }

    @Test
    void malformedBytesAreRefusedSayingWhatWasExpected() throws IOException {
        for (JsonNode vector : vectors("malformed.json")) {
            assertThatThrownBy(() -> CanonicalRecord.decode(bytes(vector, "canonical")))
                    .as(vector.get("name").asText())
                    .isInstanceOf(MalformedRecordException.class)
                    .message()
                    .startsWith("expected ")
                    .contains(", got ");
        }
    }

    @Test
    void signaturesLeadToTheirSignerOrToNobody() throws IOException {
        for (JsonNode vector : vectors("signatures.json")) {
            Address signer = Address.fromHex(vector.get("signer").asText());
            assertThat(Signature.of(bytes(vector, "signature")).recover(Bytes32.of(bytes(vector, "digest"))))
                    .as(vector.get("name").asText())
                    .isEqualTo(signer.isZero() ? Optional.empty() : Optional.of(signer));
        }
    }

    @Test
    void rowsDecodeToSignedRecords() throws Exception {
        for (JsonNode vector : vectors("rows.json")) {
            byte[] rows = bytes(vector, "rows");
            List<SignedRecord> records = AnchorRows.decode(rows);
            assertThat(records).hasSize(vector.get("count").asInt());
            assertThat(AnchorRows.encode(records)).isEqualTo(rows);
            assertThat(AnchorRows.dataHash(rows).hex())
                    .isEqualTo(vector.get("dataHash").asText());
            for (SignedRecord signed : records) {
                assertThat(signed.signature().recover(Samples.DOMAIN.digest(signed.record())))
                        .contains(Samples.SIGNER.address());
            }
        }
    }

    @Test
    void openingsAreSignedByBoth() throws IOException {
        for (JsonNode vector : vectors("openings.json")) {
            Bytes32 digest = Bytes32.of(bytes(vector, "digest"));
            assertThat(Signature.of(bytes(vector, "payerSignature")).recover(digest))
                    .contains(Address.of(bytes(vector, "payer")));
            assertThat(Signature.of(bytes(vector, "signerSignature")).recover(digest))
                    .contains(Address.of(bytes(vector, "signer")));
        }
    }

    @Test
    void proofsVerify() throws IOException {
        for (JsonNode vector : vectors("inclusion.json")) {
            var proof = new InclusionProof(
                    vector.get("position").asLong(), vector.get("size").asLong(), path(vector));
            assertThat(proof.verify(Bytes32.of(bytes(vector, "leafHash")), Bytes32.of(bytes(vector, "root"))))
                    .isTrue();
        }
        for (JsonNode vector : vectors("consistency.json")) {
            var proof = new ConsistencyProof(
                    vector.get("oldSize").asLong(), vector.get("newSize").asLong(), path(vector));
            assertThat(proof.verify(Bytes32.of(bytes(vector, "oldRoot")), Bytes32.of(bytes(vector, "newRoot"))))
                    .isTrue();
        }
    }
}
