package io.tollkeeper.chain;

import io.tollkeeper.chain.OutboxRow.Outcome;
import io.tollkeeper.chain.OutboxRow.Stage;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The bytes of a row. Big-endian; {@code bytes} and {@code text} (UTF-8) are a length (int32) and the bytes; {@code big}
 * is a non-negative integer as {@code bytes}; an optional is a byte 0 or 1, and the value after 1; a list is a count
 * (int32) and its items.
 *
 * <pre>
 *   row       format version int8 (1) | id int64 | key text | to optional 20 | data bytes | value big
 *             | gasLimit optional int64 | stage
 *   stage     0 waiting
 *             1 signed   nonce int64 | list of attempts
 *             2 in block nonce int64 | list of attempts | index of the winner int32 | receipt | reason optional
 *             3 settled  nonce optional int64 | settled at, Unix milliseconds int64 | outcome
 *   attempt   hash 32 | signed bytes | dynamic int8 | maxFee big | priorityFee big | gasLimit int64 | noop int8
 *             | signed at, Unix milliseconds int64 | head int64
 *   receipt   block int64 | block hash 32 | hash 32 | succeeded int8 | gasUsed int64 | contract optional 20
 *   reason    name text | list of arguments text | data bytes
 *   outcome   0 succeeded receipt | 1 reverted reason, receipt optional | 2 refused text
 * </pre>
 */
final class OutboxRowCodec {
    private static final int FORMAT_VERSION = 1;

