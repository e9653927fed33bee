package io.tollkeeper.cli;

import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.PlanDocumentException;
import io.tollkeeper.protocol.PlanTerms;
import io.tollkeeper.rating.Tariff;
import io.tollkeeper.rating.TariffException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;

/** A plan document: terms and tariff. */
record PlanFile(PlanTerms terms, Tariff tariff) {
    static PlanFile read(Path file) throws FaultsException {
        var document = Yaml.read(file);
        var faults = new ArrayList<Fault>();
        Optional<Tariff> tariff = Optional.empty();
        try {
            tariff = Optional.of(Tariff.fromDocument(document));
        } catch (TariffException wrong) {
            wrong.faults().forEach(fault -> faults.add(planFault(file, fault.path(), fault.rule())));
        }
        Optional<PlanTerms> terms = Optional.empty();
        try {
            terms = Optional.of(PlanTerms.fromDocument(
                    document, tariff.map(it -> Bytes32.of(it.hash())).orElse(Bytes32.ZERO)));
        } catch (PlanDocumentException wrong) {
            wrong.faults().forEach(fault -> faults.add(planFault(file, fault.path(), fault.rule())));
        }
        if (!faults.isEmpty()) {
            throw new FaultsException(faults);
        }
        return new PlanFile(terms.orElseThrow(), tariff.orElseThrow());
    }

    private static Fault planFault(Path file, String path, String rule) {
        return Fault.worded(Fault.Rule.PLAN_WRONG, file + ": " + path, rule);
    }
}
