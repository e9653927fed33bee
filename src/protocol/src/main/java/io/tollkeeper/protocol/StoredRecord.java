package io.tollkeeper.protocol;

/**
 * A record with its digest at hand.
 *
 * @param digest the record's digest under the deployment's domain
 * @param record the record
 */
public record StoredRecord(Bytes32 digest, UsageRecord record) {}
