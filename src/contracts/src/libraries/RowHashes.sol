// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Row} from "./SettlementRows.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title What is hashed of a row: its agreement's id and the digest that its client signed
/// @notice Both are `keccak256(abi.encode(...))`, written into the free memory without allocating it. The plain form costs
/// 300 gas a row more, and more with every row of a batch, for it never gives memory back.
library RowHashes {
    bytes32 private constant RECORD_TYPEHASH = keccak256(
        "UsageRecord(bytes32 agreement,uint32 branch,uint64 seq,uint40 asOf,uint96 amount,uint8 kind,bytes32 body)"
    );

    /// keccak256(abi.encode(domain, planId, signer, nonce))
    function agreementId(bytes32 domain, bytes32 planId, address signer, uint40 nonce)
        internal
        pure
        returns (bytes32 id)
    {
        (uint256 signerWord, uint256 nonceWord) = (uint160(signer), nonce);
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, domain)
            mstore(add(free, 0x20), planId)
            mstore(add(free, 0x40), signerWord)
            mstore(add(free, 0x60), nonceWord)
            id := keccak256(free, 0x80)
        }
    }

    /// EIP-712 digest of the record: its identity everywhere.
    function recordDigest(Row row, bytes32 domain, bytes32 agreement) internal pure returns (bytes32) {
        (bytes32 typehash, bytes32 body, bytes32 structHash) = (RECORD_TYPEHASH, row.body(), 0);
        (uint256 branch, uint256 seq, uint256 asOf) = (row.branch(), row.seq(), row.asOf());
        (uint256 amount, uint256 kind) = (row.amount().unwrap(), row.kind());
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typehash)
            mstore(add(free, 0x20), agreement)
            mstore(add(free, 0x40), branch)
            mstore(add(free, 0x60), seq)
            mstore(add(free, 0x80), asOf)
            mstore(add(free, 0xa0), amount)
            mstore(add(free, 0xc0), kind)
            mstore(add(free, 0xe0), body)
            structHash := keccak256(free, 0x100)
        }
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }
}
