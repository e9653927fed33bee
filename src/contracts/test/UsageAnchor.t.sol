// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IUsageAnchor} from "../src/interfaces/IUsageAnchor.sol";
import {between, vm} from "./support/Vm.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

contract UsageAnchorTest {
    bytes32 internal constant FLEET = "zone-fleet";
    string internal constant NAMESPACE = "billing";
    string internal constant BILLING_NODE = "metering";
    bytes32 internal constant ROOT = keccak256("a root");

    address internal constant ADMIN = address(0xad);
    address internal constant NODE_ADMIN = address(0x0b);
    address internal constant STRANGER = address(0x55);
    address internal constant FIRST_KEY = address(0xe1);
    address internal constant SECOND_KEY = address(0xe2);

    IUsageAnchor internal usage;
    bytes32 internal nodeId;

    function setUp() public {
        usage = IUsageAnchor(vm.deployCode("UsageAnchor.sol:UsageAnchor", abi.encode(ADMIN)));
        vm.warp(1_800_000_000);
        vm.prank(ADMIN);
        usage.setFleet(FLEET, NODE_ADMIN, 3, 5, 3600);
        nodeId = usage.nodeIdOf(FLEET, NAMESPACE, BILLING_NODE, 0);
        vm.deal(NODE_ADMIN, 100 ether);
    }

    // Fleets

    function test_setFleet_failsIfNotOwner() public {
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, NODE_ADMIN));
        usage.setFleet(FLEET, NODE_ADMIN, 3, 5, 3600);
    }

    function test_setFleet_failsIfBurstCannotMoveAllNodes() public {
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.BurstBelowMaxNodes.selector, 10, 9));
        usage.setFleet(FLEET, NODE_ADMIN, 10, 9, 3600);
    }

    function test_setFleet_keepsCountAndUsedBurst() public {
        register(1, FIRST_KEY);
        vm.expectEmit(address(usage));
        emit IUsageAnchor.FleetSet(FLEET, STRANGER, 1, 1, 3600);
        vm.prank(ADMIN);
        usage.setFleet(FLEET, STRANGER, 1, 1, 3600);

        vm.assertEq(usage.fleet(FLEET).nodes, 1);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.RegistrationRateExceeded.selector, FLEET, 1, 3600));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 0, 2, SECOND_KEY, "zone-a");
    }

    function test_setFleet_endsAStolenNodeAdminAtOnce() public {
        vm.prank(ADMIN);
        usage.setFleet(FLEET, STRANGER, 3, 5, 3600);
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.NotNodeAdmin.selector, FLEET, STRANGER, NODE_ADMIN));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 0, 1, FIRST_KEY, "zone-a");
    }

    // Registration

    function test_register_beginsTheFirstEpoch() public {
        uint192 head = seed(0, 7, FIRST_KEY);
        vm.roll(1234);
        vm.expectEmit(address(usage));
        emit IUsageAnchor.Registered(nodeId, 7, FIRST_KEY, FLEET, NAMESPACE, BILLING_NODE, 0, "zone-a", 0, 0, 0, head);
        vm.assertEq(register(7, FIRST_KEY), nodeId);

        IUsageAnchor.Node memory node = usage.node(nodeId);
        vm.assertEq(node.fleet, FLEET);
        vm.assertEq(node.epoch, 7);
        vm.assertEq(node.signer, FIRST_KEY);
        vm.assertTrue(node.active);
        vm.assertEq(node.registeredBlock, 1234);
        assertLog(7, FIRST_KEY, 0, head, true);
        vm.assertEq(usage.fleet(FLEET).nodes, 1);
    }

    function test_register_endsTheOldKeyInTheSameTransaction() public {
        register(1, FIRST_KEY);
        uint192 lastHead = anchorFirst(40);

        vm.expectEmit(address(usage));
        emit IUsageAnchor.Fenced(nodeId, 1, 40, lastHead);
        register(2, SECOND_KEY);

        assertRefused(1, FIRST_KEY, 41);
        assertLog(1, FIRST_KEY, 40, lastHead, false);
        assertLog(2, SECOND_KEY, 0, seed(lastHead, 2, SECOND_KEY), true);
        vm.assertEq(usage.fleet(FLEET).nodes, 1);
    }

    function test_register_handsGasMoneyToTheNewKey() public {
        vm.prank(NODE_ADMIN);
        usage.register{value: 2 ether}(FLEET, NAMESPACE, BILLING_NODE, 0, 1, FIRST_KEY, "zone-a");
        vm.assertEq(FIRST_KEY.balance, 2 ether);
        vm.assertEq(address(usage).balance, 0);
    }

    function test_register_repeatedIdenticallyRefundsAndChangesNothing() public {
        register(1, FIRST_KEY);
        uint192 head = anchorFirst(9);
        uint256 balance = NODE_ADMIN.balance;

        for (uint256 i = 0; i < 10; ++i) {
            vm.recordLogs();
            vm.prank(NODE_ADMIN);
            usage.register{value: 1 ether}(FLEET, NAMESPACE, BILLING_NODE, 0, 1, FIRST_KEY, "zone-b");
            vm.assertEq(vm.getRecordedLogs().length, 0);
        }
        vm.assertEq(NODE_ADMIN.balance, balance);
        vm.assertEq(FIRST_KEY.balance, 0);
        assertLog(1, FIRST_KEY, 9, head, true);
    }

    function test_register_failsIfNotNodeAdmin() public {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.NotNodeAdmin.selector, FLEET, NODE_ADMIN, STRANGER));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 0, 1, FIRST_KEY, "zone-a");
    }

    function test_register_failsIfFleetUnknown() public {
        vm.prank(NODE_ADMIN);
        vm.expectRevert(
            abi.encodeWithSelector(IUsageAnchor.NotNodeAdmin.selector, bytes32("other"), address(0), NODE_ADMIN)
        );
        usage.register("other", NAMESPACE, BILLING_NODE, 0, 1, FIRST_KEY, "zone-a");
    }

    function test_register_failsIfEpochNotHigher() public {
        register(5, FIRST_KEY);
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.EpochNotHigher.selector, nodeId, 5, 5));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 0, 5, SECOND_KEY, "zone-a");
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.EpochNotHigher.selector, nodeId, 5, 4));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 0, 4, SECOND_KEY, "zone-a");
    }

    function test_register_failsIfAFencedEpochComesBack() public {
        register(5, FIRST_KEY);
        fence(5);
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.EpochNotHigher.selector, nodeId, 5, 5));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 0, 5, FIRST_KEY, "zone-a");
    }

    function test_register_failsIfEpochRisesByMoreThan1000() public {
        register(1000, FIRST_KEY);
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.EpochTooHigh.selector, nodeId, 2000, type(uint64).max));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 0, type(uint64).max, SECOND_KEY, "zone-a");
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.EpochTooHigh.selector, nodeId, 2000, 2001));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 0, 2001, SECOND_KEY, "zone-a");
        register(2000, SECOND_KEY);
    }

    function test_register_failsIfKeyIsNotNew() public {
        register(1, FIRST_KEY);
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.SignerNotNew.selector, nodeId, FIRST_KEY));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 0, 2, FIRST_KEY, "zone-a");
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.SignerNotNew.selector, nodeId, address(0)));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 0, 2, address(0), "zone-a");
    }

    function test_register_failsIfFleetIsFull() public {
        for (uint32 i = 0; i < 3; ++i) {
            registerIndex(i, 1, address(uint160(0x100 + i)));
        }
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.FleetFull.selector, FLEET, 3));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 3, 1, FIRST_KEY, "zone-a");

        fence(1);
        registerIndex(3, 1, FIRST_KEY);
        vm.assertEq(usage.fleet(FLEET).nodes, 3);
    }

    function test_register_failsIfBurstIsUsedUpAndRefillsWithTime() public {
        for (uint64 epoch = 1; epoch <= 5; ++epoch) {
            register(epoch, address(uint160(0x100 + epoch)));
        }
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.RegistrationRateExceeded.selector, FLEET, 5, 3600));
        usage.register(FLEET, NAMESPACE, BILLING_NODE, 0, 6, FIRST_KEY, "zone-a");

        vm.warp(block.timestamp + 3600 / 5);
        register(6, FIRST_KEY);
    }

    function test_fuzz_register_derivesDistinctNodeIds(bytes32 fleet, string calldata a, string calldata b, uint32 i)
        public
        view
    {
        // The encoding keeps the two names apart: "ab" + "c" is not "a" + "bc".
        vm.assertEq(usage.nodeIdOf(fleet, a, b, i), keccak256(abi.encode(fleet, a, b, i)));
        string memory joined = string.concat(a, b);
        if (bytes(a).length != 0) {
            vm.assertNotEq(usage.nodeIdOf(fleet, joined, "", i), usage.nodeIdOf(fleet, "", joined, i));
        }
    }

    // Fence

    function test_fence_endsTheKeyWithoutASuccessor() public {
        register(1, FIRST_KEY);
        uint192 head = anchorFirst(3);
        vm.expectEmit(address(usage));
        emit IUsageAnchor.Fenced(nodeId, 1, 3, head);
        fence(1);

        assertRefused(1, FIRST_KEY, 4);
        vm.assertFalse(usage.node(nodeId).active);
        vm.assertEq(usage.fleet(FLEET).nodes, 0);
    }

    function test_fence_repeatedChangesNothing() public {
        register(1, FIRST_KEY);
        fence(1);
        vm.recordLogs();
        fence(1);
        vm.assertEq(vm.getRecordedLogs().length, 0);
        vm.assertEq(usage.fleet(FLEET).nodes, 0);
    }

    function test_fence_isFollowedByASuccessorSeededFromTheFencedHead() public {
        register(1, FIRST_KEY);
        uint192 head = anchorFirst(3);
        fence(1);
        register(2, SECOND_KEY);
        assertLog(2, SECOND_KEY, 0, seed(head, 2, SECOND_KEY), true);
        vm.assertEq(usage.fleet(FLEET).nodes, 1);
    }

    function test_fence_failsIfEpochNotNewest() public {
        register(2, FIRST_KEY);
        vm.prank(NODE_ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.EpochNotNewest.selector, nodeId, 2, 1));
        usage.fence(FLEET, NAMESPACE, BILLING_NODE, 0, 1);
    }

    function test_fence_failsIfNotNodeAdmin() public {
        register(1, FIRST_KEY);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.NotNodeAdmin.selector, FLEET, NODE_ADMIN, STRANGER));
        usage.fence(FLEET, NAMESPACE, BILLING_NODE, 0, 1);
    }

    // Anchors

    function test_anchor_digestMode() public {
        register(1, FIRST_KEY);
        uint192 before = headOf(1, FIRST_KEY);
        uint192 head = link(before, 1, 10, ROOT, 0);

        vm.expectEmit(address(usage));
        emit IUsageAnchor.Anchored(nodeId, 1, 10, ROOT, head, 0);
        anchorFirst(10);
        assertLog(1, FIRST_KEY, 10, head, true);
    }

    function test_anchor_withoutRowsIsDigestMode() public {
        register(1, FIRST_KEY);
        uint192 head = link(headOf(1, FIRST_KEY), 1, 10, ROOT, 0);
        vm.recordLogs();
        vm.prank(FIRST_KEY);
        usage.anchor(nodeId, 1, 10, ROOT, "");
        vm.assertEq(vm.getRecordedLogs().length, 1, "Anchored, no Rows");
        assertLog(1, FIRST_KEY, 10, head, true);
    }

    function test_anchor_fullMode() public {
        register(1, FIRST_KEY);
        uint192 before = headOf(1, FIRST_KEY);
        bytes memory rows = hex"0003aabbcc";
        uint192 head = link(before, 1, 10, ROOT, keccak256(rows));

        vm.expectEmit(address(usage));
        emit IUsageAnchor.Rows(nodeId, 1, 10, rows);
        vm.expectEmit(address(usage));
        emit IUsageAnchor.Anchored(nodeId, 1, 10, ROOT, head, keccak256(rows));
        vm.prank(FIRST_KEY);
        usage.anchor(nodeId, 1, 10, ROOT, rows);
        assertLog(1, FIRST_KEY, 10, head, true);
    }

    function test_anchor_failsIfSizeNotHigher() public {
        register(1, FIRST_KEY);
        vm.startPrank(FIRST_KEY);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.SizeNotHigher.selector, nodeId, 1, 0, 0));
        usage.anchor(nodeId, 1, 0, ROOT);
        usage.anchor(nodeId, 1, 10, ROOT);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.SizeNotHigher.selector, nodeId, 1, 10, 10));
        usage.anchor(nodeId, 1, 10, ROOT);
    }

    function test_anchor_failsIfSizeTooLarge() public {
        register(1, FIRST_KEY);
        uint64 max = type(uint64).max / 2;
        vm.startPrank(FIRST_KEY);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.SizeTooLarge.selector, max, max + 1));
        usage.anchor(nodeId, 1, max + 1, ROOT);
        usage.anchor(nodeId, 1, max, ROOT);
        (uint64 size,, bool active) = usage.log(nodeId, 1, FIRST_KEY);
        vm.assertEq(size, max);
        vm.assertTrue(active);
    }

    function test_anchor_failsIfRowsTooLong() public {
        register(1, FIRST_KEY);
        vm.startPrank(FIRST_KEY);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.RowsTooLong.selector, 65_536, 65_537));
        usage.anchor(nodeId, 1, 1, ROOT, new bytes(65_537));
        usage.anchor(nodeId, 1, 1, ROOT, new bytes(65_536));
    }

    function test_anchor_failsIfKeyBelongsToAnotherNode() public {
        register(1, FIRST_KEY);
        registerIndex(1, 1, SECOND_KEY);
        assertRefused(1, SECOND_KEY, 1);
    }

    function test_anchor_failsIfEpochIsNotTheKeys() public {
        register(1, FIRST_KEY);
        assertRefused(2, FIRST_KEY, 1);
    }

    function test_fuzz_anchor_onlyTheActiveKeyWrites(address caller, uint64 epoch, uint64 size) public {
        register(1, FIRST_KEY);
        register(2, SECOND_KEY);
        vm.assume(!(caller == SECOND_KEY && epoch == 2));
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.SignerNotActive.selector, nodeId, epoch, caller));
        usage.anchor(nodeId, epoch, size, ROOT);
    }

    function test_fuzz_anchor_headChainsWhatWasAnchored(uint64[8] calldata steps, bytes32[8] calldata roots) public {
        register(1, FIRST_KEY);
        uint192 head = headOf(1, FIRST_KEY);
        uint64 size = 0;
        for (uint256 i = 0; i < steps.length; ++i) {
            size += uint64(between(steps[i], 1, 1e9));
            bytes memory rows = i % 2 == 0 ? bytes("") : abi.encode(roots[i]);
            head = link(head, 1, size, roots[i], i % 2 == 0 ? bytes32(0) : keccak256(rows));
            vm.prank(FIRST_KEY);
            usage.anchor(nodeId, 1, size, roots[i], rows);
            vm.assertEq(headOf(1, FIRST_KEY), head);
        }
        assertLog(1, FIRST_KEY, size, head, true);
    }

    /// The chain of heads, written out here a second time.
    function link(uint192 head, uint64 epoch, uint64 size, bytes32 root, bytes32 dataHash)
        internal
        view
        returns (uint192)
    {
        return uint192(uint256(keccak256(abi.encode(head, nodeId, epoch, size, root, dataHash))));
    }

    /// The first head of an epoch.
    function seed(uint192 previousHead, uint64 epoch, address signer) internal view returns (uint192) {
        return link(previousHead, epoch, 0, bytes32(uint256(uint160(signer))), 0);
    }

    function headOf(uint64 epoch, address signer) internal view returns (uint192 head) {
        (, head,) = usage.log(nodeId, epoch, signer);
    }

    /// Anchors in DIGEST mode with the first epoch's key. Returns the head after it.
    function anchorFirst(uint64 size) internal returns (uint192) {
        vm.prank(FIRST_KEY);
        usage.anchor(nodeId, 1, size, ROOT);
        return headOf(1, FIRST_KEY);
    }

    function register(uint64 epoch, address signer) internal returns (bytes32) {
        return registerIndex(0, epoch, signer);
    }

    function registerIndex(uint32 index, uint64 epoch, address signer) internal returns (bytes32) {
        vm.prank(NODE_ADMIN);
        return usage.register(FLEET, NAMESPACE, BILLING_NODE, index, epoch, signer, "zone-a");
    }

    function fence(uint64 epoch) internal {
        vm.prank(NODE_ADMIN);
        usage.fence(FLEET, NAMESPACE, BILLING_NODE, 0, epoch);
    }

    function assertRefused(uint64 epoch, address signer, uint64 size) internal {
        vm.prank(signer);
        vm.expectRevert(abi.encodeWithSelector(IUsageAnchor.SignerNotActive.selector, nodeId, epoch, signer));
        usage.anchor(nodeId, epoch, size, ROOT);
    }

    function assertLog(uint64 epoch, address signer, uint64 size, uint192 head, bool active) internal view {
        (uint64 actualSize, uint192 actualHead, bool actualActive) = usage.log(nodeId, epoch, signer);
        vm.assertEq(actualSize, size);
        vm.assertEq(actualHead, head);
        vm.assertTrue(actualActive == active);
    }
}
