package io.tollkeeper.protocol.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollkeeper.protocol.Bytes32;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MerkleTreeTest {
    private static final int SIZES = 257;

    private final MemoryTree tree = new MemoryTree();
    private final List<Bytes32> leaves = new ArrayList<>();
    private final List<Bytes32> roots = new ArrayList<>();

    MerkleTreeTest() {
        roots.add(tree.root());
        for (int i = 0; i < SIZES; i++) {
            Bytes32 leaf = MerkleHash.leaf(ByteBuffer.allocate(4).putInt(i).array());
            assertThat(tree.append(leaf)).isEqualTo(i);
            leaves.add(leaf);
            roots.add(tree.root());
        }
    }

    /** RFC 6962 section 2.1, word by word, over a list. */
    static Bytes32 naiveRoot(List<Bytes32> leaves) {
        if (leaves.isEmpty()) {
            return MerkleHash.EMPTY_ROOT;
        }
        if (leaves.size() == 1) {
            return leaves.getFirst();
        }
        int k = 1;
        while (2 * k < leaves.size()) {
            k *= 2;
        }
        return MerkleHash.node(naiveRoot(leaves.subList(0, k)), naiveRoot(leaves.subList(k, leaves.size())));
    }

    /** RFC 6962 section 2.1.1. */
    static List<Bytes32> naivePath(int m, List<Bytes32> leaves) {
        if (leaves.size() == 1) {
            return new ArrayList<>();
        }
        int k = 1;
        while (2 * k < leaves.size()) {
            k *= 2;
        }
        List<Bytes32> path;
        if (m < k) {
            path = naivePath(m, leaves.subList(0, k));
            path.add(naiveRoot(leaves.subList(k, leaves.size())));
        } else {
            path = naivePath(m - k, leaves.subList(k, leaves.size()));
            path.add(naiveRoot(leaves.subList(0, k)));
        }
        return path;
    }

    /** RFC 6962 section 2.1.2. */
    static List<Bytes32> naiveProof(int m, List<Bytes32> leaves, boolean known) {
        if (m == leaves.size()) {
            return known ? new ArrayList<>() : new ArrayList<>(List.of(naiveRoot(leaves)));
        }
        int k = 1;
        while (2 * k < leaves.size()) {
            k *= 2;
        }
        List<Bytes32> path;
        if (m <= k) {
            path = naiveProof(m, leaves.subList(0, k), known);
            path.add(naiveRoot(leaves.subList(k, leaves.size())));
        } else {
            path = naiveProof(m - k, leaves.subList(k, leaves.size()), false);
            path.add(naiveRoot(leaves.subList(0, k)));
        }
        return path;
    }

    @Test
    void theEmptyTreeAndTheLeafOfNothingHaveTheirKnownHashes() {
        assertThat(MerkleHash.EMPTY_ROOT.hex())
                .isEqualTo("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(MerkleHash.leaf(new byte[0]).hex())
                .isEqualTo("0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    /** The test data that implementations of Certificate Transparency share: eight entries, the root after each. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            1, 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
            2, fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
            3, aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
            4, d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
            5, 4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
            6, 76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
            7, ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
            8, 5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
            """)
    void givesTheRootsThatCertificateTransparencyGives(int size, String root) {
        List<String> entries = List.of(
                "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");
        MemoryTree known = new MemoryTree();
        entries.subList(0, size)
                .forEach(entry -> known.append(MerkleHash.leaf(HexFormat.of().parseHex(entry))));
        assertThat(known.root()).isEqualTo(Bytes32.fromHex(root));
    }

    @Test
    void everyRootIsTheOneOfTheRfc() {
        for (int size = 0; size <= SIZES; size++) {
            Bytes32 expected = naiveRoot(leaves.subList(0, size));
            assertThat(MerkleTree.root(size, tree)).as("root of %d", size).isEqualTo(expected);
            assertThat(roots.get(size)).as("root at size %d", size).isEqualTo(expected);
            assertThat(Frontier.of(size, tree).root())
                    .as("root of the edge at %d", size)
                    .isEqualTo(expected);
        }
    }

    @Test
    void everyInclusionProofIsTheOneOfTheRfcAndVerifies() {
        for (int size = 1; size <= SIZES; size++) {
            for (int position = 0; position < size; position++) {
                InclusionProof proof = MerkleTree.inclusion(position, size, tree);
                assertThat(proof.path()).hasSize(InclusionProof.pathLength(position, size));
                assertThat(proof.verify(leaves.get(position), roots.get(size))).isTrue();
            }
        }
        for (int size : List.of(1, 2, 3, 7, 8, 9, 100, 256, 257)) {
            for (int position = 0; position < size; position++) {
                assertThat(MerkleTree.inclusion(position, size, tree).path())
                        .isEqualTo(naivePath(position, leaves.subList(0, size)));
            }
        }
    }

    @Test
    void anInclusionProofHoldsForItsLeafItsPositionAndItsRootAlone() {
        for (int size : List.of(2, 3, 5, 8, 13, 64, 65)) {
            for (int position = 0; position < size; position++) {
                InclusionProof proof = MerkleTree.inclusion(position, size, tree);
                assertThat(proof.verify(leaves.get((position + 1) % size), roots.get(size)))
                        .isFalse();
                assertThat(proof.verify(leaves.get(position), roots.get(size + 1)))
                        .isFalse();
                for (int i = 0; i < proof.path().size(); i++) {
                    List<Bytes32> path = new ArrayList<>(proof.path());
                    path.set(i, leaves.getLast());
                    assertThat(new InclusionProof(position, size, path).verify(leaves.get(position), roots.get(size)))
                            .isFalse();
                }
                for (int other = 0; other < size; other++) {
                    if (other != position
                            && InclusionProof.pathLength(other, size)
                                    == proof.path().size()) {
                        assertThat(new InclusionProof(other, size, proof.path())
                                        .verify(leaves.get(position), roots.get(size)))
                                .isFalse();
                    }
                }
            }
        }
    }

    @Test
    void aPathOfTheWrongLengthIsNoProof() {
        List<Bytes32> path = MerkleTree.inclusion(3, 7, tree).path();
        List<Bytes32> longer = new ArrayList<>(path);
        longer.add(Bytes32.ZERO);
        assertThatThrownBy(() -> new InclusionProof(3, 7, longer)).hasMessageContaining("3 hashes");
        assertThatThrownBy(() -> new InclusionProof(3, 7, path.subList(1, 3))).hasMessageContaining("3 hashes");
        assertThatThrownBy(() -> new InclusionProof(7, 7, path)).hasMessageContaining("below the size 7");
        assertThatThrownBy(() -> new InclusionProof(-1, 7, path)).hasMessageContaining("got -1");
    }

    @Test
    void everyConsistencyProofVerifies() {
        for (int size = 0; size <= SIZES; size++) {
            for (int old = 0; old <= size; old++) {
                ConsistencyProof proof = MerkleTree.consistency(old, size, tree);
                assertThat(proof.verify(roots.get(old), roots.get(size)))
                        .as("%d to %d", old, size)
                        .isTrue();
            }
        }
        for (int size : List.of(1, 2, 3, 7, 8, 9, 100, 257)) {
            for (int old = 1; old <= size; old++) {
                assertThat(MerkleTree.consistency(old, size, tree).path())
                        .isEqualTo(naiveProof(old, leaves.subList(0, size), true));
            }
        }
    }

    @Test
    void aConsistencyProofHoldsForItsTwoRootsAlone() {
        for (int size : List.of(2, 3, 5, 8, 13, 64, 65)) {
            for (int old = 1; old < size; old++) {
                ConsistencyProof proof = MerkleTree.consistency(old, size, tree);
                assertThat(proof.verify(roots.get(old - 1), roots.get(size))).isFalse();
                assertThat(proof.verify(roots.get(old), roots.get(size + 1))).isFalse();
                assertThat(new ConsistencyProof(
                                        old,
                                        size,
                                        proof.path().subList(1, proof.path().size()))
                                .verify(roots.get(old), roots.get(size)))
                        .isFalse();
                List<Bytes32> longer = new ArrayList<>(proof.path());
                longer.add(Bytes32.ZERO);
                assertThat(new ConsistencyProof(old, size, longer).verify(roots.get(old), roots.get(size)))
                        .isFalse();
                for (int i = 0; i < proof.path().size(); i++) {
                    List<Bytes32> path = new ArrayList<>(proof.path());
                    path.set(i, leaves.getLast());
                    assertThat(new ConsistencyProof(old, size, path).verify(roots.get(old), roots.get(size)))
                            .isFalse();
                }
            }
        }
    }

    @Test
    void anAppendGivesEveryNewNodeOnceTheLeafFirst() {
        Frontier frontier = Frontier.EMPTY;
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < SIZES; i++) {
            Frontier.Appended appended = frontier.append(leaves.get(i));
            assertThat(appended.nodes().getFirst()).isEqualTo(new StoredNode(0, i, leaves.get(i)));
            for (StoredNode node : appended.nodes()) {
                assertThat(seen.add(node.level() + "/" + node.index())).isTrue();
                int from = (int) (node.index() << node.level());
                int to = from + (1 << node.level());
                assertThat(to).isEqualTo(i + 1);
                assertThat(node.hash()).isEqualTo(naiveRoot(leaves.subList(from, to)));
            }
            assertThat(frontier.size()).as("the edge before is untouched").isEqualTo(i);
            frontier = appended.frontier();
            assertThat(frontier).isEqualTo(Frontier.of(i + 1, tree));
        }
        assertThat(seen).hasSize(2 * SIZES - Long.bitCount(SIZES));
    }

    @Test
    void pathLengthsHoldForTheLargestLogs() {
        assertThat(InclusionProof.pathLength(0, Long.MAX_VALUE)).isEqualTo(63);
        assertThat(InclusionProof.pathLength(Long.MAX_VALUE - 1, Long.MAX_VALUE))
                .isEqualTo(62);
        assertThat(InclusionProof.pathLength(0, 1)).isZero();
        assertThat(InclusionProof.pathLength((1L << 40) - 1, 1L << 40)).isEqualTo(40);
        assertThat(InclusionProof.pathLength(1L << 40, (1L << 40) + 1)).isEqualTo(1);
    }
}
