package io.tollkeeper.e2e;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one stage that all of them share: started by the first, ended after the last. */
final class OnStage implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(OnStage.class);

    /** The stage, and what every test there needs: a provider's plan that nodes serve. */
    record Shared(Stage stage, PlanFile plan) implements AutoCloseable {
        @Override
        public void close() {
            stage.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Shared.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE).computeIfAbsent(Shared.class, _ -> open(), Shared.class);
    }

    private static Shared open() {
        var stage = Stage.open(Workspace.open("build/e2e"), new Narrator(System.out));
        try {
            var plan = stage.registerPlan("stop", PlanFile.of(stage.accounts().payeeAddress(), "STOP", 30, 120, 1000));
            stage.publishPlans();
            return new Shared(stage, plan);
        } catch (RuntimeException | Error e) {
            stage.close();
            throw e;
        }
    }
}
