// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IFeeVault} from "../src/interfaces/IFeeVault.sol";
import {IUsageAnchor} from "../src/interfaces/IUsageAnchor.sol";
import {VaultTest} from "./support/VaultTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice What a transaction costs, as a receipt would say it: each call runs as a transaction of its own (isolate), under
/// Osaka's rules, calldata floor (EIP-7623) included
/// forge-config: default.isolate = true
/// forge-config: default.evm_version = "osaka"
contract GasTest is VaultTest {
    function test_anchor_inDigestModeCostsAtMost31000() public {
        IUsageAnchor usage = registered();
        bytes32 nodeId = usage.nodeIdOf("fleet", "billing", "metering", 0);
        vm.prank(address(0xe1));
        usage.anchor(nodeId, 3, 1_000, keccak256("first"));
        vm.prank(address(0xe1));
        usage.anchor(nodeId, 3, type(uint56).max, keccak256("second"));
        assertCost("anchor, DIGEST", 31_000, 1);
    }

    function test_settle_costsAtMost14700ForEachOf100Rows() public {
        bytes memory rows = hundredRows(1e18, 100e18);
        settle(rows);
        rows = hundredRows(2e18, 0);
        settle(rows);
        assertCost("settle, 100 rows, each", 14_700, 100);
        vm.assertGe(credits(), 200e18);
    }

    function test_settle_costsAtMost5800ForEachOf100ReplayedRows() public {
        bytes memory rows = hundredRows(1e18, 100e18);
        settle(rows);
        settle(rows);
        assertCost("settle, 100 replayed rows, each", 5_800, 100);
        vm.assertGe(credits(), 100e18);
    }

    function test_contractsFitTheLimitOf24576Bytes() public {
        assertSize("bytes of FeeVault", address(vault));
        assertSize("bytes of UsageAnchor", address(registered()));
    }

    function assertSize(string memory name, address deployed) internal {
        vm.snapshotValue("gas", name, deployed.code.length);
        vm.assertLe(deployed.code.length, 24_576, name);
    }

    function assertCost(string memory name, uint256 most, uint256 rows) internal {
        uint256 used = vm.lastCallGas().gasTotalUsed / rows;
        vm.snapshotValue("gas", name, used);
        vm.assertLe(used, most, name);
    }

    function hundredRows(uint96 amount, uint96 deposit) internal returns (bytes memory rows) {
        for (uint256 i = 0; i < 100; ++i) {
            if (deposit != 0) openFor(1000 + i, 0, deposit);
            rows = bytes.concat(rows, rowFor(planId, 1000 + i, 0, signOff(amount + uint96(i * 0x123456789))));
        }
    }

    function registered() internal returns (IUsageAnchor usage) {
        usage = IUsageAnchor(vm.deployCode("UsageAnchor.sol:UsageAnchor", abi.encode(address(this))));
        usage.setFleet("fleet", address(this), 3, 5, 3600);
        usage.register("fleet", "billing", "metering", 0, 3, address(0xe1), "zone-a");
    }
}
