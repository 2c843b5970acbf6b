/// What decides how many workers there are: KEDA's kafka trigger and Kubernetes' HorizontalPodAutoscaler, as their own
/// code has it. The autoscaler of real processes and the simulation both ask these classes.
@NullMarked
package dev.evalfleet.loadtest.scaling;

import org.jspecify.annotations.NullMarked;