    static byte[] encode(OutboxRow row) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            new Writer(out).row(row);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static OutboxRow decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            var row = new Reader(in).row();
            if (in.available() > 0) {
                throw new IllegalArgumentException(
                        "outbox row: expected its end, got " + in.available() + " bytes more");
            }
            return row;
        } catch (IOException cutOff) {
            throw new IllegalArgumentException("outbox row: ends after " + bytes.length + " bytes", cutOff);
        }
    }

    private interface Write<T> {
        void to(T value) throws IOException;
    }

    private interface Read<T> {
        T get() throws IOException;
    }

    private record Writer(DataOutputStream out) {
        void row(OutboxRow row) throws IOException {
            out.writeByte(FORMAT_VERSION);
            out.writeLong(row.id());
            text(row.key());
            optional(row.call().to(), to -> out.write(to.toByteArray()));
            bytes(row.call().data());
            big(row.call().valueWei());
            optional(boxed(row.gasLimit()), out::writeLong);
            stage(row.stage());
        }

        private void stage(Stage stage) throws IOException {
            switch (stage) {
                case Stage.Waiting _ -> out.writeByte(0);
                case Stage.Signed signed -> {
                    out.writeByte(1);
                    signed(signed);
                }
                case Stage.InBlock(var signed, var winner, var receipt, var reason) -> {
                    out.writeByte(2);
                    signed(signed);
                    out.writeInt(signed.attempts().indexOf(winner));
                    receipt(receipt);
                    optional(reason, this::reason);
                }
                case Stage.Settled(var nonce, var outcome, var at) -> {
                    out.writeByte(3);
                    optional(boxed(nonce), out::writeLong);
                    out.writeLong(at.toEpochMilli());
                    outcome(outcome);
                }
            }
        }

        private void signed(Stage.Signed signed) throws IOException {
            out.writeLong(signed.nonce());
            list(signed.attempts(), this::attempt);
        }

        private void attempt(Attempt attempt) throws IOException {
            out.write(attempt.hash().toByteArray());
            bytes(attempt.signed());
            out.writeBoolean(attempt.fee().dynamic());
            big(attempt.fee().maxFee());
            big(attempt.fee().priorityFee());
            out.writeLong(attempt.gasLimit());
            out.writeBoolean(attempt.noop());
            out.writeLong(attempt.signedAt().toEpochMilli());
            out.writeLong(attempt.head());
        }

        private void outcome(Outcome outcome) throws IOException {
            switch (outcome) {
                case Outcome.Succeeded(var receipt) -> {
                    out.writeByte(0);
                    receipt(receipt);
                }
                case Outcome.Reverted(var reason, var receipt) -> {
                    out.writeByte(1);
                    reason(reason);
                    optional(receipt, this::receipt);
                }
                case Outcome.Refused(var why) -> {
                    out.writeByte(2);
                    text(why);
                }
            }
        }

        private void receipt(TxReceipt receipt) throws IOException {
            out.writeLong(receipt.blockNumber());
            out.write(receipt.blockHash().toByteArray());
            out.write(receipt.transactionHash().toByteArray());
            out.writeBoolean(receipt.succeeded());
            out.writeLong(receipt.gasUsed());
            optional(receipt.contract(), contract -> out.write(contract.toByteArray()));
        }

        private void reason(RevertReason reason) throws IOException {
            text(reason.name());
            list(reason.arguments(), this::text);
            bytes(reason.data());
        }

        private void big(BigInteger value) throws IOException {
            bytes(value.toByteArray());
        }

        private void text(String text) throws IOException {
            bytes(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        private void bytes(byte[] bytes) throws IOException {
            out.writeInt(bytes.length);
            out.write(bytes);
        }

        private static Optional<Long> boxed(OptionalLong value) {
            return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
        }

        private <T> void optional(Optional<T> value, Write<T> write) throws IOException {
            out.writeBoolean(value.isPresent());
            if (value.isPresent()) {
                write.to(value.get());
            }
        }

        private <T> void list(List<T> items, Write<T> write) throws IOException {
            out.writeInt(items.size());
            for (var item : items) {
                write.to(item);
            }
        }
    }

    private record Reader(DataInputStream in) {
        OutboxRow row() throws IOException {
            var version = in.readByte();
            if (version != FORMAT_VERSION) {
                throw new IllegalArgumentException(
                        "outbox row: expected format version " + FORMAT_VERSION + ", got " + version);
            }
            var id = in.readLong();
            var key = text();
            var call = new ChainCall(optional(this::address), bytes(), big());
            return new OutboxRow(id, key, call, unboxed(optional(in::readLong)), stage());
        }

        private Stage stage() throws IOException {
            var kind = in.readByte();
            return switch (kind) {
                case 0 -> new Stage.Waiting();
                case 1 -> signed();
                case 2 -> {
                    var signed = signed();
                    var winner = signed.attempts().get(in.readInt());
                    yield new Stage.InBlock(signed, winner, receipt(), optional(this::reason));
                }
                case 3 -> {
                    var nonce = unboxed(optional(in::readLong));
                    var at = Instant.ofEpochMilli(in.readLong());
                    yield new Stage.Settled(nonce, outcome(), at);
                }
                default -> throw new IllegalArgumentException("outbox row: expected a stage from 0 to 3, got " + kind);
            };
        }

        private Stage.Signed signed() throws IOException {
            return new Stage.Signed(in.readLong(), list(this::attempt));
        }

        private Attempt attempt() throws IOException {
            return new Attempt(
                    bytes32(),
                    bytes(),
                    new FeeQuote(in.readBoolean(), big(), big()),
                    in.readLong(),
                    in.readBoolean(),
                    Instant.ofEpochMilli(in.readLong()),
                    in.readLong());
        }

        private Outcome outcome() throws IOException {
            var kind = in.readByte();
            return switch (kind) {
                case 0 -> new Outcome.Succeeded(receipt());
                case 1 -> new Outcome.Reverted(reason(), optional(this::receipt));
                case 2 -> new Outcome.Refused(text());
                default ->
                    throw new IllegalArgumentException("outbox row: expected an outcome from 0 to 2, got " + kind);
            };
        }

        private TxReceipt receipt() throws IOException {
            return new TxReceipt(
                    in.readLong(), bytes32(), bytes32(), in.readBoolean(), in.readLong(), optional(this::address));
        }

        private RevertReason reason() throws IOException {
            return new RevertReason(text(), list(this::text), bytes());
        }

        private Bytes32 bytes32() throws IOException {
            return Bytes32.of(exactly(Bytes32.LENGTH));
        }

        private Address address() throws IOException {
            return Address.of(exactly(Address.LENGTH));
        }

        private BigInteger big() throws IOException {
            return new BigInteger(bytes());
        }

        private String text() throws IOException {
            return new String(bytes(), java.nio.charset.StandardCharsets.UTF_8);
        }

        private byte[] bytes() throws IOException {
            return exactly(in.readInt());
        }

        private byte[] exactly(int length) throws IOException {
            var bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new java.io.EOFException();
            }
            return bytes;
        }

        private static OptionalLong unboxed(Optional<Long> value) {
            return value.isPresent() ? OptionalLong.of(value.get()) : OptionalLong.empty();
        }

        private <T> Optional<T> optional(Read<T> read) throws IOException {
            return in.readBoolean() ? Optional.of(read.get()) : Optional.empty();
        }

        private <T> List<T> list(Read<T> read) throws IOException {
            var count = in.readInt();
            var items = new ArrayList<T>();
            for (var i = 0; i < count; i++) {
                items.add(read.get());
            }
            return items;
        }
    }

    private OutboxRowCodec() {}
}
