// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IFeeVault} from "../src/interfaces/IFeeVault.sol";
import {BaseUnits} from "../src/types/BaseUnits.sol";
import {VaultTest} from "./support/VaultTest.sol";
import {vm} from "./support/Vm.sol";
import {ContractWallet} from "./support/Wallets.sol";

contract FeeVaultDepositsTest is VaultTest {
    function test_open_beginsTheAgreementWithItsDeposit() public {
        bytes32 id = keccak256(abi.encode(domainSeparator(block.chainid, address(vault)), planId, signer, uint40(5)));
        bytes32 digest = openingDigest(planId, payer, signer, 5);
        vm.expectEmit(address(vault));
        emit IFeeVault.Opened(id, planId, payer, signer, 5);
        vm.expectEmit(address(vault));
        emit IFeeVault.Deposited(id, ANYBODY, BaseUnits.wrap(3 ether), BaseUnits.wrap(3 ether));
        vm.prank(ANYBODY);
        bytes32 opened =
            vault.open{value: 3 ether}(planId, payer, signer, 5, sign(PAYER_KEY, digest), sign(SIGNER_KEY, digest));

        vm.assertEq(opened, id);
        vm.assertEq(vault.agreementIdOf(planId, signer, 5), id);
        vm.assertEq(vault.agreementOf(id).payer, payer);
        vm.assertEq(depositOf(id), 3 ether);
        vm.assertEq(chargedOf(id), 0);
    }

    function test_open_takesCompactSignaturesAndNoDeposit() public {
        bytes32 digest = openingDigest(planId, payer, signer, 0);
        bytes32 id =
            vault.open(planId, payer, signer, 0, signCompact(PAYER_KEY, digest), signCompact(SIGNER_KEY, digest));
        vm.assertEq(vault.agreementOf(id).payer, payer);
        vm.assertEq(depositOf(id), 0);
    }

    function test_open_takesAContractAsPayer() public {
        address wallet = address(new ContractWallet(payer));
        bytes32 digest = openingDigest(planId, wallet, signer, 0);
        bytes32 id = vault.open(planId, wallet, signer, 0, sign(PAYER_KEY, digest), sign(SIGNER_KEY, digest));
        vm.assertEq(vault.agreementOf(id).payer, wallet);
    }

    function test_open_failsIfContractSignatureWasForAnotherWalletOfTheSameOwner() public {
        address wallet = address(new ContractWallet(payer));
        address other = address(new ContractWallet(payer));
        bytes32 digest = openingDigest(planId, other, signer, 0);
        bytes memory forWallet = sign(PAYER_KEY, openingDigest(planId, wallet, signer, 0));
        bytes memory signerSignature = sign(SIGNER_KEY, digest);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.PayerSignatureInvalid.selector, other, digest));
        vault.open(planId, other, signer, 0, forWallet, signerSignature);
    }

    function test_open_failsIfPlanNotRegistered() public {
        bytes32 unknown = keccak256("no plan");
        bytes32 digest = openingDigest(unknown, payer, signer, 0);
        bytes memory payerSignature = sign(PAYER_KEY, digest);
        bytes memory signerSignature = sign(SIGNER_KEY, digest);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.PlanNotRegistered.selector, unknown));
        vault.open(unknown, payer, signer, 0, payerSignature, signerSignature);
    }

    function test_open_failsIfPayerDidNotSign() public {
        bytes32 digest = openingDigest(planId, payer, signer, 0);
        bytes memory signerSignature = sign(SIGNER_KEY, digest);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.PayerSignatureInvalid.selector, payer, digest));
        vault.open(planId, payer, signer, 0, signerSignature, signerSignature);
    }

    function test_open_failsIfSignerDidNotSign() public {
        bytes32 digest = openingDigest(planId, payer, signer, 0);
        bytes memory payerSignature = sign(PAYER_KEY, digest);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.SignerSignatureInvalid.selector, signer, digest));
        vault.open(planId, payer, signer, 0, payerSignature, payerSignature);
    }

    function test_open_failsIfSignerIsZero() public {
        bytes32 digest = openingDigest(planId, payer, address(0), 0);
        bytes memory payerSignature = sign(PAYER_KEY, digest);
        bytes[3] memory unrecoverable = [bytes(""), new bytes(64), new bytes(65)];
        for (uint256 i = 0; i < unrecoverable.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IFeeVault.SignerSignatureInvalid.selector, address(0), digest));
            vault.open(planId, payer, address(0), 0, payerSignature, unrecoverable[i]);
        }
    }

    function test_open_failsIfSignatureIsMalleable() public {
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes32 digest = openingDigest(planId, payer, signer, 0);
        bytes memory payerSignature = sign(PAYER_KEY, digest);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SIGNER_KEY, digest);
        bytes memory highS = abi.encodePacked(r, order - uint256(s), v == 27 ? uint8(28) : uint8(27));
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.SignerSignatureInvalid.selector, signer, digest));
        vault.open(planId, payer, signer, 0, payerSignature, highS);
    }

    function test_fuzz_open_failsIfSignedForOtherTerms(bytes32 plan_, uint40 nonce) public {
        vm.assume(plan_ != planId || nonce != 0);
        bytes32 digest = openingDigest(planId, payer, signer, 0);
        bytes memory payerSignature = sign(PAYER_KEY, openingDigest(plan_, payer, signer, nonce));
        bytes memory signerSignature = sign(SIGNER_KEY, digest);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.PayerSignatureInvalid.selector, payer, digest));
        vault.open(planId, payer, signer, 0, payerSignature, signerSignature);
    }

    function test_open_byAFrontRunnerDoesNotStopThePayersDeposit() public {
        bytes32 digest = openingDigest(planId, payer, signer, 0);
        bytes memory payerSignature = sign(PAYER_KEY, digest);
        bytes memory signerSignature = sign(SIGNER_KEY, digest);
        vm.prank(ANYBODY);
        vault.open(planId, payer, signer, 0, payerSignature, signerSignature);

        vm.recordLogs();
        vm.prank(payer);
        bytes32 id = vault.open{value: 4}(planId, payer, signer, 0, payerSignature, signerSignature);
        vm.assertEq(vm.getRecordedLogs().length, 1, "only Deposited");
        vm.assertEq(depositOf(id), 4);
    }

    function test_open_failsIfOpenForAnotherPayer() public {
        bytes32 id = open(5);
        uint256 otherKey = 0xb0b;
        address other = vm.addr(otherKey);
        bytes32 digest = openingDigest(planId, other, signer, 0);
        bytes memory payerSignature = sign(otherKey, digest);
        bytes memory signerSignature = sign(SIGNER_KEY, digest);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.AgreementTaken.selector, id, payer));
        vault.open(planId, other, signer, 0, payerSignature, signerSignature);
    }

    function test_open_failsIfSignedForAnotherVault() public {
        bytes32 digest = openingDigest(planId, payer, signer, 0);
        bytes memory payerSignature = sign(PAYER_KEY, digest);
        bytes memory signerSignature = sign(SIGNER_KEY, digest);
        IFeeVault redeployed = deploy();
        vm.prank(PAYEE);
        redeployed.registerPlan(plan());
        // The redeployed vault asks for a signature over another domain.
        vault = redeployed;
        bytes32 expected = openingDigest(planId, payer, signer, 0);
        vm.assertNotEq(expected, digest);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.PayerSignatureInvalid.selector, payer, expected));
        redeployed.open(planId, payer, signer, 0, payerSignature, signerSignature);
    }

    function test_deposit_adds() public {
        bytes32 id = open(5);
        vm.expectEmit(address(vault));
        emit IFeeVault.Deposited(id, ANYBODY, BaseUnits.wrap(7), BaseUnits.wrap(12));
        vm.prank(ANYBODY);
        vault.deposit{value: 7}(id);
        vm.assertEq(depositOf(id), 12);
        vm.assertEq(address(vault).balance, 12);
    }

    function test_deposit_failsIfAgreementNotOpen() public {
        bytes32 id = vault.agreementIdOf(planId, signer, 0);
        vm.prank(ANYBODY);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.AgreementNotOpen.selector, id));
        vault.deposit{value: 1}(id);
    }

    function test_deposit_failsIfNothingIsPaid() public {
        bytes32 id = open(5);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.DepositMissing.selector, id));
        vault.deposit(id);
    }

    function test_deposit_failsIfSumPasses96Bits() public {
        bytes32 id = open(type(uint96).max);
        uint256 sum = uint256(type(uint96).max) + 1;
        vm.prank(ANYBODY);
        vm.expectRevert(abi.encodeWithSelector(IFeeVault.DepositTooLarge.selector, type(uint96).max, sum));
        vault.deposit{value: 1}(id);
    }

    function test_vault_takesNoCoinsWithoutAnAgreement() public {
        vm.prank(ANYBODY);
        (bool accepted,) = address(vault).call{value: 1}("");
        vm.assertFalse(accepted);
    }

    function test_deploymentDomain_outlivesAChangeOfTheChainId() public {
        bytes32 atDeployment = domainSeparator(block.chainid, address(vault));
        bytes32 id = open(5);
        vm.chainId(block.chainid + 1);
        vm.assertEq(vault.deploymentDomain(), atDeployment);
        vm.assertEq(vault.agreementIdOf(planId, signer, 0), id);
        vm.prank(ANYBODY);
        vault.deposit{value: 1}(id);
        vm.assertEq(depositOf(id), 6);
    }
}
