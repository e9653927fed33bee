// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title The Merkle tree of RFC 6962, checked as in RFC 9162 section 2.1.3.2 and 2.1.4.2
/// @notice SHA-256; a leaf is hashed behind 0x00, an inner node behind 0x01, so that neither passes for the other. The
/// contracts never check a proof: this is what a verifier on a chain would need, and a second opinion on Java's proofs
library Rfc6962 {
    function leafHash(bytes memory leaf) internal pure returns (bytes32) {
        return sha256(bytes.concat(hex"00", leaf));
    }

    function nodeHash(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(bytes.concat(hex"01", left, right));
    }

    /// Whether the leaf is at this position of the tree.
    function includes(bytes32 root, uint256 size, uint256 position, bytes32 leaf, bytes32[] memory path)
        internal
        pure
        returns (bool)
    {
        if (position >= size) return false;
        (uint256 fn, uint256 sn, bytes32 r) = (position, size - 1, leaf);
        for (uint256 i = 0; i < path.length; ++i) {
            if (sn == 0) return false;
            if (fn & 1 == 1 || fn == sn) {
                r = nodeHash(path[i], r);
                while (fn & 1 == 0 && fn != 0) (fn, sn) = (fn >> 1, sn >> 1);
            } else {
                r = nodeHash(r, path[i]);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
        return sn == 0 && r == root;
    }

    /// Whether the smaller tree is what the larger one began with.
    function isPrefix(bytes32 oldRoot, uint256 oldSize, bytes32 newRoot, uint256 newSize, bytes32[] memory path)
        internal
        pure
        returns (bool)
    {
        if (oldSize == 0) return path.length == 0;
        if (oldSize == newSize) return path.length == 0 && oldRoot == newRoot;
        if (oldSize > newSize || path.length == 0) return false;
        // A smaller tree that is whole (a power of two) is itself the first node of the path.
        bool whole = oldSize & (oldSize - 1) == 0;
        (bytes32 fr, uint256 next) = whole ? (oldRoot, 0) : (path[0], 1);
        bytes32 sr = fr;
        (uint256 fn, uint256 sn) = (oldSize - 1, newSize - 1);
        while (fn & 1 == 1) (fn, sn) = (fn >> 1, sn >> 1);
        for (uint256 i = next; i < path.length; ++i) {
            if (sn == 0) return false;
            if (fn & 1 == 1 || fn == sn) {
                fr = nodeHash(path[i], fr);
                sr = nodeHash(path[i], sr);
                while (fn & 1 == 0 && fn != 0) (fn, sn) = (fn >> 1, sn >> 1);
            } else {
                sr = nodeHash(sr, path[i]);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
        return sn == 0 && fr == oldRoot && sr == newRoot;
    }
}
