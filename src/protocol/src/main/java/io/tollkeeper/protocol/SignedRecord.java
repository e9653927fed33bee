package io.tollkeeper.protocol;

/**
 * A record and its client's signature over the record's digest.
 *
 * @param record the record
 * @param signature not checked here: ask {@link Signature#recover}
 */
public record SignedRecord(UsageRecord record, Signature signature) {}
