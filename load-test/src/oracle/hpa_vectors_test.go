// Drives Kubernetes' own HorizontalController, whole syncs on a fake API server and a fake clock, and prints what it
// decides. make-vectors.sh puts this file into a copy of its package.
package podautoscaler

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"
	"testing/synctest"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/fake"
	corelisters "k8s.io/client-go/listers/core/v1"
	scalefake "k8s.io/client-go/scale/fake"
	core "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/monitor"
	"k8s.io/kubernetes/pkg/controller/util/selectors"
)

type policy struct {
	Type          string `json:"type"`
	Value         int32  `json:"value"`
	PeriodSeconds int32  `json:"periodSeconds"`
}

type rules struct {
	StabilizationSeconds int32    `json:"stabilizationSeconds"`
	Select               string   `json:"select"`
	Policies             []policy `json:"policies"`
}

type step struct {
	AtSeconds int   `json:"at"`
	Current   int32 `json:"current"`
	Pods      int32 `json:"pods"`
	Lag       int64 `json:"lag"`
	Desired   int32 `json:"desired"`
}

type scenario struct {
	MinReplicas  int32   `json:"minReplicas"`
	MaxReplicas  int32   `json:"maxReplicas"`
	LagThreshold int64   `json:"lagThreshold"`
	Up           rules   `json:"up"`
	Down         rules   `json:"down"`
	Steps        []step  `json:"steps"`
}

type lagMetric struct{ lag int64 }

func (m *lagMetric) GetResourceMetric(context.Context, v1.ResourceName, string, labels.Selector, string) (metrics.PodMetricsInfo, time.Time, error) {
	panic("not asked")
}

func (m *lagMetric) GetRawMetric(string, string, labels.Selector, labels.Selector) (metrics.PodMetricsInfo, time.Time, error) {
	panic("not asked")
}

func (m *lagMetric) GetObjectMetric(string, string, *autoscalingv2.CrossVersionObjectReference, labels.Selector) (int64, time.Time, error) {
	panic("not asked")
}

func (m *lagMetric) GetExternalMetric(string, string, labels.Selector) ([]int64, time.Time, error) {
	return []int64{m.lag * 1000}, time.Now(), nil
}

func behavior(r rules) *autoscalingv2.HPAScalingRules {
	selected := autoscalingv2.ScalingPolicySelect(r.Select)
	made := &autoscalingv2.HPAScalingRules{StabilizationWindowSeconds: &r.StabilizationSeconds, SelectPolicy: &selected}
	for _, p := range r.Policies {
		made.Policies = append(made.Policies, autoscalingv2.HPAScalingPolicy{
			Type: autoscalingv2.HPAScalingPolicyType(p.Type), Value: p.Value, PeriodSeconds: p.PeriodSeconds})
	}
	return made
}

