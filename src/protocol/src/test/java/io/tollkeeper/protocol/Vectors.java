package io.tollkeeper.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollkeeper.protocol.merkle.ConsistencyProof;
import io.tollkeeper.protocol.merkle.InclusionProof;
import io.tollkeeper.protocol.merkle.MemoryTree;
import io.tollkeeper.protocol.merkle.MerkleHash;
import io.tollkeeper.protocol.merkle.MerkleTree;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The test vectors, made anew: for every file its text. Each file is a flat array of objects whose members are sorted by
 * name; bytes are hexadecimal strings with 0x, numbers decimal strings.
 */
final class Vectors {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TREE_SIZES = 257;

    private static final List<SigningDomain> DOMAINS = List.of(
            Samples.DOMAIN,
            new SigningDomain(1, Samples.DOMAIN.vault()),
            new SigningDomain(Long.MAX_VALUE, Address.fromHex("0xffffffffffffffffffffffffffffffffffffffff")));

    /** Always the same numbers: a vector that moves shows a change of the protocol, never of the dice. */
    private final Random random = new Random(20_260_101);

    private Vectors() {}

    static Map<String, String> all() throws JsonProcessingException {
        Vectors vectors = new Vectors();
        Map<String, List<Map<String, String>>> files = new TreeMap<>();
        files.put("records.json", vectors.records());
        files.put("malformed.json", vectors.malformed());
        files.put("signatures.json", vectors.signatures());
        files.put("rows.json", vectors.rows());
        files.put("plans.json", vectors.plans());
        files.put("agreements.json", vectors.agreements());
        files.put("nodes.json", vectors.nodes());
        files.put("openings.json", vectors.openings());
        files.put("receipts.json", vectors.receipts());
        files.put("checkpoints.json", vectors.checkpoints());
        files.put("queries.json", vectors.queries());
        files.put("inclusion.json", inclusion());
        files.put("consistency.json", consistency());
        Map<String, String> texts = new TreeMap<>();
        for (var file : files.entrySet()) {
            List<String> lines = new ArrayList<>();
            for (Map<String, String> entry : file.getValue()) {
                lines.add(JSON.writeValueAsString(new TreeMap<>(entry)));
            }
            texts.put(file.getKey(), "[\n" + String.join(",\n", lines) + "\n]\n");
        }
        return texts;
    }

    private List<Map<String, String>> records() {
        Map<String, UsageRecord> named = new TreeMap<>();
        named.put("smallest", Samples.smallest());
        named.put("interim", Samples.interim());
        named.put("largest without counters", Samples.largest(0));
        named.put("largest with 1 counter", Samples.largest(1));
        named.put("largest with 256 counters", Samples.largest(256));
        for (int counters : new int[] {0, 1, 2, 3, 5, 17, 60}) {
            named.put("random with %d counters".formatted(counters), Samples.random(random, counters));
        }
        List<Map<String, String>> list = new ArrayList<>();
        for (SigningDomain domain : DOMAINS) {
            named.forEach((name, usage) -> list.add(recordVector(name, domain, usage)));
        }
        return list;
    }

