// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IFeeVault} from "../src/interfaces/IFeeVault.sol";
import {BaseUnits} from "../src/types/BaseUnits.sol";
import {Reading, VaultTest} from "./support/VaultTest.sol";
import {Vm, between, vm} from "./support/Vm.sol";
import {ReentrantPayee, RefusingPayee} from "./support/Wallets.sol";

contract FeeVaultSettleTest is VaultTest {
    // What is charged

    function test_settle_chargesTheSignedTotal() public {
        bytes32 id = open(100);
        bytes32 digest = digestOf(planId, signer, 0, signOff(60));
        vm.expectEmit(address(vault));
        emit IFeeVault.Charged(id, BaseUnits.wrap(60), BaseUnits.wrap(60), digest, BY_STOP);
        vm.assertEq(settle(row(signOff(60))), 60);
        vm.assertEq(chargedOf(id), 60);
        vm.assertEq(depositOf(id), 100);
        vm.assertEq(credits(), 60);
    }

    function test_settle_chargesOnlyWhatRose() public {
        bytes32 id = open(100);
        settle(row(signOff(60)));
        bytes32 digest = digestOf(planId, signer, 0, signOff(75));
        vm.expectEmit(address(vault));
        emit IFeeVault.Charged(id, BaseUnits.wrap(15), BaseUnits.wrap(75), digest, BY_STOP);
        settle(row(signOff(75)));
        vm.assertEq(credits(), 75);
    }

    function test_settle_skipsWhatDidNotRise() public {
        bytes32 id = open(100);
        settle(row(signOff(60)));
        assertSkipped(row(signOff(60)), IFeeVault.RowVerdict.STALE);
        assertSkipped(row(signOff(59)), IFeeVault.RowVerdict.STALE);
        assertSkipped(row(signOff(0)), IFeeVault.RowVerdict.STALE);
        vm.assertEq(chargedOf(id), 60);
    }

    function test_settle_takesWhatIsThereAndTheRestAfterATopUp() public {
        bytes32 id = open(40);
        bytes memory rows = row(signOff(60));
        vm.assertEq(settle(rows), 40);
        assertSkipped(rows, IFeeVault.RowVerdict.UNFUNDED);

        // Dust from a stranger neither blocks nor burns the claim.
        vm.prank(ANYBODY);
        vault.deposit{value: 1}(id);
        vm.assertEq(settle(rows), 1);
        vm.prank(ANYBODY);
        vault.deposit{value: 100}(id);
        vm.assertEq(settle(rows), 19);
        vm.assertEq(chargedOf(id), 60);
        vm.assertEq(depositOf(id), 141);
    }

    function test_settle_countsARepeatedRowOnceWithinABatch() public {
        bytes32 id = open(100);
        vm.assertEq(settle(bytes.concat(row(signOff(60)), row(signOff(60)), row(signOff(70)), row(signOff(65)))), 70);
        vm.assertEq(chargedOf(id), 70);
        vm.assertEq(credits(), 70);
    }

    function test_settle_ofNothingDoesNothing() public {
        vm.recordLogs();
        vm.assertEq(settle(""), 0);
        vm.assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_settle_failsIfABatchIsNotWholeRows() public {
        open(100);
        bytes memory broken = bytes.concat(row(signOff(60)), hex"00");
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.RowsMalformed.selector, 151, 152));
        vault.settle(plan(), broken);
    }

    function test_settle_ofMoreThan96BitsInOneBatch() public {
        uint96 most = type(uint96).max;
        bytes memory rows;
        for (uint256 key = 1; key <= 3; ++key) {
            openFor(key, 0, most);
            rows = bytes.concat(rows, rowFor(planId, key, 0, signOff(most)));
        }
        vm.assertEq(settle(rows), 3 * uint256(most));
        vm.assertEq(credits(), 3 * uint256(most));
    }

    function test_settle_secondOfTwoKeepersSkipsAndDoesNotFail() public {
        open(100);
        bytes memory rows = row(signOff(60));
        vm.prank(address(1));
        vm.assertEq(vault.settle(plan(), rows), 60);
        vm.prank(address(2));
        vm.assertEq(vault.settle(plan(), rows), 0);
    }

    // Skips

    function test_settle_namesSkippedRowsInOneBitmap() public {
        uint256 keys = 19;
        bytes memory rows;
        for (uint256 i = 0; i < keys; ++i) {
            openFor(100 + i, 0, 50);
            // Rows 0, 3, 6, 9, 12, 15, 18 ask for nothing.
            Reading memory r = signOff(i % 3 == 0 ? 0 : uint96(i));
            rows = bytes.concat(rows, rowFor(planId, 100 + i, 0, r));
        }
        vm.recordLogs();
        settle(rows);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 12 + 1, "a Charged each, one Skipped");
        Vm.Log memory skipped = logs[logs.length - 1];
        vm.assertEq(skipped.topics[0], IFeeVault.Skipped.selector);
        vm.assertEq(skipped.topics[1], planId);
        // Byte 0: rows 0, 3, 6; byte 1: rows 9, 12, 15; byte 2: row 18.
        vm.assertEq(abi.decode(skipped.data, (bytes)), hex"499204");
    }

    function test_settle_emitsNoBitmapIfNothingWasSkipped() public {
        open(100);
        vm.recordLogs();
        settle(row(signOff(60)));
        vm.assertEq(vm.getRecordedLogs().length, 1);
    }

    function test_settle_skipsAnAgreementThatIsNotOpen() public {
        assertSkipped(row(signOff(60)), IFeeVault.RowVerdict.UNKNOWN);
    }

    function test_settle_skipsAnAgreementOfAnotherPlan() public {
        IFeeVault.Plan memory other = plan();
        other.conditions = BY_STOP;
        bytes32 otherId = register(other);
        openUnder(otherId, SIGNER_KEY, 0, 100);
        assertSkipped(rowFor(otherId, SIGNER_KEY, 0, signOff(60)), IFeeVault.RowVerdict.UNKNOWN);
        vm.assertEq(vault.settle(other, rowFor(otherId, SIGNER_KEY, 0, signOff(60))), 60);
    }

    function test_settle_skipsUnderTermsThatDifferFromTheRegisteredOnes() public {
        open(100);
        bytes memory rows = row(signOff(60));
        IFeeVault.Plan memory forged = plan();
        forged.payee = ANYBODY;
        vm.assertEq(vault.settle(forged, rows), 0);
        forged = plan();
        forged.offlineAfter = 0;
        vm.assertEq(vault.settle(forged, rows), 0);
    }

    function test_settle_oneBadRowDoesNotStopTheOthers() public {
        open(100);
        bytes32 second = openFor(0xc11e27, 3, 100);
        bytes memory rows = bytes.concat(new bytes(151), rowFor(planId, 0xc11e27, 3, signOff(30)), new bytes(151));
        vm.assertEq(settle(rows), 30);
        vm.assertEq(chargedOf(second), 30);
    }

    // Signatures

    function test_fuzz_settle_chargesNothingIfOneBitOfTheRowDiffers(uint256 bit) public {
        bytes32 id = open(100);
        bytes memory rows = row(signOff(60));
        bit = between(bit, 0, 151 * 8 - 1);
        rows[bit / 8] ^= bytes1(0x01) << (bit % 8);
        vm.assertEq(settle(rows), 0);
        vm.assertEq(chargedOf(id), 0);
        vm.assertEq(credits(), 0);
    }

    function test_settle_skipsWhatAnotherSigned() public {
        open(100);
        Reading memory r = signOff(60);
        (bytes32 sigR, bytes32 sigVs) = vm.signCompact(PAYER_KEY, digestOf(planId, signer, 0, r));
        assertSkipped(packed(signer, 0, r, sigR, sigVs), IFeeVault.RowVerdict.SIGNATURE_INVALID);
    }

    function test_settle_skipsAHighS() public {
        open(100);
        Reading memory r = signOff(60);
        (bytes32 sigR,) = vm.signCompact(SIGNER_KEY, digestOf(planId, signer, 0, r));
        bytes32 highest = bytes32(type(uint256).max >> 1);
        assertSkipped(packed(signer, 0, r, sigR, highest), IFeeVault.RowVerdict.SIGNATURE_INVALID);
    }

    function test_settle_skipsARecordOfAnotherVault() public {
        open(100);
        bytes memory forThisVault = row(signOff(60));
        vault = deploy();
        register(plan());
        open(100);
        assertSkipped(forThisVault, IFeeVault.RowVerdict.SIGNATURE_INVALID);
        vm.assertEq(settle(row(signOff(60))), 60);
    }

    function test_settle_afterAChangeOfTheChainIdTakesOnlyWhatIsSignedUnderTheNewOne() public {
        bytes32 id = open(100);
        bytes memory before = row(signOff(60));
        vm.chainId(block.chainid + 1);
        assertSkipped(before, IFeeVault.RowVerdict.SIGNATURE_INVALID);
        vm.assertEq(settle(row(signOff(60))), 60);
        vm.assertEq(chargedOf(id), 60);
    }

    // Conditions

    function test_settle_byStopAtOnce() public {
        open(100);
        assertCollectedBy(reading(10, STOP, NOW), BY_STOP);
    }

    function test_settle_byStopNamesStopThoughAllHold() public {
        open(100);
        assertCollectedBy(reading(10, STOP, NOW - 1000), BY_STOP);
    }

    function test_settle_byTimeNamesTimeThoughOfflineHoldsToo() public {
        open(100);
        assertCollectedBy(reading(10, INTERIM, NOW - 1000), BY_TIME);
    }

    function test_settle_byTimeFromTheBoundaryOn() public {
        open(100);
        uint256 boundary = NOW + 15;
        bytes memory atBoundary = row(reading(10, INTERIM, boundary));
        bytes memory pastBoundary = row(reading(20, INTERIM, boundary + 1));
        vm.warp(boundary - 1);
        assertSkipped(atBoundary, IFeeVault.RowVerdict.EARLY);
        vm.warp(boundary);
        assertSkipped(pastBoundary, IFeeVault.RowVerdict.EARLY);
        assertCollectedBy(reading(10, INTERIM, boundary), BY_TIME);
    }

    function test_settle_byOfflineAfterSilence() public {
        IFeeVault.Plan memory p = plan();
        p.conditions = 0;
        p.period = 0;
        bytes32 id = register(p);
        openUnder(id, SIGNER_KEY, 0, 100);
        bytes memory rows = rowFor(id, SIGNER_KEY, 0, reading(10, STOP, NOW));
        vm.warp(NOW + 19);
        vm.assertEq(vault.settle(p, rows), 0);
        vm.warp(NOW + 20);
        vm.assertEq(vault.settle(p, rows), 10);
    }

    function test_settle_skipsEarlyRows() public {
        open(100);
        assertSkipped(row(reading(10, START, NOW)), IFeeVault.RowVerdict.EARLY);
        assertSkipped(row(reading(10, INTERIM, NOW)), IFeeVault.RowVerdict.EARLY);
        assertSkipped(row(reading(10, CLOSE, NOW)), IFeeVault.RowVerdict.EARLY);
        assertSkipped(row(reading(10, INTERIM, NOW + 1 days)), IFeeVault.RowVerdict.EARLY);
        assertSkipped(row(reading(10, INTERIM, type(uint40).max)), IFeeVault.RowVerdict.EARLY);
    }

    function test_settle_ofAnOldRecordDelaysNoLaterOne() public {
        // The payer settles an old record of his own, just before a keeper's: the keeper's is not "early" for that.
        open(100);
        bytes memory old = row(reading(1, INTERIM, NOW - 100));
        bytes memory newest = row(reading(50, INTERIM, NOW - 20));
        vm.prank(payer);
        vault.settle(plan(), old);
        vm.assertEq(settle(newest), 49);
    }

    /// The condition is the first of STOP, TIME, OFFLINE that holds, as the interface says it.
    function test_fuzz_settle_namesTheFirstConditionThatHolds(
        uint8 mask,
        uint32 period,
        uint32 offlineAfter,
        uint40 asOf,
        uint8 kind,
        uint40 time
    ) public {
        IFeeVault.Plan memory p = plan();
        p.conditions = mask & 7;
        p.period = uint32(between(period, 1, 10_000));
        p.offlineAfter = uint32(between(offlineAfter, 0, 10_000));
        p.withdrawDelay = 2 * p.offlineAfter;
        uint256 clock = between(time, 1_800_000_000, 1_800_030_000);
        Reading memory r = reading(10, uint8(between(kind, START, CLOSE)), between(asOf, clock - 20_000, clock + 100));
        bytes32 id = register(p);
        openUnder(id, SIGNER_KEY, 0, 100);
        vm.warp(clock);

        uint256 expected = 0;
        if (r.asOf <= clock && clock - r.asOf >= p.offlineAfter) expected = BY_OFFLINE;
        // The first boundary at or after asOf has passed.
        uint256 boundary = (uint256(r.asOf) + p.period - 1) / p.period * p.period;
        if (mask & BY_TIME != 0 && boundary <= clock) expected = BY_TIME;
        if (mask & BY_STOP != 0 && r.kind == STOP) expected = BY_STOP;

        vm.recordLogs();
        vault.settle(p, rowFor(id, SIGNER_KEY, 0, r));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bool charged = logs[0].topics[0] == IFeeVault.Charged.selector;
        vm.assertTrue(charged == (expected != 0));
        if (charged) {
            (,,, uint8 condition) = abi.decode(logs[0].data, (uint256, uint256, bytes32, uint8));
            vm.assertEq(condition, expected);
        }
    }

    // Exactly once

    /// Whatever rows are delivered, in whatever order and how often, cut into whatever batches: the largest amount that
    /// was signed is charged, up to the deposit, and the events add up to it.
    function test_fuzz_settle_chargesTheLargestSignedAmountInAnyOrder(
        uint96[6] calldata amounts,
        uint8[12] calldata order,
        uint256 cuts,
        uint96 deposit
    ) public {
        deposit = uint96(between(deposit, 1, 1e30 % type(uint96).max));
        bytes32 id = open(deposit);
        uint256 largest = 0;
        bytes memory rows;
        vm.recordLogs();
        for (uint256 i = 0; i < order.length; ++i) {
            uint96 amount = uint96(between(amounts[order[i] % 6], 0, 2 * uint256(deposit)));
            if (amount > largest) largest = amount;
            rows = bytes.concat(rows, row(signOff(amount)));
            if (cuts & (1 << i) != 0) {
                settle(rows);
                // Sometimes the next batch starts with what this one had.
                if (cuts & (1 << (i + 16)) != 0) rows = "";
            }
        }
        settle(rows);
        uint256 expected = largest < deposit ? largest : deposit;
        vm.assertEq(chargedOf(id), expected);
        vm.assertEq(credits(), expected);
        vm.assertEq(sumOfDeltas(vm.getRecordedLogs()), expected);
    }

    // Credits

    function test_withdrawCredits_paysThePayee() public {
        open(100);
        settle(row(signOff(60)));
        address treasury = address(0x7e);
        vm.expectEmit(address(vault));
        emit IFeeVault.CreditsWithdrawn(PAYEE, address(0), treasury, 60);
        vm.prank(PAYEE);
        vm.assertEq(vault.withdrawCredits(address(0), treasury), 60);
        vm.assertEq(treasury.balance, 60);
        vm.assertEq(credits(), 0);
        vm.assertEq(address(vault).balance, 40);
    }

    function test_withdrawCredits_failsIfEmpty() public {
        vm.prank(PAYEE);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.CreditsEmpty.selector, PAYEE, address(0)));
        vault.withdrawCredits(address(0), PAYEE);
    }

    function test_withdrawCredits_failsIfNoReceiver() public {
        open(100);
        settle(row(signOff(60)));
        vm.prank(PAYEE);
        vm.expectRevert(IFeeVault.ReceiverMissing.selector);
        vault.withdrawCredits(address(0), address(0));
    }

    function test_withdrawCredits_ofAPayeeThatTakesNoCoinsBlocksNobody() public {
        RefusingPayee payee = new RefusingPayee(vault);
        IFeeVault.Plan memory p = plan();
        p.payee = address(payee);
        bytes32 id = payee.registerPlan(p);
        openUnder(id, SIGNER_KEY, 0, 100);
        vault.settle(p, rowFor(id, SIGNER_KEY, 0, signOff(60)));
        vm.expectRevert();
        payee.withdrawTo(address(payee));
        vm.assertEq(payee.withdrawTo(address(0x7e)), 60);
    }

    function test_withdrawCredits_paysOnceThoughThePayeeComesBackInside() public {
        ReentrantPayee payee = new ReentrantPayee(vault);
        IFeeVault.Plan memory p = plan();
        p.payee = address(payee);
        bytes32 id = payee.registerPlan(p);
        openUnder(id, SIGNER_KEY, 0, 100);
        vault.settle(p, rowFor(id, SIGNER_KEY, 0, signOff(60)));
        vm.assertEq(payee.withdraw(), 60);
        vm.assertTrue(payee.secondWithdrawalRefused());
        vm.assertEq(address(payee).balance, 60);
        vm.assertEq(address(vault).balance, 40);
    }

    function test_payerCannotTakeCredits() public {
        open(100);
        settle(row(signOff(60)));
        vm.prank(payer);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.CreditsEmpty.selector, payer, address(0)));
        vault.withdrawCredits(address(0), payer);
    }

    function assertSkipped(bytes memory oneRow, IFeeVault.RowVerdict verdict) internal {
        IFeeVault.RowVerdict[] memory verdicts = vault.preview(plan(), oneRow);
        vm.assertEq(uint256(verdicts[0]), uint256(verdict), "preview");
        vm.assertEq(settle(oneRow), 0);
    }

    function assertCollectedBy(Reading memory r, uint8 condition) internal {
        bytes memory oneRow = row(r);
        vm.assertEq(uint256(vault.preview(plan(), oneRow)[0]), uint256(IFeeVault.RowVerdict.COLLECTABLE));
        bytes32 id = vault.agreementIdOf(planId, signer, 0);
        BaseUnits amount = BaseUnits.wrap(r.amount);
        vm.expectEmit(address(vault));
        emit IFeeVault.Charged(id, amount, amount, digestOf(planId, signer, 0, r), condition);
        settle(oneRow);
    }

    function sumOfDeltas(Vm.Log[] memory logs) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IFeeVault.Charged.selector) {
                (uint256 delta,,,) = abi.decode(logs[i].data, (uint256, uint256, bytes32, uint8));
                sum += delta;
            }
        }
    }
}
