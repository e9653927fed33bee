// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {BaseUnits} from "../types/BaseUnits.sol";

/// @notice The part of a usage record that is signed, as it stands in a row of `settle`
/// @param agreement The agreement (not in the row: derived from plan, signer and nonce)
/// @param branch The client's unbroken chain of records
/// @param seq The record's number, dense from 1
/// @param asOf Unix second up to which it measures
/// @param amount Total charge of the agreement so far
/// @param kind START 1, INTERIM 2, STOP 3, CLOSE 4
/// @param body keccak-256 of the canonical bytes of the rest
struct UsageRecord {
    bytes32 agreement;
    uint32 branch;
    uint64 seq;
    uint40 asOf;
    BaseUnits amount;
    uint8 kind;
    bytes32 body;
}

/// @title The EIP-712 struct of a usage record
library UsageRecords {
    bytes32 internal constant TYPEHASH = keccak256(
        "UsageRecord(bytes32 agreement,uint32 branch,uint64 seq,uint40 asOf,uint96 amount,uint8 kind,bytes32 body)"
    );

    /// EIP-712 hashStruct.
    function structHash(UsageRecord memory record) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                TYPEHASH,
                record.agreement,
                record.branch,
                record.seq,
                record.asOf,
                record.amount,
                record.kind,
                record.body
            )
        );
    }
}
