package io.tollkeeper.api;

import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** A set of billing nodes of one provider on one chain, spread over zones and kept alive by the operator. */
@Group(BillingNode.GROUP)
@Version(BillingNode.VERSION)
@Kind("BillingNode")
@Singular("billingnode")
@Plural("billingnodes")
@ShortNames("bn")
@ValidationRule(
        value = "self.metadata.name.matches('^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$')",
        message = "metadata.name must be a DNS-1035 label of at most 40 characters")
public class BillingNode extends CustomResource<BillingNodeSpec, BillingNodeStatus> implements Namespaced {
    public static final String GROUP = "billing.tollkeeper.io";
    public static final String VERSION = "v1alpha1";
    public static final String API_VERSION = GROUP + "/" + VERSION;

    /** Set before anything is created: a BillingNode goes only when its nodes are fenced on the chain. */
    public static final String FINALIZER = GROUP + "/fence";

    /** Null: who applies a BillingNode with its metadata alone (a finalizer) must not apply a specification with it. */
    @Override
    protected @Nullable BillingNodeSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable BillingNodeStatus initStatus() {
        return null;
    }
}
