// Asks KEDA's own kafka trigger, and prints what it answers. make-vectors.sh puts the functions getLagForPartition,
// getTotalLag and those they call beside this file, cut out of KEDA's source and not changed.
package scalers

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/IBM/sarama"
	"github.com/go-logr/logr"
)

const invalidOffset = -1

type offsetResetPolicy string

const (
	latest   offsetResetPolicy = "latest"
	earliest offsetResetPolicy = "earliest"
)

// What the functions read of KEDA's types of the same names.
type kafkaMetadata struct {
	ConsumerGroup                      string            `json:"-"`
	Topic                              string            `json:"-"`
	ExcludePersistentLag               bool              `json:"-"`
	LagThreshold                       int64             `json:"lagThreshold"`
	ActivationLagThreshold             int64             `json:"activationLagThreshold"`
	OffsetResetPolicy                  offsetResetPolicy `json:"offsetResetPolicy"`
	ScaleToZeroOnInvalidOffset         bool              `json:"scaleToZeroOnInvalidOffset"`
	AllowIdleConsumers                 bool              `json:"allowIdleConsumers"`
	LimitToPartitionsWithLag           bool              `json:"limitToPartitionsWithLag"`
	EnsureEvenDistributionOfPartitions bool              `json:"ensureEvenDistributionOfPartitions"`
}

type kafkaScaler struct {
	metadata        kafkaMetadata
	logger          logr.Logger
	previousOffsets map[string]map[int32]int64
	ends            []int64
	committed       []int64
}

const topic = "samples"

func (s *kafkaScaler) getTopicPartitions() (map[string][]int32, error) {
	var partitions []int32
	for p := range s.ends {
		partitions = append(partitions, int32(p))
	}
	return map[string][]int32{topic: partitions}, nil
}

func (s *kafkaScaler) getConsumerAndProducerOffsets(map[string][]int32) (*sarama.OffsetFetchResponse, map[string]map[int32]int64, error) {
	response := &sarama.OffsetFetchResponse{}
	ends := map[int32]int64{}
	for p := range s.ends {
		response.AddBlock(topic, int32(p), &sarama.OffsetFetchResponseBlock{Offset: s.committed[p]})
		ends[int32(p)] = s.ends[p]
	}
	return response, map[string]map[int32]int64{topic: ends}, nil
}

type vector struct {
	kafkaMetadata
	Ends      []int64 `json:"ends"`
	Committed []int64 `json:"committed"`
	Metric    int64   `json:"metric"`
	Active    bool    `json:"active"`
}

func TestVectors(t *testing.T) {
	random := rand.New(rand.NewPCG(20, 2))
	coin := func() bool { return random.IntN(2) == 0 }
	var vectors []vector
	for i := 0; i < 400; i++ {
		m := kafkaMetadata{Topic: topic, LagThreshold: 1 + random.Int64N(40), ActivationLagThreshold: random.Int64N(4) * random.Int64N(30),
			OffsetResetPolicy: []offsetResetPolicy{latest, earliest}[random.IntN(2)], ScaleToZeroOnInvalidOffset: coin(),
			AllowIdleConsumers: coin(), EnsureEvenDistributionOfPartitions: random.IntN(4) == 0}
		m.LimitToPartitionsWithLag = !m.AllowIdleConsumers && random.IntN(3) == 0
		s := &kafkaScaler{metadata: m, logger: logr.Discard()}
		for p := 0; p <= random.IntN(12); p++ {
			end := random.Int64N(100)
			committed := max(0, end-random.Int64N(1+random.Int64N(100)))
			switch random.IntN(5) {
			case 0:
				committed = invalidOffset
			case 1:
				committed = end
			}
			s.ends = append(s.ends, end)
			s.committed = append(s.committed, committed)
		}
		total, withPersistent, err := s.getTotalLag()
		if err != nil {
			t.Fatal(err)
		}
		vectors = append(vectors, vector{m, s.ends, s.committed, total, withPersistent > m.ActivationLagThreshold})
	}
	out, err := json.Marshal(vectors)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(os.Getenv("VECTORS"), append(out, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
