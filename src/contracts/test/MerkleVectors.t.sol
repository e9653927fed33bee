// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Rfc6962} from "./support/Rfc6962.sol";
import {VectorFiles} from "./support/VectorFiles.sol";
import {vm} from "./support/Vm.sol";

/// @notice Java's proofs of the log, for every size from 1 to 257, checked by another hand
contract MerkleVectorsTest is VectorFiles {
    struct InclusionVector {
        bytes32 leafHash;
        uint256 position;
        uint256 size;
        bytes32 root;
        bytes path;
    }

    struct ConsistencyVector {
        bytes32 oldRoot;
        uint256 oldSize;
        bytes32 newRoot;
        uint256 newSize;
        bytes path;
    }

    function test_inclusionProofs() public view {
        InclusionVector[] memory vectors = abi.decode(
            read("inclusion", "V(bytes32 leafHash,uint256 position,uint256 size,bytes32 root,bytes path)"),
            (InclusionVector[])
        );
        vm.assertGe(vectors.length, 257);
        for (uint256 i = 0; i < vectors.length; ++i) {
            InclusionVector memory v = vectors[i];
            bytes32[] memory path = wordsOf(v.path);
            vm.assertTrue(Rfc6962.includes(v.root, v.size, v.position, v.leafHash, path), "inclusion");
            vm.assertFalse(Rfc6962.includes(v.root, v.size, v.position, ~v.leafHash, path));
            vm.assertFalse(Rfc6962.includes(v.root, v.size, v.size, v.leafHash, path));
        }
    }

    function test_consistencyProofs() public view {
        ConsistencyVector[] memory vectors = abi.decode(
            read("consistency", "V(bytes32 oldRoot,uint256 oldSize,bytes32 newRoot,uint256 newSize,bytes path)"),
            (ConsistencyVector[])
        );
        vm.assertGe(vectors.length, 257);
        for (uint256 i = 0; i < vectors.length; ++i) {
            ConsistencyVector memory v = vectors[i];
            bytes32[] memory path = wordsOf(v.path);
            vm.assertTrue(Rfc6962.isPrefix(v.oldRoot, v.oldSize, v.newRoot, v.newSize, path), "consistency");
            if (v.oldSize != 0) {
                vm.assertFalse(Rfc6962.isPrefix(~v.oldRoot, v.oldSize, v.newRoot, v.newSize, path));
                vm.assertFalse(Rfc6962.isPrefix(v.oldRoot, v.oldSize, ~v.newRoot, v.newSize, path));
            }
        }
    }

    function wordsOf(bytes memory path) internal pure returns (bytes32[] memory words) {
        words = new bytes32[](path.length / 32);
        for (uint256 i = 0; i < words.length; ++i) {
            bytes32 word;
            assembly ("memory-safe") {
                word := mload(add(add(path, 0x20), mul(i, 0x20)))
            }
            words[i] = word;
        }
    }
}
