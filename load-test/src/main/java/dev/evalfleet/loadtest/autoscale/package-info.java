/// An autoscaler without a cluster: it reads the lag of a real broker, decides as KEDA and the HPA do, and starts and
/// stops worker processes.
@NullMarked
package dev.evalfleet.loadtest.autoscale;

import org.jspecify.annotations.NullMarked;
