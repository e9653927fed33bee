// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {vm} from "./Vm.sol";

/// @notice The test vectors of src/protocol, which its own tests check too
abstract contract VectorFiles {
    function read(string memory name, string memory typeDescription) internal view returns (bytes memory) {
        string memory file = string.concat("../protocol/src/test/resources/vectors/", name, ".json");
        return vm.parseJsonTypeArray(vm.readFile(file), "$", typeDescription);
    }
}