func play(t *testing.T, s *scenario, random *rand.Rand) {
	scale := &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Name: "worker", Namespace: "fleet"},
		Status:     autoscalingv1.ScaleStatus{Selector: "app=worker"},
	}
	scales := &scalefake.FakeScaleClient{}
	scales.AddReactor("get", "deployments", func(core.Action) (bool, runtime.Object, error) {
		return true, scale.DeepCopy(), nil
	})
	scales.AddReactor("update", "deployments", func(action core.Action) (bool, runtime.Object, error) {
		scale = action.(core.UpdateAction).GetObject().(*autoscalingv1.Scale).DeepCopy()
		return true, scale, nil
	})
	hpas := fake.NewClientset()
	hpas.PrependReactor("update", "horizontalpodautoscalers", func(action core.Action) (bool, runtime.Object, error) {
		return true, action.(core.UpdateAction).GetObject(), nil
	})
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{{Group: "apps", Version: "v1"}})
	mapper.Add(schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}, meta.RESTScopeNamespace)
	pods := corelisters.NewPodLister(cache.NewIndexer(cache.MetaNamespaceKeyFunc,
		cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc}))
	metric := &lagMetric{}
	controller := &HorizontalController{
		scaleNamespacer:              scales,
		hpaNamespacer:                hpas.AutoscalingV2(),
		mapper:                       mapper,
		tolerance:                    0.1,
		replicaCalc:                  NewReplicaCalculator(metric, pods, 0, 0),
		eventRecorder:                &record.FakeRecorder{},
		downscaleStabilisationWindow: 5 * time.Minute,
		monitor:                      monitor.New(),
		podLister:                    pods,
		recommendations:              map[string][]timestampedRecommendation{},
		scaleUpEvents:                map[string][]timestampedScaleEvent{},
		scaleDownEvents:              map[string][]timestampedScaleEvent{},
		hpaSelectors:                 selectors.NewBiMultimap(),
	}
	hpa := &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Name: "worker", Namespace: "fleet"},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "worker"},
			MinReplicas:    &s.MinReplicas,
			MaxReplicas:    s.MaxReplicas,
			Metrics: []autoscalingv2.MetricSpec{{
				Type: autoscalingv2.ExternalMetricSourceType,
				External: &autoscalingv2.ExternalMetricSource{
					Metric: autoscalingv2.MetricIdentifier{Name: "lag"},
					Target: autoscalingv2.MetricTarget{
						Type: autoscalingv2.AverageValueMetricType, AverageValue: resource.NewQuantity(s.LagThreshold, resource.DecimalSI)},
				},
			}},
			Behavior: &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleUp: behavior(s.Up), ScaleDown: behavior(s.Down)},
		},
	}
	start := time.Now()
	lag := int64(0)
	for i := 0; i < 60; i++ {
		lag = nextLag(lag, s, random)
		if random.IntN(12) == 0 { // somebody else set it: KEDA, or a person
			scale.Spec.Replicas = int32(random.IntN(int(s.MaxReplicas) + 3))
		}
		scale.Status.Replicas = scale.Spec.Replicas
		if random.IntN(6) == 0 && scale.Spec.Replicas > 1 { // pods that are not there yet
			scale.Status.Replicas = 1 + int32(random.IntN(int(scale.Spec.Replicas)))
		}
		metric.lag = lag
		made := step{AtSeconds: int(time.Since(start).Seconds()), Current: scale.Spec.Replicas, Pods: scale.Status.Replicas, Lag: lag}
		if err := controller.reconcileAutoscaler(context.Background(), hpa, "fleet/worker"); err != nil {
			t.Fatal(err)
		}
		made.Desired = scale.Spec.Replicas
		s.Steps = append(s.Steps, made)
		time.Sleep(15 * time.Second)
	}
}

// A walk with rises, falls, standstills and values near the edge of the tolerance.
func nextLag(lag int64, s *scenario, random *rand.Rand) int64 {
	most := s.LagThreshold * int64(s.MaxReplicas) * 2
	switch random.IntN(8) {
	case 0:
		return random.Int64N(most + 1)
	case 1:
		return 0
	case 2:
		return s.LagThreshold * (1 + random.Int64N(int64(s.MaxReplicas))) * 11 / 10
	case 3:
		return min(most, lag*2+1)
	case 4, 5:
		return lag * 3 / 4
	default:
		return lag
	}
}

func drawn(random *rand.Rand) rules {
	windows := []int32{0, 0, 15, 30, 60, 120, 300, 600}
	periods := []int32{15, 15, 30, 60, 60, 180, 600}
	selects := []string{"Max", "Max", "Max", "Min", "Disabled"}
	made := rules{StabilizationSeconds: windows[random.IntN(len(windows))], Select: selects[random.IntN(len(selects))]}
	for i := 0; i <= random.IntN(3); i++ {
		if random.IntN(2) == 0 {
			made.Policies = append(made.Policies, policy{"Pods", 1 + int32(random.IntN(5)), periods[random.IntN(len(periods))]})
		} else {
			made.Policies = append(made.Policies, policy{"Percent", []int32{5, 10, 33, 50, 100, 200}[random.IntN(6)], periods[random.IntN(len(periods))]})
		}
	}
	return made
}

func TestVectors(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 35))
	var scenarios []*scenario
	for i := 0; i < 40; i++ {
		s := &scenario{MinReplicas: 1 + int32(random.IntN(3)), MaxReplicas: []int32{4, 8, 30, 1000}[i%4],
			LagThreshold: []int64{1, 3, 16, 32}[random.IntN(4)], Up: drawn(random), Down: drawn(random)}
		switch i {
		case 0, 1: // as Kubernetes sets it where nothing is said
			s.Up = rules{0, "Max", []policy{{"Pods", 4, 15}, {"Percent", 100, 15}}}
			s.Down = rules{300, "Max", []policy{{"Percent", 100, 15}}}
		case 2, 3: // slow down, fast up
			s.Up = rules{0, "Max", []policy{{"Percent", 100, 15}, {"Pods", 4, 15}}}
			s.Down = rules{300, "Max", []policy{{"Pods", 1, 60}}}
		}
		synctest.Test(t, func(t *testing.T) { play(t, s, random) })
		scenarios = append(scenarios, s)
	}
	out, err := json.Marshal(scenarios)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(os.Getenv("VECTORS"), append(out, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
