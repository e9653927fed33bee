package io.tollkeeper.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.v1.AnchorProof;
import io.tollkeeper.protocol.v1.Receipt;
import java.io.Closeable;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;

/**
 * What a client did, one JSON object a line, for people and for audits: from it the charge can be rated again and every
 * proof checked again. The spool does not depend on it. A line is written whole or, by a kill, not to its end; opening the
 * journal cuts such a line off.
 */
public class Journal implements Closeable {
    /** A journal that keeps nothing. */
    public static final Journal NONE = new Journal();

    private static final System.Logger LOG = System.getLogger(Journal.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    private Journal() {}

    /** Appends to {@code file}, which is made if it is not there. */
    public static Journal open(Path file, ClientClock clock) throws IOException {
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            var whole = endOfLastLine(channel);
            channel.truncate(whole);
            channel.position(whole);
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
        return new Journal() {
            @Override
            protected synchronized void write(String type, ObjectNode line) {
                var full = JSON.createObjectNode().put("type", type).put("at", clock.unixMillis());
                full.setAll(line);
                try {
                    var bytes =
                            ByteBuffer.wrap((JSON.writeValueAsString(full) + "\n").getBytes(StandardCharsets.UTF_8));
                    while (bytes.hasRemaining()) {
                        channel.write(bytes);
                    }
                } catch (JsonProcessingException impossible) {
                    throw new IllegalStateException(impossible);
                } catch (IOException failure) {
                    LOG.log(System.Logger.Level.ERROR, "the journal lacks a line: " + failure.getMessage());
                }
            }

            @Override
            public synchronized void close() throws IOException {
                channel.force(true);
                channel.close();
            }
        };
    }

    private static long endOfLastLine(FileChannel channel) throws IOException {
        var at = channel.size();
        var block = ByteBuffer.allocate(4096);
        while (at > 0) {
            var start = Math.max(0, at - block.capacity());
            block.clear().limit((int) (at - start));
            while (block.hasRemaining()) {
                if (channel.read(block, start + block.position()) < 0) {
                    break;
                }
            }
            for (var i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return start + i + 1;
                }
            }
            at = start;
        }
        return 0;
    }

    /**
     * @param counters what the agreement's record would say, all sessions of the window included
     * @param amount the agreement's total charge at these counters, in base units
     */
    final void reading(Reading reading, Counters counters, BigInteger amount) {
        var line = JSON.createObjectNode()
                .put("session", reading.sessionNumber())
                .put("sessionStart", reading.sessionStartSeconds())
                .put("kind", reading.kind().name())
                .put("asOf", reading.asOfSeconds())
                .put("boundary", reading.boundary())
                .put("amount", amount.toString());
        putCounters(line, counters);
        write("reading", line);
    }

    final void signed(SpooledRecord spooled) {
        var usage = spooled.record();
        var line = JSON.createObjectNode()
                .put("agreement", usage.agreement().hex())
                .put("branch", usage.branch())
                .put("seq", usage.seq())
                .put("kind", usage.kind().name())
                .put("asOf", usage.asOf())
                .put("amount", usage.amount().toString())
                .put("digest", spooled.digest().hex())
                .put("record", "0x" + HEX.formatHex(CanonicalRecord.encode(usage)))
                .put("signature", spooled.signed().signature().hex());
        putCounters(line, SpoolState.countersOf(spooled));
        write("signed", line);
    }

    final void acknowledged(SpooledRecord spooled, Ack ack, Receipt receipt) {
        write(
                "ack",
                JSON.createObjectNode()
                        .put("seq", spooled.seq())
                        .put("digest", spooled.digest().hex())
                        .put("server", ack.server())
                        .put("duplicate", ack.duplicate())
                        .put("position", ack.position())
                        .put("nodeId", hex(receipt.getNodeId()))
                        .put("epoch", receipt.getEpoch())
                        .put("anchorBy", receipt.getAnchorBy())
                        .put("receipt", hex(receipt.toByteString())));
    }

    final void anchored(Bytes32 digest, long seq, AnchorProof proof) {
        var line = JSON.createObjectNode()
                .put("seq", seq)
                .put("digest", digest.hex())
                .put("record", hex(proof.getRecord().getRecord()))
                .put("signature", hex(proof.getRecord().getSignature()))
                .put("position", proof.getPosition())
                .put("treeSize", proof.getTreeSize())
                .put("root", hex(proof.getRoot()))
                .put("nodeId", hex(proof.getNodeId()))
                .put("epoch", proof.getEpoch())
                .put("blockNumber", proof.getBlockNumber())
                .put("blockHash", hex(proof.getBlockHash()))
                .put("transactionHash", hex(proof.getTransactionHash()))
                .put("logIndex", Integer.toUnsignedLong(proof.getLogIndex()));
        var path = line.putArray("path");
        proof.getPathList().forEach(node -> path.add(hex(node)));
        write("anchored", line);
    }

    final void refused(SpooledRecord spooled, String server, String error) {
        write(
                "refused",
                JSON.createObjectNode()
                        .put("seq", spooled.seq())
                        .put("digest", spooled.digest().hex())
                        .put("server", server)
                        .put("error", error)
                        .put("record", "0x" + HEX.formatHex(CanonicalRecord.encode(spooled.record())))
                        .put("signature", spooled.signed().signature().hex()));
    }

    /** Anything else that a reader of the journal should know. */
    final void event(String what, String detail) {
        write("event", JSON.createObjectNode().put("event", what).put("detail", detail));
    }

    /** Writes one line; what cannot be written is logged and never stops the metering. */
    protected void write(String type, ObjectNode line) {}

    @Override
    public void close() throws IOException {}

    private static void putCounters(ObjectNode line, Counters counters) {
        var array = line.putArray("counters");
        counters.values().forEach((key, value) -> array.addObject()
                .put("meter", key.meterId())
                .put("band", key.band())
                .put("cumulative", value));
    }

    private static String hex(ByteString bytes) {
        return "0x" + HEX.formatHex(bytes.toByteArray());
    }
}
