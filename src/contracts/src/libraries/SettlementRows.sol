// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {BaseUnits} from "../types/BaseUnits.sol";

/// @notice Where a row begins in the transaction's calldata
type Row is uint256;

using SettlementRows for Row global;

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
/// A field is cut out of the 32 bytes that end with it, or begin with it, read straight from calldata. (Slices are checked
/// against the batch's end each time; a row lies within it as a whole, and that is checked once.)
library SettlementRows {
    uint256 internal constant ROW_BYTES = 151;

    uint256 private constant HEAD = 0; // signer, nonce, ...
    uint256 private constant TAIL = 23; // ..., branch, seq, asOf, amount, kind
    uint256 private constant BODY = 55;
    uint256 private constant R = 87;
    uint256 private constant VS = 119;

    /// Row i of a batch; the caller keeps i below `rows.length / ROW_BYTES`.
    function rowAt(bytes calldata rows, uint256 i) internal pure returns (Row row) {
        assembly ("memory-safe") {
            row := add(rows.offset, mul(i, ROW_BYTES))
        }
    }

    function signer(Row row) internal pure returns (address) {
        return address(bytes20(_word(row, HEAD)));
    }

    function nonce(Row row) internal pure returns (uint40) {
        return uint40(uint256(_word(row, HEAD)) >> 56);
    }

    function branch(Row row) internal pure returns (uint32) {
        return uint32(uint256(_word(row, TAIL)) >> 208);
    }

    function seq(Row row) internal pure returns (uint64) {
        return uint64(uint256(_word(row, TAIL)) >> 144);
    }

    function asOf(Row row) internal pure returns (uint40) {
        return uint40(uint256(_word(row, TAIL)) >> 104);
    }

    function amount(Row row) internal pure returns (BaseUnits) {
        return BaseUnits.wrap(uint96(uint256(_word(row, TAIL)) >> 8));
    }

    function kind(Row row) internal pure returns (uint8) {
        return uint8(uint256(_word(row, TAIL)));
    }

    function body(Row row) internal pure returns (bytes32) {
        return _word(row, BODY);
    }

    function r(Row row) internal pure returns (bytes32) {
        return _word(row, R);
    }

    function vs(Row row) internal pure returns (bytes32) {
        return _word(row, VS);
    }

    function _word(Row row, uint256 offset) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := calldataload(add(row, offset))
        }
    }
}