    private static Map<String, String> recordVector(String name, SigningDomain domain, UsageRecord usage) {
        byte[] canonical = CanonicalRecord.encode(usage);
        Bytes32 digest = domain.digest(usage);
        Signature signature = Samples.SIGNER.sign(digest);
        RecordBody body = usage.body();
        Map<String, String> vector = new TreeMap<>(domain(domain));
        vector.put("agreement", usage.agreement().hex());
        vector.put("amount", usage.amount().toString());
        vector.put("asOf", String.valueOf(usage.asOf()));
        vector.put("base", body.base().toString());
        vector.put("bodyHash", SigningDomain.bodyHash(canonical).hex());
        vector.put("branch", String.valueOf(usage.branch()));
        vector.put("canonical", hex(canonical));
        vector.put("counters", hex(counterBytes(canonical, body.counters().size())));
        vector.put("detailCount", String.valueOf(body.detailCount()));
        vector.put("detailRoot", body.detailRoot().hex());
        vector.put("digest", digest.hex());
        vector.put("kind", String.valueOf(usage.kind().code()));
        vector.put("leafHash", CanonicalRecord.leafHash(canonical).hex());
        vector.put("name", name);
        vector.put("previousDigest", body.previousDigest().hex());
        vector.put("salt", body.salt().hex());
        vector.put("seq", String.valueOf(usage.seq()));
        vector.put("sessionNumber", String.valueOf(body.sessionNumber()));
        vector.put("sessionStart", String.valueOf(body.sessionStart()));
        vector.put("signature", signature.hex());
        vector.put("signer", Samples.SIGNER.address().hex());
        vector.put("windowId", String.valueOf(body.windowId()));
        vector.put("windowStart", String.valueOf(body.windowStart()));
        return vector;
    }

    private static byte[] counterBytes(byte[] canonical, int counters) {
        int begin = 99;
        return Arrays.copyOfRange(canonical, begin, begin + CanonicalRecord.COUNTER_BYTES * counters);
    }

    private List<Map<String, String>> malformed() {
        byte[] good = CanonicalRecord.encode(Samples.interim());
        byte[] first = CanonicalRecord.encode(Samples.smallest());
        List<Map<String, String>> list = new ArrayList<>();
        bad(list, "empty", new byte[0]);
        bad(list, "a byte short", Arrays.copyOf(good, good.length - 1));
        bad(list, "a byte long", Arrays.copyOf(good, good.length + 1));
        bad(list, "branch 0", with(good, 32, 0, 0, 0, 0));
        bad(list, "seq 0", with(good, 36, 0, 0, 0, 0, 0, 0, 0, 0));
        bad(list, "seq 2^63", with(good, 36, 0x80));
        bad(list, "kind 0", with(good, 61, 0));
        bad(list, "kind 5", with(good, 61, 5));
        bad(list, "format version 0", with(good, 62, 0));
        bad(list, "format version 2", with(good, 62, 2));
        bad(list, "session number 2^63", with(good, 63, 0x80));
        bad(list, "one counter fewer than there are", with(good, 97, 0, 2));
        bad(list, "one counter more than there are", with(good, 97, 0, 4));
        bad(list, "counter of 2^63", with(good, 99 + 3, 0x80));
        bad(list, "counters that fall", with(good, 99, 0, 3));
        bad(list, "the same counter twice", with(good, 99 + 22, 0, 2, 0));
        bad(list, "details without a root", with(first, 99, 0, 0, 0, 1));
        bad(list, "a root without details", with(first, 103, 1));
        bad(list, "a previous digest at seq 1", with(first, 135, 1));
        bad(list, "no previous digest at seq 2", with(first, 36, 0, 0, 0, 0, 0, 0, 0, 2));
        byte[] tooMany = Arrays.copyOf(first, CanonicalRecord.MIN_BYTES + 257 * CanonicalRecord.COUNTER_BYTES);
        bad(list, "257 counters", with(tooMany, 97, 1, 1));
        return list;
    }

    private static void bad(List<Map<String, String>> list, String name, byte[] canonical) {
        list.add(Map.of("canonical", hex(canonical), "name", name));
    }

    private static byte[] with(byte[] bytes, int offset, int... values) {
        byte[] changed = bytes.clone();
        for (int i = 0; i < values.length; i++) {
            changed[offset + i] = (byte) values[i];
        }
        return changed;
    }

