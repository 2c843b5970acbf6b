// Reads the metrics and results of a request the way a dashboard would, and prints them as JSON when it has ended:
//   node dashboard.mjs REQUEST
import { randomUUID } from 'node:crypto'
import { Consumer, MessagesStreamModes } from '@platformatic/kafka'
import { AvroDeserializer, SchemaRegistryClient, SerdeType } from '@confluentinc/schemaregistry'

const broker = process.env.EVALFLEET_BOOTSTRAP ?? '127.0.0.1:9092'
const registryUrl = process.env.EVALFLEET_REGISTRY ?? 'http://127.0.0.1:8081'
const prefix = process.env.EVALFLEET_PREFIX ?? 'evalfleet.'
const requestId = process.argv[2]
if (!requestId) {
  console.error('Usage: node dashboard.mjs REQUEST')
  process.exit(2)
}

const registry = new SchemaRegistryClient({ baseURLs: [registryUrl] })
const avro = new AvroDeserializer(registry, SerdeType.VALUE, {})
const consumer = new Consumer({
  clientId: 'evalfleet-dashboard',
  groupId: `evalfleet-dashboard-${randomUUID()}`, // its own: it wants every partition
  bootstrapBrokers: [broker],
})
const stream = await consumer.consume({
  topics: ['runs', 'metrics', 'results'].map((name) => prefix + name),
  mode: MessagesStreamModes.EARLIEST,
  autocommit: false,
})

const runs = new Map()
const metrics = new Map()
const results = new Map()

// Partitions are read side by side: the end of the request may come before its last results and metrics.
function isComplete() {
  const request = runs.get(requestId)
  if (!request || ['PLANNED', 'RUNNING'].includes(request.status)) return false
  const ended = [...runs.values()].filter((run) => run.kind === 'RUN')
  const planned = ended.reduce((sum, run) => sum + Number(run.expected), 0)
  if (planned < Number(request.expected)) return false // not every run of it was read yet
  return ended.every((run) => {
    const answered = Number(run.scored + run.failedModel + run.failedInfrastructure)
    const metric = [...metrics.values()].find((metric) => metric.runId === run.id && metric.slice === '')
    return (results.get(run.id)?.size ?? 0) >= answered && metric && Number(metric.n) === Number(run.scored)
  })
}

for await (const message of stream) {
  if (message.value === null || message.value === undefined) continue // a tombstone
  const record = await avro.deserialize(message.topic, message.value)
  if (record.requestId !== requestId) continue
  const name = message.topic.slice(prefix.length)
  if (name === 'runs') runs.set(record.id, record)
  if (name === 'metrics') metrics.set(message.key.toString(), record)
  if (name === 'results') {
    if (!results.has(record.runId)) results.set(record.runId, new Map())
    results.get(record.runId).set(record.documentId, record) // a redelivered sample counts once
  }
  if (isComplete()) break
}
await consumer.close(true)

const report = [...runs.values()].filter((run) => run.kind === 'RUN').map((run) => ({
  run: run.id,
  status: run.status,
  results: results.get(run.id).size,
  metrics: [...metrics.values()].filter((metric) => metric.runId === run.id && metric.slice === '').map((metric) => ({
    metric: metric.metric, n: Number(metric.n), value: metric.value, lower: metric.lower, upper: metric.upper,
  })),
  meanOfResults: mean([...results.get(run.id).values()].map((result) => result.scores[0]?.value ?? 0)),
}))
console.log(JSON.stringify(report, null, 2))
process.exit(0)

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
