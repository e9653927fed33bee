// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Row} from "./SettlementRows.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title The EIP-712 struct of a usage record
library UsageRecords {
    bytes32 internal constant TYPEHASH = keccak256(
        "UsageRecord(bytes32 agreement,uint32 branch,uint64 seq,uint40 asOf,uint96 amount,uint8 kind,bytes32 body)"
    );

    /// The digest that the client signed: the record's identity everywhere.
    function digest(Row row, bytes32 domain, bytes32 agreement) internal pure returns (bytes32) {
        bytes32 structHash = keccak256(
            abi.encode(TYPEHASH, agreement, row.branch(), row.seq(), row.asOf(), row.amount(), row.kind(), row.body())
        );
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }
}
