package dev.evalfleet.producer.dataset.fetch;

import dev.evalfleet.producer.dataset.DatasetException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.function.Predicate;

/// Refuses URLs that lead inside the network, unless that is allowed. Every address of the host is looked at right
/// before each request; Java keeps looked-up addresses (networkaddress.cache.ttl, 30 s), so the connection goes to
/// one of those. A host that answers otherwise after that cannot show a certificate for its name.
final class AddressRule {
    private final Predicate<InetAddress> allowed;

    AddressRule(boolean allowPrivate) {
        this(address -> allowPrivate || !isPrivate(address));
    }

    AddressRule(Predicate<InetAddress> allowed) {
        this.allowed = allowed;
    }

    void check(URI uri, String where) throws DatasetException, UnknownHostException {
        String scheme = uri.getScheme();
        if (uri.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw DatasetException.lasting(where, uri + " is not an http or https URL");
        }
        for (InetAddress address : InetAddress.getAllByName(uri.getHost())) {
            if (!allowed.test(address)) {
                throw DatasetException.lasting(
                        where,
                        uri + " leads to " + address.getHostAddress() + ", an address inside the network; set"
                                + " producer.allow-private-addresses (EVALFLEET_PRODUCER_ALLOW_PRIVATE_ADDRESSES) to true if that is meant");
            }
        }
    }

    static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
        boolean translated = bytes.length == 16 && bytes[0] == 0 && bytes[1] == 0x64 && (bytes[2] & 0xff) == 0xff;
        boolean shared = bytes.length == 4 && (bytes[0] & 0xff) == 100 && (bytes[1] & 0xc0) == 64;
        boolean thisNetwork = bytes.length == 4 && (bytes[0] == 0 || (bytes[0] & 0xf0) == 0xf0);
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || uniqueLocal
                || translated
                || shared
                || thisNetwork;
    }
}
