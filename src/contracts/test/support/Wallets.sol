// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IFeeVault} from "../../src/interfaces/IFeeVault.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice A payer that is a contract (ERC-1271)
contract ContractWallet {
    address private immutable _owner;

    constructor(address owner) {
        _owner = owner;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        return ECDSA.recover(digest, signature) == _owner ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @notice A payee that takes no coins
contract RefusingPayee {
    IFeeVault private immutable _vault;

    constructor(IFeeVault vault) {
        _vault = vault;
    }

    function registerPlan(IFeeVault.Plan calldata plan) external returns (bytes32) {
        return _vault.registerPlan(plan);
    }

    function withdrawTo(address to) external returns (uint256) {
        return _vault.withdrawCredits(address(0), to);
    }
}

/// @notice A payee that withdraws again while it is being paid
contract ReentrantPayee {
    IFeeVault private immutable _vault;
    bool public secondWithdrawalRefused;

    constructor(IFeeVault vault) {
        _vault = vault;
    }

    function registerPlan(IFeeVault.Plan calldata plan) external returns (bytes32) {
        return _vault.registerPlan(plan);
    }

    function withdraw() external returns (uint256) {
        return _vault.withdrawCredits(address(0), address(this));
    }

    receive() external payable {
        try _vault.withdrawCredits(address(0), address(this)) {
            secondWithdrawalRefused = false;
        } catch (bytes memory reason) {
            secondWithdrawalRefused = bytes4(reason) == IFeeVault.CreditsEmpty.selector;
        }
    }
}
