// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IFeeVault} from "../src/interfaces/IFeeVault.sol";
import {BaseUnits} from "../src/types/BaseUnits.sol";
import {VaultTest} from "./support/VaultTest.sol";
import {vm} from "./support/Vm.sol";

contract FeeVaultPlansTest is VaultTest {
    function test_registerPlan_offersThePlan() public {
        IFeeVault.Plan memory p = plan();
        p.tariff = keccak256("another tariff");
        bytes32 id = hashStruct(p);
        vm.roll(77);
        vm.expectEmit(address(vault));
        emit IFeeVault.PlanRegistered(id, PAYEE, p);
        vm.assertEq(register(p), id);

        (address payee, uint64 registeredBlock) = vault.planOf(id);
        vm.assertEq(payee, PAYEE);
        vm.assertEq(registeredBlock, 77);
        vm.assertEq(vault.planIdOf(p), id);
    }

    function test_registerPlan_repeatedChangesNothing() public {
        vm.roll(block.number + 5);
        vm.recordLogs();
        vm.assertEq(register(plan()), planId);
        vm.assertEq(vm.getRecordedLogs().length, 0);
        (, uint64 registeredBlock) = vault.planOf(planId);
        vm.assertEq(registeredBlock, block.number - 5);
    }

    function test_registerPlan_failsIfNotPayee() public {
        vm.prank(ANYBODY);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.NotPayee.selector, PAYEE, ANYBODY));
        vault.registerPlan(plan());
    }

    function test_registerPlan_failsIfTokenNotSupported() public {
        IFeeVault.Plan memory p = plan();
        p.token = address(0x70);
        assertRefused(p, abi.encodeWithSelector(IFeeVault.TokenNotSupported.selector, p.token));
    }

    function test_registerPlan_failsIfMethodsNotSupported() public {
        IFeeVault.Plan memory p = plan();
        uint24[5] memory refused = [uint24(0), 2, 3, 0x000201, 0x010000];
        for (uint256 i = 0; i < refused.length; ++i) {
            p.methods = refused[i];
            assertRefused(p, abi.encodeWithSelector(IFeeVault.MethodsNotSupported.selector, 1, p.methods));
        }
    }

    function test_registerPlan_failsIfConditionsNotSupported() public {
        IFeeVault.Plan memory p = plan();
        uint8[4] memory refused = [8, 16, 32, 128];
        for (uint256 i = 0; i < refused.length; ++i) {
            p.conditions = BY_STOP | refused[i];
            assertRefused(p, abi.encodeWithSelector(IFeeVault.ConditionsNotSupported.selector, 7, p.conditions));
        }
    }

    function test_registerPlan_failsIfTimeHasNoPeriod() public {
        IFeeVault.Plan memory p = plan();
        p.period = 0;
        assertRefused(p, abi.encodeWithSelector(IFeeVault.PeriodMissing.selector));
        p.conditions = BY_STOP;
        register(p);
    }

    function test_registerPlan_failsIfPayerCouldWithdrawBeforeASilentClientIsCollected() public {
        IFeeVault.Plan memory p = plan();
        p.offlineAfter = 61;
        assertRefused(p, abi.encodeWithSelector(IFeeVault.WithdrawDelayTooShort.selector, 122, 120));
        p.offlineAfter = type(uint32).max;
        assertRefused(
            p, abi.encodeWithSelector(IFeeVault.WithdrawDelayTooShort.selector, 2 * uint64(type(uint32).max), 120)
        );
        p.offlineAfter = 60;
        register(p);
    }

    function test_fuzz_planIdOf_isTheStructHash(IFeeVault.Plan calldata p) public view {
        vm.assertEq(vault.planIdOf(p), hashStruct(p));
    }

    /// EIP-712 hashStruct, field by field.
    function hashStruct(IFeeVault.Plan memory p) internal pure returns (bytes32) {
        bytes32 typehash = keccak256(
            "Plan(address payee,address token,bytes32 tariff,uint16 engineVersion,uint24 methods,uint8 conditions,uint32 period,uint96 threshold,uint96 lowFunds,uint32 offlineAfter,uint32 withdrawDelay,uint32 reportEvery,uint32 grace,uint96 credit)"
        );
        bytes memory first =
            abi.encode(typehash, p.payee, p.token, p.tariff, p.engineVersion, p.methods, p.conditions, p.period);
        bytes memory second = abi.encode(
            BaseUnits.unwrap(p.threshold),
            BaseUnits.unwrap(p.lowFunds),
            p.offlineAfter,
            p.withdrawDelay,
            p.reportEvery,
            p.grace,
            BaseUnits.unwrap(p.credit)
        );
        return keccak256(bytes.concat(first, second));
    }

    function assertRefused(IFeeVault.Plan memory p, bytes memory reason) internal {
        vm.prank(p.payee);
        vm.expectRevert(reason);
        vault.registerPlan(p);
    }
}
