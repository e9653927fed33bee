package io.tollkeeper.node.receiver;

import com.google.protobuf.ByteString;
import io.tollkeeper.protocol.CanonicalRecord;
import io.tollkeeper.protocol.SignedRecord;

/** Records as messages. */
public final class Messages {
    private Messages() {}

    public static io.tollkeeper.protocol.v1.SignedRecord signed(SignedRecord signed) {
        return io.tollkeeper.protocol.v1.SignedRecord.newBuilder()
                .setRecord(ByteString.copyFrom(CanonicalRecord.encode(signed.record())))
                .setSignature(ByteString.copyFrom(signed.signature().toByteArray()))
                .build();
    }
}
