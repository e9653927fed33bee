// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IFeeVault} from "../src/interfaces/IFeeVault.sol";
import {Reading, VaultTest} from "./support/VaultTest.sol";
import {between, vm} from "./support/Vm.sol";

/// @notice Four customers of one payee, and everything that may be done with their agreements, in any order
contract Customers is VaultTest {
    uint256 internal constant CUSTOMERS = 4;

    bytes32[] internal ids;
    /// What was delivered to the vault at a time when a condition held: the most that may be charged.
    mapping(bytes32 id => uint256) internal largestSigned;
    mapping(bytes32 id => uint256) internal chargedBefore;
    uint256 internal withdrawn;

    constructor() {
        setUp();
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            ids.push(openFor(keyOf(i), 0, 1000));
        }
    }

    function pay(uint256 customer, uint96 amount) external {
        amount = uint96(between(amount, 1, 500));
        vm.deal(ANYBODY, amount);
        vm.prank(ANYBODY);
        vault.deposit{value: amount}(ids[customer % CUSTOMERS]);
    }

    /// Delivers signed rows: stale, early, unfunded and good ones as they come, each of them twice.
    function deliver(uint96[3] calldata amounts, uint8[3] calldata kinds, uint256 customers) external {
        bytes memory rows;
        for (uint256 i = 0; i < amounts.length; ++i) {
            uint256 customer = (customers >> (8 * i)) % CUSTOMERS;
            uint8 kind = uint8(between(kinds[i], START, CLOSE));
            Reading memory r = reading(uint96(between(amounts[i], 0, 5000)), kind, block.timestamp);
            bytes32 id = ids[customer];
            if (kind == STOP && r.amount > largestSigned[id]) largestSigned[id] = r.amount;
            bytes memory one = rowFor(planId, keyOf(customer), 0, r);
            rows = bytes.concat(rows, one, one);
        }
        settle(rows);
    }

    /// Delivers a row that was signed with another key than the customer's.
    function deliverForged(uint256 customer, uint256 key, uint96 amount) external {
        key = between(key, 1, 1 << 128);
        customer = customer % CUSTOMERS;
        if (key == keyOf(customer)) ++key;
        Reading memory r = signOff(amount);
        address victim = vm.addr(keyOf(customer));
        (bytes32 sigR, bytes32 sigVs) = vm.signCompact(key, digestOf(planId, victim, 0, r));
        vm.assertEq(settle(packed(victim, 0, r, sigR, sigVs)), 0);
    }

    function withdraw() external {
        if (credits() == 0) return;
        vm.prank(PAYEE);
        withdrawn += vault.withdrawCredits(address(0), PAYEE);
    }

    /// Less than a period, so that what was early stays early: 15 s into it, and 14 s are left.
    function wait(uint256 time) external {
        vm.warp(NOW + between(time, 0, 14));
    }

    function assertBalanceIsUnspentDepositsAndCredits() external view {
        uint256 unspent = 0;
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            unspent += depositOf(ids[i]) - chargedOf(ids[i]);
        }
        vm.assertEq(address(vault).balance, unspent + credits());
    }

    function assertNobodyIsChargedBeyondWhatHeSignedAndPaidIn() external view {
        uint256 sum = 0;
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            uint256 charged = chargedOf(ids[i]);
            vm.assertLe(charged, depositOf(ids[i]), "charged beyond the deposit");
            vm.assertLe(charged, largestSigned[ids[i]], "charged beyond what was signed");
            sum += charged;
        }
        vm.assertEq(sum, credits() + withdrawn, "credits are what was charged");
    }

    function assertChargedNeverFalls() external {
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            vm.assertGe(chargedOf(ids[i]), chargedBefore[ids[i]]);
            chargedBefore[ids[i]] = chargedOf(ids[i]);
        }
    }

    function keyOf(uint256 customer) internal pure returns (uint256) {
        return 0xc0 + customer;
    }
}

/// @notice What holds for the money after any run of what anybody may do
contract FeeVaultInvariantsTest {
    Customers internal customers;

    function setUp() public {
        customers = new Customers();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(customers);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory actions = new bytes4[](5);
        (actions[0], actions[1]) = (Customers.pay.selector, Customers.deliver.selector);
        (actions[2], actions[3]) = (Customers.deliverForged.selector, Customers.withdraw.selector);
        actions[4] = Customers.wait.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(customers), actions);
    }

    function invariant_balanceIsUnspentDepositsAndCredits() external view {
        customers.assertBalanceIsUnspentDepositsAndCredits();
    }

    function invariant_nobodyIsChargedBeyondWhatHeSignedAndPaidIn() external view {
        customers.assertNobodyIsChargedBeyondWhatHeSignedAndPaidIn();
    }

    function invariant_chargedNeverFalls() external {
        customers.assertChargedNeverFalls();
    }
}
