package io.tollkeeper.operator;

import io.javaoperatorsdk.operator.Operator;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** What the operator answers over HTTP: metrics, and whether its caches are filled. */
@ApplicationScoped
class Http {
    void routes(@Observes Router router, Operation operation) {
        router.get("/metrics").handler(request -> request.response()
                .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                .end(operation.metrics().text()));
    }

    /**
     * Ready when the caches were filled once. JOSDK's own check also asks whether each watch is connected just now, and
     * fails at every reconnect; and nothing of this may ever end the process.
     */
    @Readiness
    @ApplicationScoped
    static class CachesFilled implements HealthCheck {
        private final Operation operation;
        private final Operator operator;

        CachesFilled(Operation operation, Operator operator) {
            this.operation = operation;
            this.operator = operator;
        }

        @Override
        public HealthCheckResponse call() {
            boolean started =
                    operation.sources().isPresent() && operator.getRuntimeInfo().isStarted();
            return HealthCheckResponse.named("caches").status(started).build();
        }
    }
}
