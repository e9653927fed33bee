package io.tollkeeper.client;

import com.google.protobuf.ByteString;

/**
 * A node's word that it has stored a record.
 *
 * @param server URL of the server that answered
 * @param atUnixMillis when the answer came, by this machine's wall clock
 * @param position index of the record's leaf in the log of the node's epoch
 * @param receipt the signed {@code tollkeeper.v1.Receipt} of the group, its signature checked
 */
public record Ack(String server, long atUnixMillis, boolean duplicate, long position, ByteString receipt) {}
