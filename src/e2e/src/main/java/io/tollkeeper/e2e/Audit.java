package io.tollkeeper.e2e;

import io.grpc.StatusRuntimeException;
import io.tollkeeper.api.node.NodeLabels;
import io.tollkeeper.protocol.Bytes32;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether the promises were kept, by the customers' journals and the chain.
 *
 * @param accepted distinct digests that a node acknowledged
 * @param anchored those of them that are proven under a root on the chain
 * @param expected what the readings in the journals come to, rated anew; base units
 * @param collected what the contract charged; base units
 * @param chargedTooMuch agreements that were charged above what was expected
 */
public record Audit(int accepted, int anchored, BigInteger expected, BigInteger collected, int chargedTooMuch) {
    private static final Duration PROOF_LIMIT = Duration.ofSeconds(30);

    static Audit of(Stage stage, String billingNode, List<Customer> customers) {
        var check = new AnchorCheck(stage.chain());
        var accepted = 0;
        var anchored = 0;
        var chargedTooMuch = 0;
        for (var customer : customers) {
            var acknowledged = customer.journal().acks().stream()
                    .map(JournalReader.Acknowledged::digest)
                    .collect(Collectors.toSet());
            var proven = proven(stage, billingNode, customer, check);
            accepted += acknowledged.size();
            anchored += (int) acknowledged.stream().filter(proven::contains).count();
            if (stage.chain().charged(customer.agreement().id()).compareTo(customer.owes()) > 0) {
                chargedTooMuch++;
            }
        }
        return new Audit(
                accepted,
                anchored,
                Demo.sum(customers.stream().map(Customer::owes)),
                Demo.sum(customers.stream().map(customer -> stage.chain()
                        .charged(customer.agreement().id()))),
                chargedTooMuch);
    }

    /** By the proofs that the customer accepted himself, and for what came after them by a proof that a node gives now. */
    private static Set<Bytes32> proven(Stage stage, String billingNode, Customer customer, AnchorCheck check) {
        var journal = customer.journal();
        var roots = new HashSet<Bytes32>();
        journal.anchored().forEach(line -> check.digestProvenBy(line).ifPresent(roots::add));
        var soFar = check.withPredecessors(roots, journal.signed());
        journal.acks().stream()
                .map(JournalReader.Acknowledged::digest)
                .filter(digest -> !soFar.contains(digest))
                .reduce((_, last) -> last)
                .flatMap(last -> askNodes(stage, billingNode, customer, last, check))
                .ifPresent(roots::add);
        return check.withPredecessors(roots, journal.signed());
    }

    private static Optional<Bytes32> askNodes(
            Stage stage, String billingNode, Customer customer, Bytes32 digest, AnchorCheck check) {
        return Await.until("a node proves record " + digest + " of " + customer.name(), PROOF_LIMIT, () -> {
            for (var pod : stage.pods(billingNode)) {
                if (pod.getMetadata().getLabels().containsKey(NodeLabels.NODE)
                        && pod.getStatus().getPodIP() != null) {
                    var proof = ask(stage, pod.getStatus().getPodIP(), customer, digest, check);
                    if (proof.isPresent()) {
                        return Optional.of(proof);
                    }
                }
            }
            return Optional.empty();
        });
    }

    private static Optional<Bytes32> ask(
            Stage stage, String address, Customer customer, Bytes32 digest, AnchorCheck check) {
        try (var node = new NodeCalls(address, stage.chain().domain())) {
            var agreement = customer.agreement();
            return check.digestProvenBy(node.proof(agreement.id(), agreement.signer(), digest));
        } catch (StatusRuntimeException _) {
            // This node does not hold the record, or has not seen it anchored: the next one, or the next round.
            return Optional.empty();
        }
    }
}
