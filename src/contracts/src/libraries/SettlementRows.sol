// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {BaseUnits} from "../types/BaseUnits.sol";

/// @title The packed rows of a settlement
/// @notice One row, big-endian, without gaps:
///
///     offset  bytes  field
///          0     20  signer
///         20      5  nonce
///         25      4  branch
///         29      8  seq
///         37      5  asOf
///         42     12  amount
///         54      1  kind
///         55     32  body
///         87     32  r
///        119     32  vs      EIP-2098
///
/// A row is read as five words: `head` (from 0), `tail` (the 32 bytes that end with kind), body, r and vs. Reading a
/// field is then a shift; slicing each one by itself costs some 600 gas a row more.
library SettlementRows {
    uint256 internal constant ROW_BYTES = 151;
    uint256 private constant TAIL_OFFSET = 23;
    uint256 private constant BODY_OFFSET = 55;
    uint256 private constant R_OFFSET = 87;
    uint256 private constant VS_OFFSET = 119;

    /// Signer and nonce, as they stand in the row's first 25 bytes.
    function owner(bytes calldata row) internal pure returns (address signer, uint40 nonce) {
        bytes32 head = bytes32(row);
        return (address(bytes20(head)), uint40(bytes5(head << 160)));
    }

    function fields(bytes calldata row)
        internal
        pure
        returns (uint32 branch, uint64 seq, uint40 asOf, BaseUnits amount, uint8 kind)
    {
        uint256 tail = uint256(bytes32(row[TAIL_OFFSET:]));
        return
            (
                uint32(tail >> 208),
                uint64(tail >> 144),
                uint40(tail >> 104),
                BaseUnits.wrap(uint96(tail >> 8)),
                uint8(tail)
            );
    }

    function body(bytes calldata row) internal pure returns (bytes32) {
        return bytes32(row[BODY_OFFSET:]);
    }

    function signature(bytes calldata row) internal pure returns (bytes32 r, bytes32 vs) {
        return (bytes32(row[R_OFFSET:]), bytes32(row[VS_OFFSET:]));
    }
}
