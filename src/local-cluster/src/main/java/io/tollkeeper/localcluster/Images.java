package io.tollkeeper.localcluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The images that pods may name. Any other is answered with ErrImagePull, as from an empty registry. */
public final class Images {
    private final Map<String, ImageEntry> entries;

    private Images(Map<String, ImageEntry> entries) {
        this.entries = Map.copyOf(entries);
    }

    /** No image. */
    public static Images none() {
        return new Images(Map.of());
    }

    /** One image. */
    public static Images of(String image, ImageEntry entry) {
        return none().and(image, entry);
    }

    /** These images and one more; an image that is already there is replaced. */
    public Images and(String image, ImageEntry entry) {
        var more = new LinkedHashMap<>(entries);
        more.put(image, entry);
        return new Images(more);
    }

    Optional<ImageEntry> find(String image) {
        return Optional.ofNullable(entries.get(image));
    }
}
