package news;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

public final class Recipients {

    private final Subscribers subscribers;
    private final OptOuts optOuts;

    public Recipients(Subscribers subscribers, OptOuts optOuts) {
        this.subscribers = subscribers;
        this.optOuts = optOuts;
    }

    /** About a million addresses, of which some hundred thousand have opted out. */
    public List<String> all() {
        Set<String> silent = new HashSet<>(optOuts.addresses());
        return subscribers.addresses().stream()
                .filter(address -> !silent.contains(address))
                .collect(Collectors.toList());
    }
}