    private List<Map<String, String>> signatures() {
        List<Map<String, String>> list = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SignerKey key = SignerKey.fromHex(Samples.bytes32(random).hex());
            Bytes32 digest = Samples.bytes32(random);
            list.add(signature("good " + i, digest, key.sign(digest), key.address()));
        }
        Bytes32 digest = Samples.bytes32(random);
        byte[] good = Samples.SIGNER.sign(digest).toByteArray();
        byte[] tooHigh = good.clone();
        System.arraycopy(AbiWords.bytes(Curve.HALF_ORDER.add(BigInteger.ONE), 32), 0, tooHigh, 32, 32);
        byte[] noS = good.clone();
        Arrays.fill(noS, 32, 64, (byte) 0);
        byte[] noR = good.clone();
        Arrays.fill(noR, 0, 32, (byte) 0);
        byte[] orderR = good.clone();
        System.arraycopy(AbiWords.bytes(Curve.ORDER, 32), 0, orderR, 0, 32);
        list.add(signature("s just above half of the order", digest, Signature.of(tooHigh), Address.ZERO));
        list.add(signature("s zero", digest, Signature.of(noS), Address.ZERO));
        list.add(signature("r zero", digest, Signature.of(noR), Address.ZERO));
        list.add(signature("r the order", digest, Signature.of(orderR), Address.ZERO));
        return list;
    }

    /** {@code signer} is the zero address where nobody is to be recovered. */
    private static Map<String, String> signature(String name, Bytes32 digest, Signature signature, Address signer) {
        return Map.of("digest", digest.hex(), "name", name, "signature", signature.hex(), "signer", signer.hex());
    }

    private List<Map<String, String>> rows() {
        List<Map<String, String>> list = new ArrayList<>();
        for (int count : new int[] {0, 1, 2, 7}) {
            List<SignedRecord> signed = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                UsageRecord usage = Samples.random(random, i);
                signed.add(new SignedRecord(usage, Samples.SIGNER.sign(Samples.DOMAIN.digest(usage))));
            }
            byte[] rows = AnchorRows.encode(signed);
            list.add(Map.of(
                    "count",
                    String.valueOf(count),
                    "dataHash",
                    AnchorRows.dataHash(rows).hex(),
                    "rows",
                    hex(rows)));
        }
        return list;
    }

    private List<Map<String, String>> plans() {
        List<Map<String, String>> list = new ArrayList<>();
        list.add(plan(terms(Set.of(PaymentCondition.STOP), 30)));
        list.add(plan(terms(Set.of(PaymentCondition.TIME), 30)));
        list.add(plan(terms(Set.of(), 0)));
        list.add(plan(new PlanTerms(
                Address.fromHex("0xffffffffffffffffffffffffffffffffffffffff"),
                Samples.address(random),
                Samples.filled(0xff),
                65_535,
                List.of(PaymentMethod.EXTERNAL, PaymentMethod.ALLOWANCE, PaymentMethod.DEPOSIT),
                Set.of(PaymentCondition.values()),
                Limits.UINT32_MAX,
                Limits.UINT96_MAX,
                Limits.UINT96_MAX,
                Limits.UINT32_MAX / 2,
                Limits.UINT32_MAX,
                Limits.UINT32_MAX,
                Limits.UINT32_MAX,
                Limits.UINT96_MAX)));
        return list;
    }

    static PlanTerms terms(Set<PaymentCondition> conditions, long period) {
        return new PlanTerms(
                Address.fromHex("0x70997970c51812dc3a010c7d01b50e0d17dc79c8"),
                Address.ZERO,
                Samples.filled(0x5a),
                1,
                List.of(PaymentMethod.DEPOSIT),
                conditions,
                period,
                BigInteger.ZERO,
                BigInteger.ZERO,
                20,
                120,
                2,
                2,
                BigInteger.ZERO);
    }

    private static Map<String, String> plan(PlanTerms terms) {
        Map<String, String> vector = new TreeMap<>();
        vector.put("conditions", String.valueOf(terms.conditionsMask()));
        vector.put("credit", terms.credit().toString());
        vector.put("engineVersion", String.valueOf(terms.engineVersion()));
        vector.put("grace", String.valueOf(terms.grace()));
        vector.put("lowFunds", terms.lowFunds().toString());
        vector.put("methods", String.valueOf(terms.methodsCode()));
        vector.put("offlineAfter", String.valueOf(terms.offlineAfter()));
        vector.put("payee", terms.payee().hex());
        vector.put("period", String.valueOf(terms.period()));
        vector.put("planId", terms.planId().hex());
        vector.put("reportEvery", String.valueOf(terms.reportEvery()));
        vector.put("tariff", terms.tariff().hex());
        vector.put("threshold", terms.threshold().toString());
        vector.put("token", terms.token().hex());
        vector.put("withdrawDelay", String.valueOf(terms.withdrawDelay()));
        return vector;
    }

    private List<Map<String, String>> agreements() {
        List<Map<String, String>> list = new ArrayList<>();
        for (SigningDomain domain : DOMAINS) {
            for (long nonce : new long[] {0, 1, Limits.UINT40_MAX}) {
                Bytes32 plan = Samples.bytes32(random);
                Address signer = Samples.address(random);
                Map<String, String> vector = new TreeMap<>(domain(domain));
                vector.put(
                        "agreement",
                        AgreementIds.agreementId(domain, plan, signer, nonce).hex());
                vector.put("domainSeparator", domain.separator().hex());
                vector.put("nonce", String.valueOf(nonce));
                vector.put("plan", plan.hex());
                vector.put("signer", signer.hex());
                list.add(vector);
            }
        }
        return list;
    }

    private List<Map<String, String>> nodes() {
        List<Map<String, String>> list = new ArrayList<>();
        for (String namespace : List.of("", "billing", "a-namespace-of-32-characters-abcd", "a".repeat(63))) {
            for (long index : new long[] {0, 63, Limits.UINT32_MAX}) {
                Bytes32 fleet = Samples.bytes32(random);
                String billingNode = namespace + "x";
                list.add(Map.of(
                        "billingNode", billingNode,
                        "fleet", fleet.hex(),
                        "index", String.valueOf(index),
                        "namespace", namespace,
                        "nodeId",
                                AgreementIds.nodeId(fleet, namespace, billingNode, index)
                                        .hex()));
            }
        }
        return list;
    }

    private List<Map<String, String>> openings() {
        List<Map<String, String>> list = new ArrayList<>();
        for (SigningDomain domain : DOMAINS) {
            SignerKey payer = SignerKey.fromHex(Samples.bytes32(random).hex());
            Opening opening = new Opening(
                    Samples.bytes32(random), payer.address(), Samples.SIGNER.address(), Samples.bits(random, 40));
            Bytes32 digest = domain.digest(opening);
            Map<String, String> vector = new TreeMap<>(domain(domain));
            vector.put("digest", digest.hex());
            vector.put("nonce", String.valueOf(opening.nonce()));
            vector.put("payer", opening.payer().hex());
            vector.put("payerSignature", payer.sign(digest).hex());
            vector.put("plan", opening.plan().hex());
            vector.put("signer", opening.signer().hex());
            vector.put("signerSignature", Samples.SIGNER.sign(digest).hex());
            list.add(vector);
        }
        return list;
    }

    private List<Map<String, String>> receipts() {
        List<Map<String, String>> list = new ArrayList<>();
        for (SigningDomain domain : DOMAINS) {
            for (int entries : new int[] {0, 1, 3}) {
                List<Receipt.Entry> all = new ArrayList<>();
                ByteBuffer bytes = ByteBuffer.allocate(40 * entries);
                for (int i = 0; i < entries; i++) {
                    Receipt.Entry entry = new Receipt.Entry(Samples.bytes32(random), Samples.bits(random, 63));
                    bytes.put(entry.digest().toByteArray()).putLong(entry.position());
                    all.add(entry);
                }
                Receipt receipt = new Receipt(
                        Samples.bytes32(random),
                        Samples.bits(random, 63),
                        Receipt.recordsHash(all),
                        Samples.bits(random, 40));
                Map<String, String> vector = new TreeMap<>(domain(domain));
                vector.put("anchorBy", String.valueOf(receipt.anchorBy()));
                vector.put("digest", domain.digest(receipt).hex());
                vector.put("entries", hex(bytes.array()));
                vector.put("epoch", String.valueOf(receipt.epoch()));
                vector.put("nodeId", receipt.nodeId().hex());
                vector.put("recordsHash", receipt.recordsHash().hex());
                list.add(vector);
            }
        }
        return list;
    }

    private List<Map<String, String>> checkpoints() {
        List<Map<String, String>> list = new ArrayList<>();
        for (SigningDomain domain : DOMAINS) {
            Checkpoint checkpoint = new Checkpoint(
                    Samples.bytes32(random),
                    Samples.bits(random, 63),
                    Samples.bits(random, 63),
                    Samples.bytes32(random));
            Map<String, String> vector = new TreeMap<>(domain(domain));
            vector.put("digest", domain.digest(checkpoint).hex());
            vector.put("epoch", String.valueOf(checkpoint.epoch()));
            vector.put("nodeId", checkpoint.nodeId().hex());
            vector.put("root", checkpoint.root().hex());
            vector.put("size", String.valueOf(checkpoint.size()));
            list.add(vector);
        }
        return list;
    }

    private List<Map<String, String>> queries() {
        List<Map<String, String>> list = new ArrayList<>();
        for (SigningDomain domain : DOMAINS) {
            for (String method : List.of("Position", "Proof")) {
                NodeQuery query = new NodeQuery(Samples.bytes32(random), method, Samples.bits(random, 40));
                Map<String, String> vector = new TreeMap<>(domain(domain));
                vector.put("agreement", query.agreement().hex());
                vector.put("digest", domain.digest(query).hex());
                vector.put("issuedAt", String.valueOf(query.issuedAt()));
                vector.put("method", method);
                list.add(vector);
            }
        }
        return list;
    }

    /** The tree whose leaf i is the entry of the four bytes of i, big-endian. */
    private static MemoryTree tree() {
        MemoryTree tree = new MemoryTree();
        for (int i = 0; i < TREE_SIZES; i++) {
            tree.append(
                    MerkleHash.leaf(ByteBuffer.allocate(Integer.BYTES).putInt(i).array()));
        }
        return tree;
    }

    private static List<Map<String, String>> inclusion() {
        MemoryTree tree = tree();
        List<Map<String, String>> list = new ArrayList<>();
        for (int size = 1; size <= TREE_SIZES; size++) {
            int position = 7_919 % size;
            InclusionProof proof = MerkleTree.inclusion(position, size, tree);
            list.add(Map.of(
                    "leafHash", tree.node(0, position).hex(),
                    "path", hex(proof.path()),
                    "position", String.valueOf(position),
                    "root", MerkleTree.root(size, tree).hex(),
                    "size", String.valueOf(size)));
        }
        return list;
    }

    private static List<Map<String, String>> consistency() {
        MemoryTree tree = tree();
        List<Map<String, String>> list = new ArrayList<>();
        for (int size = 1; size <= TREE_SIZES; size++) {
            int old = 1 + 104_729 % size;
            ConsistencyProof proof = MerkleTree.consistency(old, size, tree);
            list.add(Map.of(
                    "newRoot", MerkleTree.root(size, tree).hex(),
                    "newSize", String.valueOf(size),
                    "oldRoot", MerkleTree.root(old, tree).hex(),
                    "oldSize", String.valueOf(old),
                    "path", hex(proof.path())));
        }
        return list;
    }

    private static Map<String, String> domain(SigningDomain domain) {
        return Map.of(
                "chainId",
                String.valueOf(domain.chainId()),
                "vault",
                domain.vault().hex());
    }

    private static String hex(byte[] bytes) {
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    /** The hashes of a path one after another. */
    private static String hex(List<Bytes32> path) {
        return path.stream().map(hash -> hash.hex().substring(2)).collect(Collectors.joining("", "0x", ""));
    }
}
